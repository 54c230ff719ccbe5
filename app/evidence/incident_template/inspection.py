"""One incident template from bytes to report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.evidence.documents import wording
from app.evidence.documents.document import Document, Section
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.incident_template import rules, words
from app.evidence.registers import page
from app.evidence.source import Source

FEWEST_TIMES = 3

Parts = Mapping[str, Sequence[Section]]


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when no part of an incident is in it."""
    _, document = page.read(source, rules.TOO_LONG)
    parts = _parts(document)
    if not parts:
        raise Unreadable(rules.NOTHING.at())
    prose = page.prose(document.sections)
    severities = sorted({found.upper() for found in words.SEVERITY.findall(prose)})[:10]
    facts = {
        "title": document.title[:300],
        "sections": [section.title[:200] for section in document.sections if section.level][:200],
        "parts": sorted(parts),
        "severities": severities,
        "has_times": words.TIMES.search(_said(parts, "communication")) is not None,
        "words": page.words(document.sections),
    }
    return Report("incident_template", 0.9, facts, tuple(_findings(parts, severities)))


def _parts(document: Document) -> dict[str, list[Section]]:
    """The sections of each part, those below its heading included; labels and fields of forms count as headings."""
    found: dict[str, list[Section]] = {}
    titled = [section for section in document.sections if section.title != document.title]
    for section in document.sections:
        is_whole = bool(titled) and section not in titled  # only its labels are its own
        labels = [*(label for label, _ in page.labels(section)), *_form(section)]
        for title in labels if is_whole else (section.title, *labels):
            part = wording.about(title, words.PARTS) if title and len(title) <= 80 else None
            known = found.setdefault(part, []) if part else []
            if part and section not in known:
                below = (section,) if is_whole else document.below(section)
                known.extend(each for each in below if each not in known)
    return found


def _form(section: Section) -> Iterator[str]:
    """What the tables of two columns ask for on the left: `| Incident commander | |`."""
    for table in section.tables:
        yield from (row[0] for row in (table.header, *table.rows) if len(row) == 2)


def _findings(parts: Parts, severities: Sequence[str]) -> Iterator[Finding]:
    for part, said in words.NAMES.items():
        if part not in parts:
            yield rules.MISSING.at(part=said)
    if not severities:
        yield rules.NO_LEVELS.at()
    if "communication" in parts and not words.TIMES.search(_said(parts, "communication")):
        yield rules.NO_TIMES.at(Where(line=parts["communication"][0].line))
    if "review" in parts:
        yield from _actions(parts)
    times = {found[0] for found in words.CLOCK.finditer(_said(parts, "timeline"))}
    if len(times) >= FEWEST_TIMES:
        yield rules.USED.at(Where(line=parts["timeline"][0].line), count=len(times))


def _actions(parts: Parts) -> Iterator[Finding]:
    said = _said(parts, "review")
    asked = ((phrase("an owner"), words.OWNER), (phrase("a date"), words.DUE))
    if lacking := [name for name, known in asked if not known.search(said)]:
        yield rules.NO_OWNER.at(Where(line=parts["review"][0].line), lacking=" and ".join(lacking))


def _said(parts: Parts, part: str) -> str:
    """The words of a part, code included: templates of messages often stand in a block."""
    sections = parts.get(part, ())
    code = (code.text for section in sections for code in section.code)
    return "\n".join((page.prose(sections), *code))
