"""Lists that people keep while they work: `- 14:02:10 killed web-2`, below a line that names the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app.evidence.registers import days

LONGEST_LINE = 400
_DAY = re.compile(
    r"(?<![\d.-])(?:\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}\.? [A-Z][a-zä]{2,8}\.? \d{4}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})(?![\d-])",
    re.ASCII,
)
_UTC = re.compile(r"\b(?:UTC|GMT)\b")
_SAYS_UTC = re.compile(r"(?<![A-Za-z])(?:UTC|utc|GMT)(?![A-Za-z]| ?[+-] ?\d)")
_SAYS_OTHER = re.compile(
    r"\b(?:(?:local|lokale?|ortszeit|ces?t|mes?z|bst|e[sd]t|p[sd]t)\b|(?:Europe|America|Asia)/)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s{0,8}(?:[-*+>] {1,3}|\d{1,3}[.)] {1,3})?[*_`\[(]{0,3}")
_CLOCK = re.compile(
    r"(\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?![\d:])(?! ?[APap]\.?[Mm]\b)( ?(?:Z|UTC|[+-]\d\d:?\d\d)\b)?",
    re.ASCII,
)
_CLOSED = re.compile(r"[*_`\])]{0,3}")
HALF_A_DAY = 12
MOST_LINES = 2_000


def day_in(text: str) -> date | None:
    """The day that a line names in full; a month alone is none."""
    found = _DAY.search(text[:LONGEST_LINE])
    return days.first(found[0]) if found else None


def says_utc(text: str) -> bool:
    """Whether the words around the times say that they are in UTC, as a column `time (UTC)` does, and no other zone."""
    text = text[:200_000]
    return _SAYS_UTC.search(text) is not None and _SAYS_OTHER.search(text) is None


def above(lines: Sequence[str], rows: Sequence[tuple[int, str]]) -> list[date | None]:
    """The day of each row of a table (its line and its clock): the last one named above it, outside of tables.

    Where none is named above, the first below counts. A clock that jumps back by more than half a day has passed
    midnight.
    """
    named = [
        (number, day)
        for number, line in enumerate(lines[:MOST_LINES], 1)
        if line.lstrip()[:1] != "|" and (day := day_in(line))
    ]
    found: list[date | None] = []
    base, hour, passed = None, 0, 0
    for number, clock in rows:
        day = next((day for at, day in reversed(named) if at < number), named[0][1] if named else None)
        before, hour = hour, int(clock.strip().partition(":")[0])
        passed = 0 if day != base else passed + (before - hour > HALF_A_DAY)
        base = day
        found.append(day + timedelta(days=passed) if day else None)
    return found


def whole(lines: Sequence[str], day: date | None = None) -> list[str]:
    """The lines without the marks of a list, each time of day with the day above it; `day` holds before any is named.

    A clock that jumps back by more than half a day has passed midnight. Where a line above says UTC, so do the times.
    """
    return list(_whole(lines, day))


def _whole(lines: Sequence[str], day: date | None) -> Iterator[str]:
    zone, hour = "", 0
    for line in lines:
        text = line[_opening(line) :]
        clock = _CLOCK.match(text)
        if clock is None:
            if named := day_in(line):
                day, hour = named, 0
            zone = zone or (" UTC" if _UTC.search(line[:LONGEST_LINE]) else "")
            yield text
            continue
        before, hour = hour, int(clock[1].partition(":")[0])
        if day and before - hour > HALF_A_DAY:
            day += timedelta(days=1)
        rest = text[clock.end() :]
        said = rest[_ended(rest) :]
        yield f"{day} {clock[1]}{clock[2] or zone}{said}" if day else text


def _opening(line: str) -> int:
    """Where the words of a line begin, after what marks it as an item of a list."""
    found = _ITEM.match(line[:LONGEST_LINE])
    return found.end() if found else 0


def _ended(text: str) -> int:
    found = _CLOSED.match(text)
    return found.end() if found else 0
