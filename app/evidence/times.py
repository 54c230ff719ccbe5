"""Moments as tools write them, in seconds since 1970. A moment without a zone counts as UTC and is told apart.

Read: ISO 8601 with `T` or a blank, Go's `2026-11-20 14:05:00 +0000 UTC`, Helm's `Fri Nov 20 14:05:00 2026`, the
`20.11.2026 14:05:00` of German tables, `20 Nov 2026 14:05`, seconds and milliseconds since 1970. A day alone is no
moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from app.evidence.findings import phrase
from app.evidence.patterns import lazy

_ISO = lazy(
    r"(?<!\d)(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_NAMED = lazy(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:UTC )?(\d{4})", re.ASCII)
_DOTTED = lazy(
    r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))?(?! ?[APap]\.?[Mm])", re.ASCII
)
_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d))?(?! ?[APap]\.?[Mm]) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_WORDED = lazy(
    r"(?<![\d.])(?:(\d{1,2})\.? ([A-Z][a-zä][a-z])[a-z]{0,6}\.?|([A-Z][a-z]{2})[a-z]{0,6}\.? (\d{1,2}),?),? (\d{4}),? "
    r"(?:at |um )?" + _CLOCK,
    re.ASCII,
)
_EPOCH = lazy(r"(\d{10})(?:\.(\d{1,9}))?|(\d{13})", re.ASCII)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11,
    "Dec": 12, "Mär": 3, "Mrz": 3, "Mai": 5, "Okt": 10, "Dez": 12,
}  # fmt: skip
_LATEST = 4_102_444_800  # the year 2100


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds since 1970; `has_zone` when the text says which zone it is in."""

    at: float
    has_zone: bool


def first(text: str) -> Moment | None:
    """The first moment of a text, or what the whole of it counts since 1970."""
    text = text[:200].strip().strip("\"'`")
    if whole := _EPOCH.fullmatch(text):
        value = float(text) / (1000 if whole[3] else 1)
        return Moment(value, has_zone=True) if value < _LATEST else None
    if found := _ISO.search(text):
        return _iso(found)
    if found := _NAMED.search(text):
        month = _MONTHS.get(found[1], 0)
        return _moment(int(found[6]), month, int(found[2]), *(int(found[place]) for place in (3, 4, 5)))
    if found := _WORDED.search(text):
        return _worded(found)
    if found := _DOTTED.search(text):
        day, month, year, hour, minute = (int(found[place]) for place in range(1, 6))
        return _moment(year, month, day, hour, minute, int(found[6] or 0))
    return None


def _worded(found: re.Match[str]) -> Moment | None:
    """`20 Nov 2026 09:07:05 UTC` and `November 20, 2026 09:07`."""
    day, month = int(found[1] or found[4]), _MONTHS.get(found[2] or found[3], 0)
    moment = _moment(int(found[5]), month, day, int(found[6]), int(found[7]), int(found[8] or 0))
    zone = "UTC" if found[9] == "GMT" else found[9]
    shift = _shift(zone) if zone else 0.0
    return None if moment is None or shift is None else Moment(moment.at - shift, has_zone=bool(zone))


def iso(at: float) -> str:
    """As ISO 8601 in UTC, to the millisecond where there are any."""
    moment = datetime.fromtimestamp(round(at, 3), UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace(
        "+00:00", "Z"
    )


def lasting(seconds: float) -> str:
    """A length as people say it: 41 s, 3 min 40 s, 2 h 5 min, 3.2 days."""
    if abs(seconds) < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 120:
        return phrase("{minutes} min {rest} s", minutes=minutes, rest=rest) if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return phrase("{hours} h {minutes} min", hours=hours, minutes=minutes) if minutes else f"{hours} h"
    return f"{seconds / 86400:.3g} " + phrase("days")


def _iso(found: re.Match[str]) -> Moment | None:
    year, month, day, hour, minute = (int(found[place]) for place in range(1, 6))
    part = float(f"0.{found[7]}") if found[7] else 0.0
    moment = _moment(year, month, day, hour, minute, int(found[6] or 0), part)
    zone = found[8]
    if moment is None or not zone:
        return moment
    shift = _shift(zone)
    return None if shift is None else Moment(moment.at - shift, has_zone=True)


def _shift(zone: str) -> float | None:
    """Seconds east of UTC."""
    if zone in ("Z", "UTC"):
        return 0.0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    sign = -1 if zone[0] == "-" else 1
    return sign * (hours * 3600.0 + minutes * 60) if hours <= 14 and minutes < 60 else None


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, part: float = 0.0
) -> Moment | None:
    """None for what the calendar does not have, and outside 1970 to 2100."""
    try:
        found = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return Moment(found + part, has_zone=False) if 0 < found < _LATEST else None
