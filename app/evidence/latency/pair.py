"""What is to be said about latencies from before and after a change: noise, and load that is not the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.claims import Facts
from app.evidence.findings import Finding
from app.evidence.latency.claims import LEVELS
from app.evidence.ledger_rules import INSIDE_NOISE, OTHER_LOAD
from app.evidence.units import shown

DIFFERENT = 0.2
SAME_MIX = 0.2


def compare(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """Whether the claimed change is more than chance, and whether the two runs can be compared at all."""
    yield from _noise(before, after, metric)
    yield from _load(before, after)


def _noise(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """Overlapping intervals of a percentile that is said to have changed."""
    if metric not in LEVELS:
        return
    one, other = before[metric], after[metric]
    lows, highs = (one["low"] or 0.0, other["low"] or 0.0), (one["high"], other["high"])
    if max(lows) > min(math.inf if high is None else high for high in highs):
        return
    yield INSIDE_NOISE.at(
        metric=metric,
        before=shown(one["value"]),
        after=shown(other["value"]),
        before_low=shown(lows[0]),
        before_high="no bound" if highs[0] is None else shown(highs[0]),
        after_low=shown(lows[1]),
        after_high="no bound" if highs[1] is None else shown(highs[1]),
    )


def _load(before: Facts, after: Facts) -> Iterator[Finding]:
    """More than a fifth apart in rate (fixed rate), connections (closed loop), duration or mix of endpoints.

    In a closed loop a faster server gets more requests a second: there the connections must match, not the rate.
    """
    one, other = before["load"], after["load"]
    closed = bool(one["closed_loop"] and other["closed_loop"])
    numbers = {
        "the rate (requests a second)": None if closed else (before["throughput"], after["throughput"]),
        "the number of connections": _connections(one, other, closed=closed),
        "the duration in seconds": (before["duration_s"], after["duration_s"]),
    }
    for what, pair in numbers.items():
        if pair is None or not pair[0] or not pair[1]:
            continue
        if abs(pair[0] - pair[1]) > DIFFERENT * max(pair):
            yield OTHER_LOAD.at(what=what, before=shown(pair[0]), after=shown(pair[1]))
    yield from _mix(before["endpoints"], after["endpoints"])


def _connections(one: Mapping[str, Any], other: Mapping[str, Any], *, closed: bool) -> tuple[Any, Any] | None:
    if one["recorded_concurrency"] and other["recorded_concurrency"]:
        return one["recorded_concurrency"], other["recorded_concurrency"]
    return (one["connections"], other["connections"]) if closed else None


def _mix(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """The endpoint whose share changed most, when both tables name a handful of endpoints."""
    if not (0 < len(before) < 12 and 0 < len(after) < 12):
        return
    one, other = _shares(before), _shares(after)
    name = max(one | other, key=lambda name: abs(one.get(name, 0.0) - other.get(name, 0.0)))
    if abs(one.get(name, 0.0) - other.get(name, 0.0)) > SAME_MIX:
        yield OTHER_LOAD.at(
            what=f"the share of {name[:60]}",
            before=f"{one.get(name, 0.0):.0%}",
            after=f"{other.get(name, 0.0):.0%}",
        )


def _shares(endpoints: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    total = sum(endpoint["n"] for endpoint in endpoints)
    return {endpoint["name"]: endpoint["n"] / total for endpoint in endpoints}
