"""iCalendar (RFC 5545) as far as a calendar of drills needs it: events, their days, plain repetitions.

Nothing is opened, time zones are left as written: for a drill the day counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.evidence.documents import wording
from app.evidence.drill_schedule.words import FIELDS
from app.evidence.registers import days

MOST_EVENTS = 400
MOST_TIMES = 24
DAYS_READ = 365
MONTHS_OF = {"YEARLY": 12, "MONTHLY": 1}
DAYS_OF = {"WEEKLY": 7, "DAILY": 1}
READ = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTHDAY"))
_ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT: its days in order, its text by field; `unread` is a repetition beyond what is read."""

    line: int
    days: tuple[date, ...]
    cells: Mapping[str, str]
    unread: str = ""


def events(text: str) -> list[Event]:
    """Every event of the file that has not been cancelled."""
    found: list[Event] = []
    begun = 0
    values: dict[str, str] = {}
    for line, name, value in _lines(text):
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            begun, values = line, {}
        elif (name, value.upper()) == ("END", "VEVENT") and begun:
            if values.get("STATUS", "").upper() != "CANCELLED" and len(found) < MOST_EVENTS:
                found.append(_event(begun, values))
            begun = 0
        elif begun:
            values.setdefault(name, value)
    return found


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Content lines, unfolded: number, name without parameters, value."""
    parts: list[str] = []
    began = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        head, mark, value = "".join(parts).partition(":")
        if mark:
            yield began, head.split(";")[0].strip().upper()[:40], value.strip()[:4000]
        parts, began = [line], number


def _event(line: int, values: Mapping[str, str]) -> Event:
    cells = {"scenario": _plain(values.get("SUMMARY", ""))}
    for one in _plain(values.get("DESCRIPTION", "")).split("\n")[:40]:
        label, mark, said = one.partition(":")
        field = wording.about(label, FIELDS) if mark and len(label) <= 40 else None
        if field and said.strip():
            cells.setdefault(field, said.strip())
    if organizer := values.get("ORGANIZER", ""):
        cells.setdefault("owner", organizer.lower().removeprefix("mailto:"))
    start = days.first(values.get("DTSTART", ""))
    rule = _rule(values.get("RRULE", ""))
    if start is None or not rule:
        return Event(line, () if start is None else (start,), cells)
    if set(rule) - READ or rule.get("FREQ") not in (*MONTHS_OF, *DAYS_OF):
        return Event(line, (start,), cells, unread=values["RRULE"][:120])
    return Event(line, tuple(_repeated(start, rule)), cells)


def _rule(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.upper().split(";")[:20])
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}


def _repeated(start: date, rule: Mapping[str, str]) -> Iterator[date]:
    """The first days of a repetition; a month without that day is passed over, as the standard says."""
    every = max(_number(rule.get("INTERVAL", ""), 1), 1)
    count = min(_number(rule.get("COUNT", ""), MOST_TIMES), MOST_TIMES)
    until = days.first(rule.get("UNTIL", "")) or _end(start, rule)
    freq = rule["FREQ"]
    given = 0
    for step in range(4 * MOST_TIMES):
        day = (
            _month_later(start, step * every * MONTHS_OF[freq])
            if freq in MONTHS_OF
            else _later(start, step * every * DAYS_OF[freq])
        )
        if day is not None and (day > until or given >= count):
            return
        if day is not None:
            given += 1
            yield day


def _end(start: date, rule: Mapping[str, str]) -> date:
    """A repetition without an end counts for the year that is asked for."""
    return date.max if "COUNT" in rule else _later(start, DAYS_READ) or date.max


def _month_later(start: date, months: int) -> date | None:
    at = start.year * 12 + start.month - 1 + months
    try:
        return date(at // 12, at % 12 + 1, start.day)
    except (ValueError, OverflowError):
        return None


def _later(start: date, count: int) -> date | None:
    try:
        return start + timedelta(days=count)
    except OverflowError:
        return None


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else otherwise


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
