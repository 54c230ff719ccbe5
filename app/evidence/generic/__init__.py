"""Checks for every file whatever its kind: empty, too large, secrets, people, pictures, truncation, odd signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.evidence.claims import Facts
from app.evidence.findings import Finding, Where
from app.evidence.generic import ends, marks, people, screenshots, stream
from app.evidence.generic.gathering import Gathered, gather
from app.evidence.generic.rules import (
    BROKEN,
    COPIED,
    CRASHED,
    EMPTY,
    FOREIGN,
    FUTURE,
    IDENTICAL,
    NO_TEXT,
    PICTURE,
    REJOINED,
    RULES,
    SAME_TEXT,
    SECRET,
    TRUNCATED,
    TWO_KINDS,
    UNKNOWN,
)
from app.evidence.source import CHUNK, TOO_LARGE, UNPACKED_LIMIT, Source

__all__ = [
    "BROKEN",
    "COPIED",
    "CRASHED",
    "EMPTY",
    "FOREIGN",
    "FUTURE",
    "IDENTICAL",
    "NO_TEXT",
    "PICTURE",
    "REJOINED",
    "RULES",
    "SAME_TEXT",
    "SECRET",
    "TRUNCATED",
    "TWO_KINDS",
    "UNKNOWN",
    "Common",
    "from_the_future",
    "read",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Common:
    """What can be said without knowing the kind; `is_final` makes every other check pointless.

    `secrets` must not be repeated by anybody.
    `fingerprint` is the same for two files that differ in nothing but spaces, line ends and encoding; it is empty
    for files over 20 MiB.
    """

    findings: tuple[Finding, ...]
    is_final: bool = False
    secrets: frozenset[bytes] = frozenset()
    fingerprint: str = ""


def read(source: Source) -> Common:
    """Look at the bytes once. Never raises on damaged bytes: it says so."""
    if source.size == 0:
        return Common((EMPTY.at(),), is_final=True)
    if source.size > UNPACKED_LIMIT:
        return Common((TOO_LARGE.at(limit_mb=UNPACKED_LIMIT // CHUNK),), is_final=True)
    if (picture := screenshots.what(source)) is not None:
        return Common((PICTURE.at(what=picture),), is_final=True)
    gathered = gather(source)
    if not gathered.first.strip() and gathered.damage is None:
        return Common((EMPTY.at(),), is_final=True)
    return Common(
        tuple(_findings(source, gathered)),
        secrets=frozenset(gathered.hidden),
        fingerprint=gathered.fingerprint,
    )


def from_the_future(facts: Facts, today: date) -> Iterator[Finding]:
    """A `last_time` (ISO 8601) after `today`; a day is allowed for time zones."""
    last = facts.get("last_time")
    try:
        day = date.fromisoformat(last[:10]) if isinstance(last, str) else None
    except ValueError:
        return
    if day is not None and day.toordinal() > today.toordinal() + 1:
        yield FUTURE.at(last=str(last), today=today.isoformat())


def _findings(source: Source, gathered: Gathered) -> Iterator[Finding]:
    if gathered.damage is not None:
        yield gathered.damage
    for hit in gathered.hits.values():
        line = stream.line_at(source, hit.start)
        yield SECRET.at(Where(line=line), line=line, what=hit.what)
    yield from people.find(gathered.first)
    yield from marks.find(source.head)
    if gathered.damage is None and (missing := _missing(source, gathered)) is not None:
        yield TRUNCATED.at(detail=missing)


def _missing(source: Source, gathered: Gathered) -> str | None:
    """What the end of the file lacks; of a file not read as a whole only its last piece is judged."""
    if gathered.is_small and gathered.balance.is_json:
        return gathered.balance.detail()
    if not gathered.is_end:
        return None
    return ends.short_end(source, gathered.tail)
