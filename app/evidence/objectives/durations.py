"""Spans of time as people and configuration files write them, and as a reader wants them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.evidence.findings import phrase

DAY = 86_400.0
_UNITS = {
    **dict.fromkeys(("ms", "milliseconds", "millisecond", "msec"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunde", "sekunden"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen"), DAY),
    **dict.fromkeys(("w", "week", "weeks", "woche", "wochen"), 7 * DAY),
}
_CALENDAR = {
    **dict.fromkeys(("month", "monat"), (28.0, 30.0, 31.0)),
    **dict.fromkeys(("quarter", "quartal"), (90.0, 91.0, 92.0)),
    **dict.fromkeys(("year", "jahr"), (365.0, 365.0, 366.0)),
}
_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "six": "6", "seven": "7", "twelve": "12", "thirty": "30",
    "ninety": "90",
}  # fmt: skip
_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_PART = re.compile(rf"(?<![\d.,])(\d{{1,9}}(?:[.,]\d{{1,6}})?)[\s-]{{0,2}}({_NAMES})(?![a-z])", re.IGNORECASE)
_COMPACT = re.compile(r"(?:\d{1,9}(?:ms|[smhdwy])){1,7}")
_COMPACT_PART = re.compile(r"(\d{1,9})(ms|[smhdwy])")
_MONTHS = re.compile(
    r"(?:(\d{1,2})[\s-]{0,2})?(month|quarter|year|monat|quartal|jahr)(?:s|ly|e[ns]?)?\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds; `low` and `high` differ where the calendar decides, or where digits were rounded."""

    seconds: float
    low: float
    high: float


def compact(text: str) -> float | None:
    """Seconds of `1h30m`, `30d`, `1y` as Prometheus reads them; None for anything else."""
    text = text.strip()
    if text == "0":
        return 0.0
    if len(text) > 60 or _COMPACT.fullmatch(text) is None:
        return None
    scale = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY, "w": 7 * DAY, "y": 365 * DAY}
    return sum(int(number) * scale[unit] for number, unit in _COMPACT_PART.findall(text))


def window(text: str) -> Span | None:
    """The first span a text names as a window: `rolling 30 days`, `28d`, `four weeks`, `calendar month`."""
    text = _numbered(text[:400])
    if (short := compact(text)) is not None:
        return Span(short, short, short) if short else None
    parts = _PART.search(text)
    months = _MONTHS.search(text)
    if parts and (months is None or parts.start() < months.start()):
        seconds = _value(parts[1]) * _UNITS[parts[2].lower()]
        return Span(seconds, seconds, seconds) if seconds else None
    if months is None:
        return _each(text)
    count = int(months[1] or 1)
    low, middle, high = (count * days * DAY for days in _CALENDAR[months[2].lower()])
    return Span(middle, low, high) if count else None


def amount(text: str) -> Span | None:
    """All parts of a span summed, with the rounding of the last: `43 min 12 s`, `7.2 hours`, `43m12s`."""
    text = text[:400]
    if (short := compact(text.strip())) is not None:
        parts = _COMPACT_PART.findall(text.strip())
    else:
        parts = _PART.findall(text) or [
            part
            for word in re.findall(r"\b(?:\d{1,9}[smhd]){2,4}\b", text)[:1]
            for part in _COMPACT_PART.findall(word)
        ]
    if not parts:
        return None
    seconds = sum(_value(number) * _UNITS.get(unit.lower(), 365 * DAY) for number, unit in parts)
    number, unit = parts[-1]
    decimals = len(re.split(r"[.,]", number)[1]) if re.search(r"[.,]", number) else 0
    half = 0.5 * 10.0**-decimals * _UNITS.get(unit.lower(), 365 * DAY)
    return Span(short or seconds, seconds - half, seconds + half)


def said(seconds: float) -> str:
    """A span for reading, at most two units: `43 min 12 s`, `7 h 12 min`, `30 days`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    for size, unit, smaller, name in ((DAY, "day", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        count, rest = divmod(whole, int(size))
        if not count:
            continue
        left = round(rest / smaller)
        if unit == "day":
            unit = phrase("day") if count == 1 else phrase("days")
        head = f"{count} {unit}"
        return f"{head} {left} {name}" if left else head
    return f"{seconds:.3g} s"


def short(seconds: float) -> str:
    """A window as rules write it: 5m, 1h, 3d."""
    for size, unit in ((DAY, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s")):
        if seconds >= size and (seconds / size).is_integer():
            return f"{int(seconds / size)}{unit}"
    return f"{seconds:g}s"


def _numbered(text: str) -> str:
    """With the small numbers that are written as words in digits."""
    return re.sub(
        r"\b[a-z]{3,6}\b", lambda word: _WORDS.get(word[0].lower(), word[0]), text, flags=re.IGNORECASE
    )


def _each(text: str) -> Span | None:
    """A bare unit: `weekly`, `per day`, `an hour`."""
    match = re.search(r"\b(?:(week)(?:ly)?|(dai|day)(?:ly)?|(hour)(?:ly)?)\b", text, re.IGNORECASE)
    if match is None:
        return None
    seconds = 7 * DAY if match[1] else DAY if match[2] else 3600.0
    return Span(seconds, seconds, seconds)


def _value(number: str) -> float:
    return float(number.replace(",", "."))
