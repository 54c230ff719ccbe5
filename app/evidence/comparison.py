"""Findings that need more than one file or a claim: contradictions, noise, different load, the same file twice.

A pair is what the claims say it is: two claims of the same metric and layer, one before and one after, name two slots;
or what the capstone says of its slots.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, phrase
from app.evidence.generic import IDENTICAL, SAME_TEXT
from app.evidence.latency_table.rules import IMPOSSIBLE_ORDER
from app.evidence.ledger import LedgerRow, reckon
from app.evidence.ledger_rules import (
    CONTRADICTED,
    SHORT_FOR_INFRASTRUCTURE,
    THOUSANDFOLD,
    TOO_FEW_FOR_CLAIM,
)
from app.evidence.units import in_base, shown, with_unit

ORDER = ("p50", "p90", "p95", "p99", "p999", "max")
FEWEST_FOR_P99 = 300
INFRASTRUCTURE = frozenset({"infra", "infrastructure"})
SHORTEST_FOR_INFRASTRUCTURE = 178.0
"""Three minutes in seconds, less what a tool may start late and stop early."""


def compare(
    files: Sequence[FileFacts], claims: Sequence[Claim], slots: Sequence[tuple[str, str]] = ()
) -> tuple[Finding, ...]:
    """Everything to be said across the files of one submission, contradictions first.

    `slots` are those that belong together as (before, after) whether or not a number of theirs is claimed.
    """
    found = [
        *(finding for row in reckon(claims, files) for finding in _contradiction(row)),
        *_too_few(files, claims),
        *_too_short(files, claims),
        *_order(claims),
        *(finding for pair in _pairs(files, claims, slots) for finding in _pair(*pair)),
        *_together(files, claims),
    ]
    return tuple({(finding.code, finding.message): finding for finding in found}.values())


def _contradiction(row: LedgerRow) -> Iterator[Finding]:
    if row.verdict != "contradicts":
        return
    if row.claimed is None or row.recomputed is None:
        yield CONTRADICTED.at(
            label=row.label,
            claimed=row.said,
            recomputed=phrase("something else"),
            file=row.source,
            reason=row.reason,
        )
        return
    claimed, recomputed = (
        with_unit(shown(row.claimed), row.unit),
        with_unit(shown(row.recomputed), row.unit),
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


def _too_short(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Recordings of requests under three minutes that a claim about the infrastructure rests on, each once."""
    slots = {claim.slot for claim in claims if claim.layer.lower() in INFRASTRUCTURE}
    for file in files:
        if file.slot not in slots or "n" not in file.facts:
            continue
        duration = file.facts.get("duration_s")
        if duration and duration < SHORTEST_FOR_INFRASTRUCTURE:
            yield SHORT_FOR_INFRASTRUCTURE.at(duration=shown(duration), name=file.name)


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


def _pairs(
    files: Sequence[FileFacts], claims: Sequence[Claim], slots: Sequence[tuple[str, str]]
) -> list[tuple[FileFacts, FileFacts, str]]:
    """(before, after, metric) for the files of two slots that are of one kind; without a claim the metric is empty."""
    claimed = [
        (one.slot, other.slot, one.metric)
        for one in claims
        for other in claims
        if (one.side, other.side) == ("before", "after")
        and (one.metric, one.layer) == (other.metric, other.layer)
        and one.slot != other.slot
    ]
    covered = {(before, after) for before, after, _ in claimed}
    wanted = claimed + [(*pair, "") for pair in slots if pair not in covered]
    found = {
        (before.name, after.name, metric): (before, after, metric)
        for first, second, metric in wanted
        for before in files
        for after in files
        if before.slot == first and after.slot == second and after.kind == before.kind
    }
    return list(found.values())


def _pair(before: FileFacts, after: FileFacts, metric: str) -> Iterator[Finding]:
    if before.sha256 and before.sha256 == after.sha256:
        yield IDENTICAL.at(before=before.name, after=after.name)
        return
    if before.fingerprint and before.fingerprint == after.fingerprint:
        yield SAME_TEXT.at(before=before.name, after=after.name)
        return
    kind = registry.KINDS_BY_NAME.get(before.kind)
    if kind is not None and kind.compare is not None and before.facts and after.facts:
        yield from kind.compare(before.facts, after.facts, metric)


def _together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """What each kind has to say about all the files of a version."""
    for name in dict.fromkeys(file.kind for file in files):
        kind = registry.KINDS_BY_NAME.get(name)
        if kind is not None and kind.together is not None:
            yield from kind.together(files, claims)
