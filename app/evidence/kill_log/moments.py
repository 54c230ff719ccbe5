"""Times as kill logs write them, beside what timelines of deploys know: the journal's, without a year."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.evidence.times import first

_JOURNAL = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(\.\d{1,6})?", re.ASCII)
_SHORT = re.compile(r"(?<!\d)(20\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NO_YEAR = 2000
_EPOCHS = re.compile(r"(\d{10})(\d{3}|\d{6}|\d{9})?(\.\d{1,9})?", re.ASCII)


def moment(text: str) -> tuple[float, bool, bool] | None:
    """Seconds since 1970, whether a zone is given, whether a year is; a time without a zone counts as UTC."""
    text = text.strip().strip("\"'`[]")[:80]
    if whole := _EPOCHS.fullmatch(text):
        part = float(f"0.{whole[2]}") if whole[2] else float(f"0{whole[3]}") if whole[3] else 0.0
        return (float(whole[1]) + part, True, True) if whole[1][0] in "123" else None
    found = first(_SHORT.sub(r"\1-\2-\3 \4", text))
    if found is not None:
        return found.at, found.has_zone, True
    return _without_year(text)


def _without_year(text: str) -> tuple[float, bool, bool] | None:
    found = _JOURNAL.match(text)
    if found is None or found[1] not in _MONTHS:
        return None
    month = _MONTHS.index(found[1]) + 1
    try:
        day, hour, minute, second = (int(found[place]) for place in (2, 3, 4, 5))
        at = datetime(NO_YEAR, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return at + float(found[6] or 0), False, False


def in_year(at: float, year: int) -> float:
    """A moment of the year 2000 in another; the 29th of February is the 1st of March where there is none."""
    day = datetime.fromtimestamp(at, UTC)
    try:
        return day.replace(year=year).timestamp()
    except ValueError:
        return day.replace(year=year, month=3, day=1).timestamp()
