"""One document of objectives from bytes to report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.evidence.documents import markdown, wording
from app.evidence.documents.document import Document
from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.objectives import checks, rules, stated, traffic
from app.evidence.objectives.objective import MOST, Objective
from app.evidence.slo_document import prose, sections, tables
from app.evidence.slo_document.filling import fill
from app.evidence.slo_document.rules import SUM, TOO_LONG
from app.evidence.slo_document.sections import Group
from app.evidence.source import Source
from app.evidence.sums.finding import Sum, sums
from app.evidence.units import shown

Told = tuple[Group, list[Objective]]
"""A section with the objectives that it states itself."""
_SPAN = re.compile(
    r"\d ?(?:[a-zA-Z]{1,3}|seconds?|minutes?|hours?|days?|weeks?|months?|years?|sekunden|minuten|stunden?|tagen?"
    r"|wochen?|monaten?|jahren?)(?![a-zA-Z])",
    re.IGNORECASE,
)
MOST_LETTERS = 100_000
SHARED = ("owner", "policy", "window", "source")
"""What a document may say once for all its objectives."""
_SAME_WINDOW = re.compile(r"\bsame (?:window|period|time)\b|\bselben (?:fenster|zeitraum)", re.IGNORECASE)
_POLICY = wording.Subjects({"policy": ("error budget policy", "budget policy", "policy", "consequences")})


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable`."""
    try:
        document = markdown.read(source.text())
    except markdown.TooLong as error:
        raise Unreadable(TOO_LONG.at(reason=str(error))) from error
    groups = [(group, list(sections.objectives(group))) for group in sections.groups(document)]
    objectives = _objectives(document, groups)
    if not objectives:
        raise Unreadable(rules.NONE.at(what=phrase("no row and no section has a target such as 99.9 %")))
    shared = _shared(document, groups)
    for one in objectives:
        fill(one, shared)
    for before, one in pairwise(objectives):
        if one.window is None and _SAME_WINDOW.search(one.indicator):
            one.window, one.window_written = before.window, before.window_written
    facts = {
        "title": document.title[:300],
        "objectives": [one.facts() for one in objectives],
        "has_policy": any(one.policy for one in objectives),
        "tables": sum(len(section.tables) for section in document.sections),
        "sections": len(document.sections),
        "traffic": traffic.stated(_sentences(document)),
    }
    return Report(
        "slo_document",
        0.85,
        facts,
        (*checks.findings(objectives), *stated.findings(_sentences(document), objectives), *_sums(document)),
    )


def _sums(document: Document) -> Iterator[Finding]:
    """Sums that are wrong: what a burn rate multiplies to, how many requests may fail."""
    letters = 0
    for line, text in _sentences(document):
        letters += len(text)
        if letters > MOST_LETTERS:
            return
        for one in sums(text):
            if not one.agrees and not _may_be_meant(one):
                yield SUM.at(
                    Where(line=line),
                    text=one.text,
                    recomputed=shown(one.recomputed),
                    written=one.written_text[:80],
                )


def _may_be_meant(one: Sum) -> bool:
    """Spans of time, which are budgets and have a rule of their own; what went well, beside what did not."""
    is_share = one.unit == "percent" and one.written >= 0.9
    return is_share or one.unit == "time" or _SPAN.search(f"{one.text} {one.written_text}") is not None


def _sentences(document: Document) -> Iterator[tuple[int, str]]:
    """Paragraphs, items and cells with their lines."""
    for section in document.sections:
        yield from ((one.line, one.text) for one in section.texts)
        for table in section.tables:
            rows = zip(table.row_lines, table.rows, strict=False)
            yield from ((line, cell) for line, row in rows for cell in row)


def _objectives(document: Document, groups: Sequence[Told]) -> list[Objective]:
    """Those of tables, with what sections say of the same; else, or beside them, those of sections."""
    found = list(tables.objectives(document))[:MOST]
    rows = len(found)
    for group, told in groups:
        for one in told:
            twin = next((row for row in found[:rows] if _is_same(row, one)), None)
            if twin is not None:
                _complete(twin, one)
            elif not rows or group.fields.get("target"):
                found.append(one)
    return sorted(found, key=lambda one: one.line)[:MOST]


def _is_same(row: Objective, other: Objective) -> bool:
    """A section about a row: the same target, and names that share a word or the same subject."""
    if row.target != other.target:
        return False
    mine, theirs = (set(wording.normal(one.name).split()) for one in (row, other))
    return bool(mine & theirs) or row.layer == other.layer


def _complete(row: Objective, other: Objective) -> None:
    for name in ("indicator", "source", "owner", "policy", "window_written", "budget_written"):
        if not getattr(row, name):
            setattr(row, name, getattr(other, name))
    row.window, row.budget = row.window or other.window, row.budget or other.budget
    row.threshold_ms = other.threshold_ms if row.threshold_ms is None else row.threshold_ms
    row.alerts = row.alerts or other.alerts


def _shared(document: Document, groups: Sequence[Told]) -> dict[str, str]:
    """The fields of sections that are no objective, and sections that are a field of the whole document."""
    shared: dict[str, str] = {}
    for group, told in groups:
        whole = wording.about(group.section.title, _POLICY)
        text = " ".join(one.text for one in group.section.texts)
        if whole and text:
            shared.setdefault(whole, text[:300])
        if not told:
            for name in SHARED:
                if name in group.fields:
                    shared.setdefault(name, group.fields[name][:300])
    for line in document.front.split("\n")[:50]:
        name, _, value = line.partition(":")
        if name.strip().lower() in ("owner", "team") and value.strip():
            shared.setdefault("owner", value.strip()[:300])
    texts = (one.text for section in document.sections for one in section.texts)
    return prose.shared(texts) | shared
