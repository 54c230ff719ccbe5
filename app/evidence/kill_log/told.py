"""What a script of a drill writes, a line an event: `[2026-11-20T14:05:10Z] killing app-1 (SIGKILL)`, `app-1 is ready`.

A line counts when it begins with a moment, says that something is killed, started or ready, and names one instance
with a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

_STAMP = re.compile(
    r"\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\]]{0,16}(?: [+-]\d{4}| UTC)?)\]?[ \t:|-]{1,6}", re.ASCII
)
_SAYS = (
    (What.READY, re.compile(r"\b(?:ready|healthy|back|in rotation|serving)\b", re.IGNORECASE)),
    (
        What.KILL,
        re.compile(r"\b(?:kill(?:ing|ed)?|stopping|sen(?:t|ding) (?:SIG)?(?:KILL|TERM))\b", re.IGNORECASE),
    ),
    (What.UP, re.compile(r"\b(?:re)?start(?:ing|ed)\b", re.IGNORECASE)),
)
_NOT = re.compile(r"\b(?:not|wait(?:ing)?|until|will|in \d{1,4} ?s)\b", re.IGNORECASE)
_INSTANCE = re.compile(
    r"(?<![\w./:-])([A-Za-z][A-Za-z0-9]{0,80}(?:[._@-][A-Za-z0-9]{1,30}){0,7}(?<=\d))(?![\w/-])", re.ASCII
)
_SIGNAL = re.compile(r"\b(?:SIG)?(?:KILL|TERM)\b", re.ASCII)


def of_lines(lines: Sequence[str]) -> list[Event]:
    """Every line that tells one event; none unless a kill is among them."""
    found = [event for number, line in enumerate(lines, 1) if (event := _of_line(line[:400], number))]
    return found if any(event.what is What.KILL for event in found) else []


def _of_line(line: str, number: int) -> Event | None:
    stamp = _STAMP.match(line)
    at = moment(stamp[1]) if stamp else None
    if stamp is None or at is None:
        return None
    said = line[stamp.end() :]
    names = {hit[1] for hit in _INSTANCE.finditer(said[:200])}
    what = next((what for what, says in _SAYS if says.search(said)), None)
    if what is None or len(names) != 1 or _NOT.search(said):
        return None
    named = _SIGNAL.search(said)
    signal = signal_of(named[0]) if named else "TERM" if "stopping" in said.lower() else ""
    return Event(
        at[0], what, names.pop()[:LONGEST_NAME], signal if what is What.KILL else "", number, at[1], at[2]
    )
