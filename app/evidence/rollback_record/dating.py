"""Times of a day, as people write a drill down, with the day that the record names once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.evidence.registers import days
from app.evidence.rollback_record.entries import Entry

_CLOCK = re.compile(
    r"(?<![\d:.\-+])(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])(?:[.,]\d{1,3})? ?(UTC|Z|CEST|CET|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_LENGTH = re.compile(r"\b(?:duration|took|lasted|elapsed|total)\b", re.IGNORECASE)
_ZONES = {"CET": "+01:00", "CEST": "+02:00"}
HALF_A_DAY = 12 * 60


def dated(entries: Sequence[Entry], text: str) -> list[Entry]:
    """The entries, their times of day with the first day of the text; as they are when it names none.

    A time more than half a day before the one above it belongs to the next day.
    """
    day = next(filter(None, map(days.first, text.split("\n")[:400])), None)
    return list(entries) if day is None else list(_each(entries, day))


def _each(entries: Sequence[Entry], day: date) -> Iterator[Entry]:
    before = 0
    for entry in entries:
        found = None if _is_length(entry) else _CLOCK.search(entry.value[:200])
        if found is None:  # a row that begins with its time
            found = _CLOCK.match(entry.label.strip())
            if found is not None:
                rest = entry.label.strip()[found.end() :].strip()
                entry = Entry(f"{rest}: {entry.value}".removeprefix(": ")[:400], entry.label, entry.line)
        if found is None or int(found[1]) > 23:
            yield entry
            continue
        minute = int(found[1]) * 60 + int(found[2])
        day += timedelta(days=minute < before - HALF_A_DAY)
        before = minute
        zone = _ZONES.get(found[4] or "", found[4] or "")
        clock = f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}"
        yield replace(entry, value=f"{day.isoformat()}T{clock}{zone}")


def _is_length(entry: Entry) -> bool:
    return entry.label != entry.value and _LENGTH.search(entry.label) is not None
