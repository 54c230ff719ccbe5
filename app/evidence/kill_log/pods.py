"""`kubectl get pods -o json`: how each container ended last, and since when it runs again.

Source: the API reference, Pod v1, `status.containerStatuses`. An exit status of 137 is SIGKILL and 143 SIGTERM, save
where the kernel ran out of memory; a deletion that is under way is a kill by TERM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.evidence.kill_log.events import LONGEST_NAME, Event, What, signal_of
from app.evidence.kill_log.moments import moment

MOST_CONTAINERS = 20


def of_records(records: Sequence[tuple[int, dict[str, Any]]]) -> list[Event]:
    """An end, and the start after it, of each container that has ended."""
    return [
        event
        for line, one in records
        if isinstance(one.get("status"), dict) and isinstance(one.get("metadata"), dict) and "spec" in one
        for event in _of_pod(one["metadata"], one["status"], line)
    ]


def _of_pod(about: dict[str, Any], status: dict[str, Any], line: int) -> Iterator[Event]:
    name = str(about.get("name"))[:LONGEST_NAME]
    if deleted := moment(str(about.get("deletionTimestamp") or "")):
        grace = about.get("deletionGracePeriodSeconds")
        start = deleted[0] - (grace if isinstance(grace, int) and 0 <= grace < 86_400 else 0)
        yield Event(start, What.KILL, name, "TERM", line or None)
    containers = status.get("containerStatuses")
    for one in containers[:MOST_CONTAINERS] if isinstance(containers, list) else ():
        if isinstance(one, dict):
            yield from _of_container(one, name, line)


def _of_container(one: dict[str, Any], name: str, line: int) -> Iterator[Event]:
    now, last = _state(one, "state"), _state(one, "lastState")
    for ended in (last.get("terminated"), now.get("terminated")):
        at = moment(str(ended.get("finishedAt") or "")) if isinstance(ended, dict) else None
        if isinstance(ended, dict) and at is not None:
            signal = "" if ended.get("reason") == "OOMKilled" else signal_of(str(ended.get("exitCode")))
            yield Event(at[0], What.KILL if signal else What.GONE, name, signal, line or None)
    running = now.get("running")
    if last.get("terminated") and isinstance(running, dict) and (at := moment(str(running.get("startedAt")))):
        yield Event(at[0], What.UP, name, "", line or None)


def _state(one: dict[str, Any], key: str) -> dict[str, Any]:
    state = one.get(key)
    return state if isinstance(state, dict) else {}
