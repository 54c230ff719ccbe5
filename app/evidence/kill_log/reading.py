"""From text to kills: which form it is in, and what each form tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.evidence import dated, yamls
from app.evidence.documents import markdown
from app.evidence.findings import Unreadable, phrase
from app.evidence.kill_log import (
    docker,
    is_json,
    journal,
    kubernetes,
    logfmt,
    pods,
    rules,
    session,
    shell,
    tables,
    told,
)
from app.evidence.kill_log.events import MOST, Event, What
from app.evidence.kill_log.moments import NO_YEAR, moment
from app.evidence.kill_log.pairing import Kill, kills
from app.evidence.plans import strict
from app.evidence.registers import rows
from app.evidence.registers.rows import Row

MOST_VALUES = 50_000
Records = list[tuple[int, dict[str, Any]]]
_LISTS = ("kills", "items", "events", "entries", "log")
_LINES: tuple[tuple[str, Callable[[Sequence[str]], list[Event]]], ...] = (
    ("docker events", docker.of_lines),
    ("journal", journal.of_lines),
    ("kubernetes", kubernetes.of_lines),
    ("logfmt", logfmt.of_lines),
    ("shell history", shell.of_lines),
    ("shell session", session.of_lines),
    ("log", told.of_lines),
)
_RECORDS: tuple[tuple[str, Callable[[Records], list[Event]]], ...] = (
    ("docker events", docker.of_records),
    ("journal", journal.of_records),
    ("kubernetes", kubernetes.of_records),
    ("kubernetes", pods.of_records),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The kills, and rows that say less than they should.

    `is_aged` for a table of ages in place of times, `dayless` the first kill whose time of day has no day.
    """

    form: str
    kills: list[Kill]
    unread: Sequence[Row] = ()
    backwards: Sequence[Row] = ()
    is_aged: bool = False
    dayless: Event | None = None


def read(text: str) -> Found:
    """The kills, their times in UTC where the text says so above or beside them; raises `Unreadable`."""
    found = _read(text)
    if all(one.has_zone for one in found.kills) or not dated.says_utc(text):
        return found
    return replace(found, kills=[replace(one, has_zone=True) for one in found.kills])


def _read(text: str) -> Found:
    """The first way of reading that finds a kill; raises `Unreadable` for what is no JSON and looks like it."""
    if is_json(text):
        return _of_json(text)
    lines = text.split("\n")
    table = _of_table(text, lines)
    if table.kills:
        return table
    for form, events_of in _LINES:
        if found := kills(events_of(lines)[:MOST]):
            return Found(form, found)
    if (listed := _of_yaml(text)) and listed.kills:
        return listed
    if clocked := next(map(_clocked, filter(tables.is_clock, table.unread)), None) or _without_day(lines):
        return Found("log", [], dayless=clocked)
    if table.unread:
        return table
    return Found("kubernetes", [], is_aged=any(kubernetes.AGES.match(line[:200]) for line in lines[:50]))


def _clocked(row: Row) -> Event | None:
    """A kill that a row tells of, in a year that is none."""
    found = moment(f"{NO_YEAR}-01-01 {row.get('time').strip()}")
    return None if found is None else Event(found[0], What.KILL, row.get("instance"), line=row.line)


def _without_day(lines: Sequence[str]) -> Event | None:
    """The first kill that has a time and no day."""
    any_day = date(NO_YEAR, 1, 1)
    lines = lines[:MOST]
    found = session.of_lines(lines, any_day) or told.of_lines(lines, any_day)
    return next((event for event in found if event.what is What.KILL), None)


def _of_yaml(text: str) -> Found | None:
    """A list of kills in YAML, at the top or below a key."""
    try:
        (root,) = yamls.documents(text)[:1] or [None]
    except yamls.BadYaml:
        return None
    inner = next((root[key] for key in _LISTS if key in root), root) if isinstance(root, yamls.Map) else root
    found = (
        [(one.line, dict(one)) for one in inner if isinstance(one, yamls.Map)]
        if isinstance(inner, yamls.Seq)
        else []
    )
    return _of_rows("yaml", tables.of_tree(found))


def _of_table(text: str, lines: Sequence[str]) -> Found:
    if any(line.lstrip()[:1] == "|" for line in lines[:400]):
        try:
            return _of_rows("markdown", rows.of_document(markdown.read(text), tables.FIELDS), lines)
        except markdown.TooLong as error:
            raise Unreadable(rules.NONE.at(what=str(error))) from error
    return _of_rows("csv", rows.of_csv(text, tables.FIELDS), lines)


def _of_rows(form: str, found: Sequence[Row], lines: Sequence[str] = ()) -> Found:
    """One line a kill or one line an event."""
    timed = [row for row in found if tables.has_time(row.cells) and len(row.cells) > 1]
    told = tables.events(tables.with_days(timed, lines))
    return Found(form, kills(told.events[:MOST], is_listed=True), told.unread, told.backwards)


def _of_json(text: str) -> Found:
    try:
        found = records(text)
    except strict.Refused as error:
        raise Unreadable(rules.NONE.at(what=phrase("it is no JSON ({reason})", reason=str(error)))) from error
    for form, events_of in _RECORDS:
        if killed := kills(events_of(found)[:MOST]):
            return Found(f"{form}, JSON", killed)
    return _of_rows("json", tables.of_tree(found))


def records(text: str) -> Records:
    """The objects of a text, one after the other or in a list, with the line at which each value of the text begins."""
    decoder, at, line, found = strict.decoder(), 0, 1, Records()
    while len(found) < MOST_VALUES:
        start = at
        while at < len(text) and text[at] in " \t\n,\x1e":
            at += 1
        if at >= len(text):
            return found
        line += text.count("\n", start, at)
        start = at
        value, at = strict.decode(text, at, decoder)
        found += [(line, one) for one in _entries(value)]
        line += text.count("\n", start, at)
    return found


def _entries(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of the list that an object is about; else the object itself."""
    inner = value
    if isinstance(value, dict):
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [value])
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
