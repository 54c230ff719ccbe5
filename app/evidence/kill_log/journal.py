"""The journal of systemd: text in the short and short-iso forms, and `-o json`.

Source: the manual of journalctl; the sentences are those of systemd's unit code (`Killing process 411 (python3) with
signal SIGKILL.`, `Main process exited, code=killed, status=9/KILL`, `Scheduled restart job`, `Started app-2.service`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

LINE = re.compile(
    r"^([A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ ]{0,14}) "
    r"([\w.-]{1,80}) ([^:\[ ]{1,60})(?:\[\d{1,8}\])?: (.{1,600})",
    re.ASCII,
)
_UNIT = r"([\w@.:\\-]{1,120}?)\.service"
_SAID: tuple[tuple[re.Pattern[str], What], ...] = tuple(
    (re.compile(pattern, re.ASCII), what)
    for pattern, what in (
        (rf"^{_UNIT}: Killing process \d{{1,8}} .{{1,60}} with signal (SIG[A-Z]{{2,8}})", What.KILL),
        (rf"^{_UNIT}: Sent signal (SIG[A-Z]{{2,8}})", What.KILL),
        (
            rf"^{_UNIT}: Main process exited, code=(?:killed|dumped), status=(\d{{1,3}}/[A-Z]{{2,8}})",
            What.GONE,
        ),
        (rf"^{_UNIT}: State 'stop-sigterm' timed out\. (Killing)", What.KILL),
        (rf"^Stopping {_UNIT}()", What.KILL),
        (rf"^Stopped {_UNIT}()", What.GONE),
        (rf"^Started {_UNIT}()", What.UP),
    )
)


def of_lines(lines: Sequence[str]) -> list[Event]:
    found: list[tuple[str, Event]] = []
    for number, text in enumerate(lines, 1):
        match = LINE.match(text[:800])
        at = None if match is None else moment(match[1])
        if match is not None and at is not None:
            found += [(match[2], event) for event in _said(at, match[4], number)]
    return _named(found)


def of_records(records: Sequence[tuple[int, dict[str, Any]]]) -> list[Event]:
    found: list[tuple[str, Event]] = []
    for number, one in records:
        at = moment(str(one.get("__REALTIME_TIMESTAMP", "")))
        if at is not None and isinstance(one.get("MESSAGE"), str):
            host = str(one.get("_HOSTNAME", ""))
            found += [(host, event) for event in _said(at, one["MESSAGE"][:600], number)]
    return _named(found)


def _named(found: Sequence[tuple[str, Event]]) -> list[Event]:
    """By machine where several tell of their services, or where the machine has the number; else by unit."""
    is_many = len({host for host, _ in found}) > 1
    return [
        replace(event, instance=host[:LONGEST_NAME])
        if is_many or (_has_digit(host) and not _has_digit(event.instance))
        else event
        for host, event in found
    ]


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _said(at: tuple[float, bool, bool], text: str, line: int) -> Iterator[Event]:
    """`Stopping` asks with TERM; the unit's name is the instance."""
    for pattern, what in _SAID:
        if match := pattern.match(text):
            signal = "TERM" if text.startswith("Stopping") else signal_of(match[2].rpartition("/")[2])
            signal = "KILL" if match[2] == "Killing" else signal
            yield Event(at[0], what, match[1][:LONGEST_NAME], signal, line, *at[1:])
            return
