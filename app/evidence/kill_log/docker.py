"""`docker events`, as text and as JSON (`--format '{{json .}}'`). Source: the Docker CLI's reference, docker events.

2026-11-20T14:05:10.004000000Z container kill 1d9a…(image=shop, name=app-2, signal=9)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

LINE = re.compile(
    r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ ]{1,20}) container ([a-z_]{1,20}(?:: [a-z]{1,12})?)(?::[^(]{0,300})? "
    r"([0-9a-zA-Z_.-]{1,80}) \((.{0,4000})\)$",
    re.ASCII,
)
_WHAT = {
    "kill": What.KILL, "stop": What.GONE, "die": What.GONE, "oom": What.GONE, "start": What.UP, "unpause": What.UP,
    "health_status: healthy": What.READY, "pause": What.KILL,
}  # fmt: skip


def of_lines(lines: Sequence[str]) -> list[Event]:
    """The lines about containers; everything else that happened is passed over."""
    found = []
    for number, text in enumerate(lines, 1):
        match = LINE.match(text[:5000].strip())
        if match is None:
            continue
        parts = (part.partition("=") for part in match[4].split(", ")[:100])
        attributes = {key.strip(): value for key, _, value in parts}
        found += _event(match[1], match[2], match[3], attributes, number)
    return found


def of_records(records: Sequence[tuple[int, dict[str, Any]]]) -> list[Event]:
    found = []
    for number, one in records:
        actor = one.get("Actor")
        attributes = actor.get("Attributes") if isinstance(actor, dict) else None
        action = one.get("Action", one.get("status"))
        time = one.get("timeNano") or one.get("time")
        if (
            isinstance(attributes, dict)
            and isinstance(action, str)
            and one.get("Type", "container") == "container"
        ):
            name = str(actor.get("ID", "")) if isinstance(actor, dict) else ""
            found += _event(str(time), action, name, attributes, number)
    return found


def _event(time: str, action: str, name: str, attributes: dict[str, Any], line: int) -> list[Event]:
    what, at = _WHAT.get(action), moment(time)
    if what is None or at is None or (action == "die" and str(attributes.get("exitCode")) == "0"):
        return []  # it came to its end by itself, or after a signal that is told already
    signal = attributes.get("signal") or attributes.get("exitCode") or ""
    instance = str(attributes.get("name") or name)[:LONGEST_NAME]
    return [Event(at[0], what, instance, signal_of(str(signal)), line, at[1], at[2])]
