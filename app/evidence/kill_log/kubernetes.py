"""Events of Kubernetes: `kubectl get events -o json`, or lines that hold a full time, a reason and a pod.

Source: the API reference, Event v1 and events.k8s.io/v1. The plain table of `kubectl get events` has ages in place of
times and cannot be held against a log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.kill_log.events import LONGEST_NAME, Event, What
from app.evidence.kill_log.moments import moment

_WHAT = {
    "Killing": What.KILL, "Evicted": What.KILL, "Preempted": What.KILL, "Preempting": What.KILL,
    "TaintManagerEviction": What.KILL, "OOMKilling": What.GONE, "Started": What.UP,
}  # fmt: skip
_REASON = re.compile(r"(?<![A-Za-z])(" + "|".join(_WHAT) + r")(?![A-Za-z])")
_POD = re.compile(r"\b(?:pod|Pod|pods)/([a-z0-9][a-z0-9.-]{0,100})|\bPod +([a-z0-9][a-z0-9.-]{0,100})")
AGES = re.compile(r"^(?:NAMESPACE +)?LAST SEEN +(?:\(\w+\) +)?TYPE +REASON +OBJECT")
_TIMES = ("eventTime", "firstTimestamp", "lastTimestamp", "deprecatedFirstTimestamp")


def of_records(records: Sequence[tuple[int, dict[str, Any]]]) -> list[Event]:
    """Events of pods; of one that repeats the last time counts, unless it only began."""
    found = []
    for line, one in records:
        about = one.get("involvedObject") or one.get("regarding")
        what = _WHAT.get(str(one.get("reason")))
        times = (moment(str(one[key])) for key in _TIMES if one.get(key))
        at = next((time for time in times if time is not None), None)
        if (
            what is not None
            and at is not None
            and isinstance(about, dict)
            and about.get("kind", "Pod") == "Pod"
        ):
            found.append(
                Event(at[0], what, str(about.get("name"))[:LONGEST_NAME], "", line or None, at[1], at[2])
            )
    return found


def of_lines(lines: Sequence[str]) -> list[Event]:
    found = []
    for number, text in enumerate(lines, 1):
        reason, pod = _REASON.search(text[:400]), _POD.search(text[:400])
        at = moment(text[:80]) if reason and pod else None
        if reason and pod and at is not None:
            found.append(Event(at[0], _WHAT[reason[1]], pod[1] or pod[2], "", number, at[1], at[2]))
    return found
