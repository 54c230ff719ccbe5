"""What a plan lacks and what in it does not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.capacity_table import checks as table_checks
from app.evidence.capacity_table.stages import MILESTONES
from app.evidence.documents.document import Document
from app.evidence.findings import Finding, Where, phrase
from app.evidence.launch_plan import contents, rules
from app.evidence.units import shown

NAMES = {
    "start": phrase("where it starts"),
    "milestones": phrase("the four milestones"),
    "arithmetic": phrase("the capacity arithmetic"),
    "first": phrase("three things to add first"),
    "wrong": phrase("three things that will be done wrong"),
    "objectives": phrase("the objectives"),
}
MOST_SAID = 20
_PEAK = re.compile(r"\bpeaks?\b|busiest|\bburst|spitzen?", re.IGNORECASE)
_FACTOR = re.compile(
    r"peak factor (?:of |is |= ?|: ?)?(\d{1,3}(?:\.\d{1,2})?)\b|[×x] ?(\d{1,3}(?:\.\d)?) (?:at )?peak", re.I
)
_FLIGHT = re.compile(
    r"in flight|in-flight|concurren|connections?\b|little's|\bpool|simultaneous|parallel"
    r"|\bbusy (?:workers?|threads?|process)|at the same time|gleichzeitig|verbindung",
    re.IGNORECASE,
)
_OF_LIMIT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,?\d{3}){0,2}) (?:connections )?(?:of|out of|against|/|>) (?:the )?`?max_connections`?"
    r"(?: ?[=:] ?| of | is )(\d{1,3}(?:,?\d{3}){0,2})(?![\d.,]\d)",
    re.IGNORECASE,
)
_STORED = re.compile(r"storage|\bdisks?\b|database size|\b[GMT]i?B\b|speicher|festplatte", re.IGNORECASE)
_OUT = re.compile(
    r"bandwidth|egress|bytes out|traffic out|data transfer|outbound|network|\bCDN\b|[MG]bit|[MG]bps"
    r"|datenverkehr|datenvolumen|bandbreite|ausgehend",
    re.IGNORECASE,
)


def findings(facts: Mapping[str, Any], document: Document, lines: Sequence[str]) -> Iterator[Finding]:
    """Everything that is to be said of one plan."""
    words = "\n".join(_words(document))
    yield from _missing(facts)
    yield from _sums(facts["sums"])
    yield from _subjects(words)
    for table in facts["tables"]:
        yield from table_checks.between(table)
    yield from _pools(lines)
    yield from _threes(facts, document, lines)


def _words(document: Document) -> Iterator[str]:
    """All text of the plan."""
    for section in document.sections:
        yield section.title
        yield from (text.text for text in section.texts)
        yield from (code.text for code in section.code)
        for table in section.tables:
            yield from (" ".join(row).replace("_", " ") for row in (table.header, *table.rows))


def _missing(facts: Mapping[str, Any]) -> Iterator[Finding]:
    missing = [words for name, words in NAMES.items() if facts["parts"][name] is None]
    if missing:
        yield rules.PART_MISSING.at(missing=", ".join(missing))
    there = {stage["users"] for stage in facts["stages"]}
    there |= {stage["users"] for table in facts["tables"] for stage in table}
    absent = [f"{users:,}" for users in MILESTONES if users not in there]
    if absent:
        yield rules.STAGE_MISSING.at(missing=", ".join(absent))


def _sums(done: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    wrong = [one for one in done if not one["agrees"]]
    for one in wrong[:MOST_SAID]:
        yield rules.SUM.at(
            Where(line=one["line"]),
            text=one["text"],
            recomputed=shown(one["recomputed"]),
            written=one["written_text"],
        )
    if done and not wrong:
        yield rules.SUMS_AGREE.at(count=len(done))
    bare = [one for one in done if not one["unit"]]
    if bare:
        first = bare[0]
        yield rules.NO_UNIT.at(
            Where(line=first["line"]), count=len(bare), text=first["text"], written=first["written_text"]
        )


def _subjects(words: str) -> Iterator[Finding]:
    """What every plan has to speak of."""
    if not _PEAK.search(words):
        yield rules.NO_PEAK.at()
    for hit in _FACTOR.finditer(words):
        factor = float(hit[1] or hit[2])
        if not table_checks.LEAST_FACTOR <= factor <= table_checks.MOST_FACTOR:
            yield rules.ODD_FACTOR.at(factor=shown(factor))
            break
    if not _FLIGHT.search(words):
        yield rules.NO_CONCURRENCY.at()
    missing = [
        what for what, sign in (("storage", _STORED), (phrase("bytes out"), _OUT)) if not sign.search(words)
    ]
    if missing:
        yield rules.NO_GROWTH.at(what=phrase(" and ").join(missing))


def _pools(lines: Sequence[str]) -> Iterator[Finding]:
    """Connections that a sentence holds against the limit of the database and that are more."""
    for number, line in enumerate(lines, 1):
        for hit in _OF_LIMIT.finditer(line[:2000]):
            pool, limit = (int(part.replace(",", "")) for part in hit.groups())
            if pool > limit:
                yield rules.POOL_OVER.at(Where(line=number), pool=f"{pool:,}", limit=f"{limit:,}")
                return


def _threes(facts: Mapping[str, Any], document: Document, lines: Sequence[str]) -> Iterator[Finding]:
    """Three to add, three to get wrong, and by what each of these shows."""
    parts = contents.parts(document)
    for name, what in (("first", phrase("to add first")), ("wrong", phrase("that will be done wrong"))):
        count, part = facts["items"][name], parts[name]
        if count is not None and count != 3 and part is not None:
            yield rules.COUNT.at(Where(line=part.line), count=count, what=what)
    wrong = parts["wrong"]
    for text in contents.listed(document, wrong, lines) or () if wrong is not None else ():
        if not contents.has_sign(text):
            yield rules.NO_SIGN.at(text=text.strip()[:80])
