"""One file with a runbook, or with several under one heading each, from bytes to report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.evidence.documents import wording
from app.evidence.documents.document import Document, Section
from app.evidence.findings import Finding, Report, Where, phrase
from app.evidence.objectives import stated
from app.evidence.registers import page
from app.evidence.runbook import rules, words
from app.evidence.source import Source

FEWEST_WORDS = 60
LONGEST_HEADING = 5
"""Words in a heading that names an alert."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{3,80}")
_ALERT = re.compile(r"^(?:title|alerts?|alertname)[: ] {0,4}([^\n]{1,400})", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"[A-Za-z]{2,60}(?:[._:/][A-Za-z0-9]{1,60}){1,6}")


@dataclass(frozen=True, slots=True)
class Part:
    """One runbook of a file: its sections and what was recognised in them."""

    name: str
    line: int
    sections: Sequence[Section]
    commands: Sequence[str]

    @property
    def subjects(self) -> set[str]:
        return {subject for section in self.sections for subject, _ in subjects(section)}

    @property
    def links(self) -> list[str]:
        return [link.address for section in self.sections for link in section.links if link.address]


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` past what a person writes."""
    text, document = page.read(source, rules.TOO_LONG)
    parts = _parts(document, source.name, text)
    nothing = [part for part in parts if _has_nothing_to_do(part)]
    found = [finding for part in parts for finding in _findings(part, is_empty=len(nothing) == len(parts))]
    found += stated.findings((one.line, one.text) for section in document.sections for one in section.texts)
    return Report("runbook", 0.85, _facts(document, parts), tuple(found))


def subjects(section: Section) -> Iterator[tuple[str, int]]:
    """What a section is about by its heading and by the labels of its paragraphs."""
    for title, line in ((section.title, section.line), *page.labels(section)):
        yield from ((subject, line) for subject in _subjects(title))


@lru_cache(maxsize=256)  # a long page repeats its labels
def _subjects(title: str) -> tuple[str, ...]:
    if (alone := words.ALONE.get(title.strip(" :.").lower())) is not None:
        return (alone,)
    if len(title) > 80:
        return ()
    found = (wording.about(piece, words.SUBJECTS) for piece in (title, *words.BOTH.split(title)))
    return tuple(subject for subject in dict.fromkeys(found) if subject is not None)


def alert_names(title: str) -> list[str]:
    """Words with capitals inside, as alerts are named: `PaymentsErrors`, `etcdNoLeader`."""
    return [
        word
        for word in _WORD.findall(title[:300])
        if any(sign.isupper() for sign in word[1:]) and any(sign.islower() for sign in word)
    ]


def _is_of_an_alert(title: str) -> bool:
    """`PaymentsErrors`, `Alert: PaymentsErrors (page)`; in `How do I restart JupyterHub?` the name is a product's."""
    first = title.removeprefix("Alert:").removeprefix("Runbook:").split()[:1]
    return bool(first and alert_names(first[0])) and len(title.split()) <= LONGEST_HEADING


def _parts(document: Document, file: str, text: str) -> list[Part]:
    """Headings of one level that each name an alert begin a runbook each; else the page is one."""
    named = [section for section in document.sections if section.level and _is_of_an_alert(section.title)]
    level = min((section.level for section in named), default=0)
    heads = [section for section in named if section.level == level]
    if len(heads) < 2:
        title = document.title or file
        return [Part(f'"{title[:80]}"', 1, document.sections, page.commands(document.sections, text))]
    groups = [(head, list(document.below(head))) for head in heads[:60]]
    return [
        Part(f'"{head.title[:80]}"', head.line, below, page.commands(below, text)) for head, below in groups
    ]


def _findings(part: Part, *, is_empty: bool) -> Iterator[Finding]:
    where, known = Where(line=part.line), part.subjects
    total = page.words(part.sections)
    prose = page.prose(part.sections)
    if is_empty:
        yield rules.NOTHING_TO_DO.at(where, page=part.name)
    else:
        yield from _missing(part, where, known)
    if total < FEWEST_WORDS:
        yield rules.SHORT.at(where, page=part.name, words=total)
    if not part.commands and not part.links:
        yield rules.NO_COMMAND.at(where, page=part.name)
    if "escalation" not in known and not page.has(prose, words.ESCALATES):
        yield rules.NO_ESCALATION.at(where, page=part.name)
    if not known & {"verification", "rollback"} and not page.has(prose, words.VERIFIES):
        yield rules.NO_PROOF.at(where, page=part.name)
    if left := page.left_open(prose):
        yield rules.LEFT_OPEN.at(where, page=part.name, found=", ".join(left[:5]))


def _has_nothing_to_do(part: Part) -> bool:
    """Without a section for it, commands or a list can still be something to do."""
    has_steps = any(text.is_item for section in part.sections for text in section.texts)
    return not part.subjects & {"mitigation", "rollback", "diagnosis"} and not has_steps and not part.commands


def _missing(part: Part, where: Where, known: set[str]) -> Iterator[Finding]:
    if "diagnosis" not in known:
        yield rules.PART_MISSING.at(
            where,
            page=part.name,
            what=phrase("finding out"),
            headings="Find out, Diagnosis, Triage, Investigation",
        )
    if not known & {"mitigation", "rollback"}:
        headings = "First, within five minutes, Mitigation, Fix, Rollback"
        yield rules.PART_MISSING.at(
            where, page=part.name, what=phrase("stopping the damage"), headings=headings
        )


def _facts(document: Document, parts: Sequence[Part]) -> dict[str, Any]:
    prose = page.prose(document.sections)
    titles = [section.title[:200] for section in document.sections if section.level]
    lines = [*_ALERT.findall(document.front[:20_000]), *_ALERT.findall(prose)][:20]
    alerts = list(dict.fromkeys(name for text in (*titles, *lines) for name in alert_names(text)))
    commands = [command for part in parts for command in part.commands]
    names = sorted({name for command in commands for name in _NAME.findall(command[:4000])})
    return {
        "title": document.title[:300],
        "alerts": alerts[:100],
        "sections": titles[:200],
        "subjects": sorted({subject for part in parts for subject in part.subjects}),
        "has_commands": bool(commands),
        "commands": len(commands),
        "links": [link[:500] for part in parts for link in part.links][:100],
        "placeholders": page.left_open(prose)[:20],
        "words": page.words(document.sections),
        "names": names[:200],
        "command_words": sorted(
            {word for command in commands for word in _WORD.findall(command[:4000].lower())}
        )[:400],
        "body": _body(prose, alerts),
    }


def _body(prose: str, alerts: Sequence[str]) -> str:
    own = {name.lower() for name in alerts}
    rest = [word for word in re.findall(r"[\w-]{1,80}", prose.lower()) if word not in own]
    return hashlib.sha256(" ".join(rest).encode()).hexdigest() if len(rest) >= 20 else ""
