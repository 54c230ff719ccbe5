"""Findings that need more than one file or a claim: contradictions, noise, different load, the same file twice.

A pair is what the claims say it is: two claims of the same metric and layer, one before and one after, name two slots.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.evidence.findings import Finding
from app.evidence.generic import IDENTICAL
from app.evidence.latency_table.rules import IMPOSSIBLE_ORDER
from app.evidence.ledger import Claim, FileFacts, LedgerRow, reckon
from app.evidence.ledger_rules import CONTRADICTED, INSIDE_NOISE, OTHER_LOAD, THOUSANDFOLD, TOO_FEW_FOR_CLAIM
from app.evidence.measured import MEASURES
from app.evidence.units import in_base, shown

ORDER = ("p50", "p90", "p95", "p99", "p999", "max")
DIFFERENT = 0.2
SAME_MIX = 0.2
FEWEST_FOR_P99 = 300


def compare(files: Sequence[FileFacts], claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """Everything to be said across the files of one submission, contradictions first."""
    found = [
        *(finding for row in reckon(claims, files) for finding in _contradiction(row)),
        *_too_few(files, claims),
        *_order(claims),
        *(finding for pair in _pairs(files, claims) for finding in _pair(*pair)),
    ]
    return tuple({(finding.code, finding.message): finding for finding in found}.values())


def _contradiction(row: LedgerRow) -> Iterator[Finding]:
    if row.verdict != "contradicts" or row.recomputed is None:
        return
    claimed, recomputed = (
        f"{shown(row.claimed)} {row.unit}".strip(),
        f"{shown(row.recomputed)} {row.unit}".strip(),
    )
    yield CONTRADICTED.at(
        label=row.label, claimed=claimed, recomputed=recomputed, file=row.source, reason=row.reason
    )  # fmt: skip
    for factor in (1000.0, 1e6):
        if row.claimed and row.recomputed and _near(row.claimed, row.recomputed, factor):
            ratio = f"{factor:,.0f}" if row.claimed > row.recomputed else f"1/{factor:,.0f}"
            yield THOUSANDFOLD.at(label=row.label, claimed=claimed, recomputed=recomputed, factor=ratio)


def _near(one: float, other: float, factor: float) -> bool:
    high, low = max(abs(one), abs(other)), min(abs(one), abs(other))
    return math.isclose(high / low, factor, rel_tol=0.1)


def _too_few(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    for claim in claims:
        if claim.metric not in ("p99", "p999"):
            continue
        sizes = [file.facts["n"] for file in files if file.slot == claim.slot and "n" in file.facts]
        if sizes and max(sizes) < FEWEST_FOR_P99:
            yield TOO_FEW_FOR_CLAIM.at(slot=claim.slot, n=max(sizes))


def _order(claims: Sequence[Claim]) -> Iterator[Finding]:
    """Claims about one slot that no set of latencies can satisfy; half a percent is left for rounding."""
    for slot in dict.fromkeys(claim.slot for claim in claims):
        values = _claimed(slot, claims)
        known = [(name, values[name]) for name in ORDER if name in values]
        for (low, low_ms), (high, high_ms) in pairwise(known):
            if low_ms > high_ms * 1.005:
                yield _impossible(slot, low, low_ms, high, high_ms)
        mean = values.get("mean")
        for name, factor in (("p50", 2.0), ("p99", 100.0)):
            if mean is not None and values.get(name, 0.0) > factor * mean * 1.005:
                yield _impossible(slot, name, values[name], "mean", mean)
        if mean is not None and mean > values.get("max", math.inf) * 1.005:
            yield _impossible(slot, "mean", mean, "max", values["max"])


def _claimed(slot: str, claims: Sequence[Claim]) -> dict[str, float]:
    """The latencies claimed for one slot in ms; a metric claimed twice cannot be ordered and is left out."""
    found: dict[str, list[float]] = {}
    for claim in claims:
        if claim.slot == slot and claim.metric in (*ORDER, "mean"):
            value = in_base(float(claim.value), claim.unit, "time")
            found.setdefault(claim.metric, []).extend([] if value is None else [value])
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _impossible(slot: str, first: str, first_ms: float, second: str, second_ms: float) -> Finding:
    return IMPOSSIBLE_ORDER.at(
        slot=slot, first=first, first_value=shown(first_ms), second=second, second_value=shown(second_ms)
    )


def _pairs(files: Sequence[FileFacts], claims: Sequence[Claim]) -> list[tuple[FileFacts, FileFacts, str]]:
    """(before, after, metric) for every pair of claims whose slots hold exactly one readable file of the same kind."""
    found: dict[tuple[str, str, str], tuple[FileFacts, FileFacts, str]] = {}
    for one in claims:
        for other in claims:
            if (one.side, other.side) != ("before", "after") or (one.metric, one.layer) != (
                other.metric,
                other.layer,
            ):
                continue
            if one.slot == other.slot:
                continue
            for before in (file for file in files if file.slot == one.slot):
                for after in (file for file in files if file.slot == other.slot and file.kind == before.kind):
                    found[before.name, after.name, one.metric] = (before, after, one.metric)
    return list(found.values())


def _pair(before: FileFacts, after: FileFacts, metric: str) -> Iterator[Finding]:
    if before.sha256 and before.sha256 == after.sha256:
        yield IDENTICAL.at(before=before.name, after=after.name)
        return
    if before.kind == "postgres_plan" and before.facts.get("plans") and after.facts.get("plans"):
        from app.evidence.postgres_plan import pair

        yield from pair.compare(before.facts, after.facts)
    if before.kind == "latency_table" and before.facts and after.facts:
        yield from _noise(before.facts, after.facts, metric)
        yield from _load(before.facts, after.facts)


def _noise(before: Mapping[str, Any], after: Mapping[str, Any], metric: str) -> Iterator[Finding]:
    """Overlapping intervals of a percentile that is said to have changed."""
    if metric not in ORDER[:5] or MEASURES[metric].quantity != "time":
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


def _load(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
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
