"""What is to be said about latencies from before and after a change: noise, load that is not the same, a trade-off.

Facts of either kind are read; a number that one of the two files does not show is passed over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.claims import Facts
from app.evidence.findings import Finding, phrase
from app.evidence.latency.claims import LEVELS
from app.evidence.ledger_rules import (
    INSIDE_NOISE,
    MORE_CONNECTIONS,
    MORE_ERRORS,
    ONE_SIDED,
    OTHER_LOAD,
    OTHER_UNIT,
    TRADE_OFF,
)
from app.evidence.measured import wilson
from app.evidence.units import percent, shown

DIFFERENT = 0.2
SAME_MIX = 0.2
SAME_COUNT = 0.02
WORTH = 0.1
"""Percent of failures after a change from which on more of them are worth a word."""
ROSE = 1.1
"""A tenth more; less than that may be the day."""
UNIT_LEAST, UNIT_MOST, SELDOM_MS = 300.0, 30_000.0, 1.0
"""A thousand, with room for a change of a third to thirty times beside it; and a p50 that few servers answer in."""
OWN = (None, phrase("the table"))


def compare(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """Whether the claimed change is more than chance, whether the runs can be compared, and what got worse."""
    yield from _noise(before, after, metric)
    yield from _unit(before, after)
    yield from _load(before, after, metric)
    yield from _trade(before, after, metric)
    yield from _errors(before, after)


def _noise(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """Overlapping intervals of a percentile that is said to have changed; without an interval nothing is said."""
    one, other = before.get(metric), after.get(metric)
    if (
        metric not in LEVELS
        or not _has_interval(one)
        or not _has_interval(other)
        or one is None
        or other is None
    ):
        return
    lows, highs = (one["low"] or 0.0, other["low"] or 0.0), (one["high"], other["high"])
    if max(lows) > min(math.inf if high is None else high for high in highs):
        return
    yield INSIDE_NOISE.at(
        metric=metric,
        before=shown(one["value"]),
        after=shown(other["value"]),
        before_low=shown(lows[0]),
        before_high=phrase("no bound") if highs[0] is None else shown(highs[0]),
        after_low=shown(lows[1]),
        after_high=phrase("no bound") if highs[1] is None else shown(highs[1]),
    )


def _has_interval(level: Mapping[str, Any] | None) -> bool:
    """Few requests leave one end open; a summary without a histogram has neither."""
    return level is not None and (level["low"] is not None or level["high"] is not None)


def _unit(before: Facts, after: Facts) -> Iterator[Finding]:
    """Files of somebody's own making that lie a thousand times apart, the lower one below what most servers reach."""
    pairs = {level: (_at(before, level), _at(after, level)) for level in ("p50", "p95", "p99")}
    known = [pair for pair in pairs.values() if min(pair) > 0]
    factors = [max(pair) / min(pair) for pair in known]
    if len(known) < len(pairs) or not (_is_own(before) or _is_own(after)):
        return
    is_one_lower = len({pair[0] > pair[1] for pair in known}) == 1
    if (
        is_one_lower
        and min(factors) >= UNIT_LEAST
        and max(factors) <= UNIT_MOST
        and min(known[0]) < SELDOM_MS
    ):
        yield OTHER_UNIT.at(
            factor=f"{float(f'{factors[0]:.2g}'):,.0f}",
            before_p50=shown(pairs["p50"][0]), after_p50=shown(pairs["p50"][1]),
            before_p99=shown(pairs["p99"][0]), after_p99=shown(pairs["p99"][1]),
        )  # fmt: skip


def _at(facts: Facts, level: str) -> float:
    return float((facts.get(level) or {}).get("value") or 0.0)


def _is_own(facts: Facts) -> bool:
    """No tool wrote it, so its unit is only what somebody called it."""
    return facts.get("tool") in OWN


def _load(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """More than a fifth apart in rate (fixed rate), connections (closed loop), duration or mix of endpoints."""
    one, other = before.get("load") or {}, after.get("load") or {}
    numbers = {
        phrase("the rate (requests a second)"): None if metric == "throughput" else _rates(before, after),
        phrase("the number of connections"): None
        if metric == "throughput" and _grew(one, other)
        else _connections(one, other),
        phrase("the duration in seconds"): _durations(before, after),
    }
    for what, pair in numbers.items():
        first, second = pair or (None, None)
        if first and second and abs(first - second) > DIFFERENT * max(first, second):
            yield OTHER_LOAD.at(what=what, before=shown(first), after=shown(second))
    yield from _mix(before.get("endpoints") or (), after.get("endpoints") or ())


def _rates(before: Facts, after: Facts) -> tuple[Any, Any] | None:
    """In a closed loop a faster server gets more requests a second: there the connections must match, not the rate.

    Where nobody knows how it was sent, a rate that rose may be the change itself and only one that fell is named.
    """
    pair = before.get("throughput"), after.get("throughput")
    loops = [(facts.get("load") or {}).get("closed_loop") for facts in (before, after)]
    if all(loops):
        return None
    is_change = None in loops and pair[0] and pair[1] and pair[1] > pair[0]
    return None if is_change else pair


def _durations(before: Facts, after: Facts) -> tuple[Any, Any] | None:
    """Of as many requests before as after a faster server is sooner done."""
    made = before.get("requests") or 0, after.get("requests") or 0
    if made[0] and abs(made[0] - made[1]) <= SAME_COUNT * max(made):
        return None
    return before.get("duration_s"), after.get("duration_s")


def _connections(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """As both files recorded them, else those that two closed loops show."""
    recorded = one.get("recorded_concurrency"), other.get("recorded_concurrency")
    if all(recorded):
        return recorded
    is_closed = one.get("closed_loop") and other.get("closed_loop")
    return (one.get("connections"), other.get("connections")) if is_closed else None


def _grew(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    pair = _connections(one, other)
    return pair is not None and bool(pair[0] and pair[1]) and pair[1] > pair[0] * (1 + DIFFERENT)


def _trade(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """A rate that rose: with more connections it proves little, and a p99 that rose with it belongs beside it."""
    rates = before.get("throughput"), after.get("throughput")
    if metric != "throughput" or not rates[0] or not rates[1] or rates[1] < rates[0] * ROSE:
        return
    one, other = before.get("load") or {}, after.get("load") or {}
    slow, fast = shown(rates[0]), shown(rates[1])
    pair = _connections(one, other)
    if _grew(one, other) and pair is not None:
        yield MORE_CONNECTIONS.at(
            before_rate=slow, after_rate=fast, before=shown(pair[0]), after=shown(pair[1])
        )
    tails = (before.get("p99") or {}).get("value"), (after.get("p99") or {}).get("value")
    if tails[0] and tails[1] and tails[1] > tails[0] * ROSE:
        yield TRADE_OFF.at(before_rate=slow, after_rate=fast, before=shown(tails[0]), after=shown(tails[1]))


def _errors(before: Facts, after: Facts) -> Iterator[Finding]:
    """More failures after the change than chance gives: Wilson's intervals lie apart."""
    counts = [(facts.get("errors"), facts.get("requests")) for facts in (before, after)]
    told = [_tells_failures(facts) for facts in (before, after)]
    if "columns" in before and "columns" in after and told[0] != told[1]:
        yield ONE_SIDED.at(side=phrase("before") if told[0] else phrase("after"))
    if not all(told) or any(failed is None or not made or failed > made for failed, made in counts):
        return
    (_, most), (least, _) = (wilson(failed, made) for failed, made in counts if failed is not None and made)
    shares = [100 * failed / made for failed, made in counts if failed is not None and made]
    if least > most and shares[1] > WORTH:
        yield MORE_ERRORS.at(before=shown(shares[0]), after=shown(shares[1]))


def _tells_failures(facts: Facts) -> bool:
    """A table without a column for it counts none, which says nothing."""
    return "columns" not in facts or any(role in facts["columns"] for role in ("status", "success", "error"))


def _mix(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """The endpoint whose share changed most, when both tables name a handful of endpoints."""
    if not (0 < len(before) < 12 and 0 < len(after) < 12):
        return
    one, other = _shares(before), _shares(after)
    name = max(one | other, key=lambda name: abs(one.get(name, 0.0) - other.get(name, 0.0)))
    if abs(one.get(name, 0.0) - other.get(name, 0.0)) > SAME_MIX:
        yield OTHER_LOAD.at(
            what=phrase("the share of {name}", name=name[:60]),
            before=f"{percent(one.get(name, 0.0))} %",
            after=f"{percent(other.get(name, 0.0))} %",
        )


def _shares(endpoints: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    total = sum(endpoint["n"] for endpoint in endpoints) or 1
    return {endpoint["name"]: endpoint["n"] / total for endpoint in endpoints}
