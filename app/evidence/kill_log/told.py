"""What a script of a drill writes, or a person in a list: `[2026-11-20T14:05:10Z] killing app-1 (SIGKILL)`, `app-1 is
ready`, `- 14:05:10 killed app-1, back 14:05:31` below a line with the day.

A line counts when it begins with a moment, says that something is killed, started or ready, and names one instance
with a number. It tells two events when it also says at what time the instance was back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from app.evidence import dated
from app.evidence.kill_log import tables
from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

_STAMP = re.compile(
    r"\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\]]{0,16}(?: [+-]\d{4}| UTC)?)\]?[ \t:|-]{1,6}", re.ASCII
)
_SAYS = (
    (What.READY, re.compile(r"\b(?:ready|healthy|back|in rotation|serving)\b", re.IGNORECASE)),
    (
        What.KILL,
        re.compile(
            r"\b(?:kill(?:ing|ed)?|stopping|stopped (?=[\w.@-]{0,40}\d)|sen(?:t|ding) (?:SIG)?(?:KILL|TERM))\b",
            re.IGNORECASE,
        ),
    ),
    (What.UP, re.compile(r"\b(?:re)?start(?:ing|ed)\b", re.IGNORECASE)),
)
_NOT = re.compile(r"\b(?:not|wait(?:ing)?|until|will|in \d{1,4} ?s)\b", re.IGNORECASE)
_INSTANCE = re.compile(
    r"(?<![\w./:-])([A-Za-z][A-Za-z0-9]{0,80}(?:[._@-][A-Za-z0-9]{1,30}){0,7}(?<=\d))(?![\w/-])", re.ASCII
)
_SIGNAL = re.compile(r"\b(?:SIG)?(?:KILL|TERM)\b", re.ASCII)
_RETURN = re.compile(
    r"[,;(–→ -]{1,4}(?:back|ready|healthy|up|serving)(?: again)?(?: at| after| in)?[: ]{1,2}"
    r"((?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d:\d\d[^\s,;)]{0,16}|\d{1,5}(?:\.\d{1,3})? ?s\b)",
    re.IGNORECASE | re.ASCII,
)


def of_lines(lines: Sequence[str], day: date | None = None) -> list[Event]:
    """Every line that tells an event; none unless a kill is among them. `day` is that of times without one."""
    numbered = enumerate(dated.whole(lines, day), 1)
    found = [event for number, line in numbered for event in _of_line(line[:400], number)]
    return found if any(event.what is What.KILL for event in found) else []


def _of_line(line: str, number: int) -> Iterator[Event]:
    stamp = _STAMP.match(line)
    at = moment(stamp[1]) if stamp else None
    if stamp is None or at is None:
        return
    said = line[stamp.end() :]
    back = _RETURN.search(said)
    event = _told(said[: back.start()] + said[back.end() :] if back else said, at, number)
    if event is None:
        return
    yield event
    if back and event.what is What.KILL:
        yield from tables.back(back[1].replace(" s", "s"), event.at, event.instance, number, event.has_zone)


def _told(said: str, at: tuple[float, bool, bool], number: int) -> Event | None:
    """The one event that the words of a line tell."""
    names = {hit[1] for hit in _INSTANCE.finditer(said[:200])}
    what = next((what for what, says in _SAYS if says.search(said)), None)
    if what is None or len(names) != 1 or _NOT.search(said):
        return None
    named = _SIGNAL.search(said)
    signal = signal_of(named[0]) if named else "TERM" if "stopp" in said.lower() else ""
    return Event(
        at[0], what, names.pop()[:LONGEST_NAME], signal if what is What.KILL else "", number, at[1], at[2]
    )
