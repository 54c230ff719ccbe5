"""Days as people write them. No clock is read: a day is held against other days only."""

from __future__ import annotations

import re
from datetime import date

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_NAMES, 1)} | {
    "mär": 3,
    "mrz": 3,
    "mai": 5,
    "okt": 10,
    "dez": 12,
}
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})([01]\d)([0-3]\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_WORDS = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\.? {1,2}([A-Za-zä]{3,9})\.?,? {1,2}(\d{4})(?!\d)")
_AMERICAN = re.compile(r"\b([A-Za-z]{3,9})\.? {1,2}(\d{1,2})(?:st|nd|rd|th)?,? {1,2}(\d{4})(?!\d)")
_QUARTER = re.compile(r"(?<!\d)(\d{4})[ /-]{0,2}Q([1-4])\b|\bQ([1-4])[ /-]{0,2}(\d{4})(?!\d)", re.IGNORECASE)


def first(text: str) -> date | None:
    """The first day the text names; the first of the month where only that is named, of a quarter its first day."""
    text = text[:400]
    if found := _ISO.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _COMPACT.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.search(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _WORDS.search(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _AMERICAN.search(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    if found := _QUARTER.search(text):
        year, number = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _day(int(year), 3 * int(number) - 2, 1)
    return None


def quarter(day: date) -> int:
    """Quarters counted through the years, so that the next one is one more."""
    return day.year * 4 + (day.month - 1) // 3


def quarter_name(number: int) -> str:
    return f"{number // 4}-Q{number % 4 + 1}"


def _month(name: str) -> int:
    return _MONTHS.get(name[:3].lower(), 0)


def _day(year: int, month: int, day: int) -> date | None:
    """None for what the calendar does not have."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
