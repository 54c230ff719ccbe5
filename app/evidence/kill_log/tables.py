"""Kill logs that people write: a table with one line a kill or one line an event, and the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.evidence import dated
from app.evidence.documents import wording
from app.evidence.kill_log import shell
from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment
from app.evidence.registers import rows
from app.evidence.registers.rows import Row

FIELDS = wording.Subjects({
    "back": ("back", "back at", "ready again", "ready at", "returned", "recovered", "restarted", "restart", "up again",
             "up at", "restored", "rejoined", "healthy at", "end", "ready", "zurück", "wieder bereit", "wieder da",
             "bereit", "wieder gesund", "neu gestartet", "zurück um", "down", "down for", "downtime", "ausfall"),
    "command": ("cmd", "command", "ran", "befehl", "kommando"),
    "signal": ("signal", "sig", "exit code", "exitcode", "exit status"),
    "event": ("event", "action", "what", "type", "status", "kind", "method", "how", "aktion", "wie",
              "ereignis", "msg", "message"),
    "time": ("time", "timestamp", "killed at", "kill time", "at", "when", "ts", "start", "killed", "stopped at",
             "utc", "epoch", "epoch ms", "zeit", "zeitpunkt", "uhrzeit", "beendet um"),
    "day": ("date", "day", "datum", "tag"),
    "instance": ("instance", "target", "container", "pod", "server", "host", "node", "name", "service", "victim", "vm",
                 "machine", "process", "unit", "backend", "instanz", "dienst", "rechner"),
})  # fmt: skip
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d{1,6})?))? ?(?:Z|UTC)?", re.ASCII)
DAY = 86_400
_STOPS = re.compile(r"\bstop(?:ped|ping)?\b")
"""`docker stop` sends TERM; the signal STOP is written SIGSTOP."""
_TOOL = re.compile(r"\b(?:docker|podman|kubectl|systemctl|nerdctl) ")
_UP = (
    "start",
    "started",
    "restart",
    "restarted",
    "up",
    "back",
    "returned",
    "recovered",
    "respawn",
    "running",
)
_READY = ("ready", "healthy", "serving")
_NONE = frozenset(("", "-", "none", "null", "never", "n/a", "na"))
_GONE = ("die", "died", "exit", "exited", "dead", "down", "gone", "oom")


def of_tree(entries: Sequence[tuple[int, dict[str, Any]]]) -> list[Row]:
    """Records with the same names, whatever their letters."""
    found = []
    for line, entry in entries[: rows.MOST]:
        cells: dict[str, str] = {}
        for key, value in list(entry.items())[: rows.MOST_COLUMNS]:
            field = wording.about(str(key).replace("_", " "), FIELDS) if len(str(key)) <= 60 else None
            if field and field not in cells and isinstance(value, str | int | float):
                cells[field] = str(value)[:200]
        if has_time(cells):
            found.append(Row(line, cells))
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """The events of rows, the rows whose time cannot be read, and those whose return lies before the kill."""

    events: list[Event]
    unread: list[Row]
    backwards: list[Row]


def events(found: Sequence[Row]) -> Told:
    """What the rows tell."""
    told = Told([], [], [])
    for row in found:
        time = moment(_when(row))
        if time is None:
            told.unread.append(row)
            continue
        every = list(_of_row(row, *time))
        late = [event for event in every if event.at >= time[0]]
        told.events.extend(late)
        if len(late) < len(every):
            told.backwards.append(row)
    return told


def has_time(cells: Mapping[str, str]) -> bool:
    return "time" in cells or "day" in cells


def with_days(found: Sequence[Row], lines: Sequence[str]) -> list[Row]:
    """The rows, those with a clock alone with the day that stands above the table."""
    clocked = [row for row in found if is_clock(row)]
    days = dated.above(lines, [(row.line, row.get("time")) for row in clocked])
    known = {row.line: day for row, day in zip(clocked, days, strict=True) if day}
    return [
        replace(row, cells={**row.cells, "day": known[row.line].isoformat()}) if row.line in known else row
        for row in found
    ]


def is_clock(row: Row) -> bool:
    """Whether a row has a time of day and no day."""
    return _CLOCK.match(row.get("time").strip()) is not None and not row.get("day")


def _when(row: Row) -> str:
    """The time, with the day of a column of its own where it is a clock alone."""
    if row.get("day") and _CLOCK.fullmatch(row.get("time").strip()):
        return f"{row.get('day').strip()} {row.get('time').strip()}"
    return row.get("time") or row.get("day")


def _of_row(row: Row, at: float, has_zone: bool, has_year: bool) -> Iterator[Event]:
    ran = next(_ran(at, has_zone, has_year, row), None)
    instance = row.get("instance")[:LONGEST_NAME] or (ran.instance if ran else "")
    word, signal = row.get("event").lower(), signal_of(row.get("signal"))
    if ran and _TOOL.search(word):
        word = ""  # a command: what it does is told by its words, not by the `kill` in it
    what = _what(word) if word or ran is None else ran.what
    named = "TERM" if _STOPS.search(word) else signal_of(word) or (ran.signal if ran else "")
    yield Event(at, what, instance, signal or (named if what is What.KILL else ""), row.line,
                has_zone, has_year)  # fmt: skip
    returned = row.get("back")
    if what in (What.KILL, What.GONE) and returned.strip().lower() not in _NONE:
        yield from back(returned, at, instance, row.line, has_zone)


def _ran(at: float, has_zone: bool, has_year: bool, row: Row) -> Iterator[Event]:
    """What the command in a row ended or started: `docker kill -s TERM web-2`."""
    said = row.get("command") or (row.get("event") if _TOOL.search(row.get("event")) else "")
    yield from shell.events((at, has_zone, has_year), said.strip("`$ "), row.line)


def back(text: str, at: float, instance: str, line: int, has_zone: bool) -> Iterator[Event]:
    """When an instance killed at `at` was ready again: a time of day, a moment, or how many seconds later."""
    if clock := _CLOCK.fullmatch(text.strip()):
        yield Event(_next(at, clock), What.READY, instance, "", line, has_zone)
        return
    time = moment(text)
    if time is not None:
        yield Event(time[0], What.READY, instance, "", line, time[1], time[2])
    elif text.removesuffix("s").strip().replace(".", "", 1).isdigit() and len(text) <= 8:
        yield Event(at + float(text.removesuffix("s")), What.READY, instance, "", line, has_zone)


def _next(at: float, clock: re.Match[str]) -> float:
    """The first moment from a kill on at which a clock shows this; as the kill's own, it is taken for UTC."""
    seconds = float((clock[3] or "0").replace(",", "."))
    later = int(clock[1]) * 3600 + int(clock[2]) * 60 + seconds - at % DAY
    return at + later % DAY


def _what(word: str) -> What:
    first = word.replace("_", " ").replace("-", " ").split()
    if any(one in _READY for one in first):
        return What.READY
    if any(one in _UP for one in first):
        return What.UP
    return What.GONE if any(one in _GONE for one in first) else What.KILL
