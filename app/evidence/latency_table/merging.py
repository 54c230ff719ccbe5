"""Counts of buckets put together: the distributions, the totals, and which buckets must be counted value by value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.evidence.latency_table.outcomes import ABORTED, BAD, FAILED, FINE
from app.evidence.quantiles import Distribution, Step, ranks_needed

Row = Mapping[str, Any]
Merged = tuple[dict[int, Step], dict[int, Step], set[int]]


def merged_twice(buckets: Sequence[Row]) -> Merged:
    """All requests, the successful ones, and the buckets that must be counted value by value."""
    measured = [row for row in buckets if row["bucket"] is not None]
    passed = [row for row in measured if row["outcome"] == FINE]
    everything, succeeded = _merged(measured), _merged(passed)
    wanted = _unequal(everything) | (_unequal(succeeded) if len(measured) != len(passed) else set())
    return everything, succeeded, wanted


def _merged(rows: Iterable[Row]) -> dict[int, Step]:
    """One step a bucket, whether its requests failed or not."""
    steps: dict[int, Step] = {}
    for row in rows:
        low, high, n = row["low"], row["high"], row["n"]
        if known := steps.get(row["bucket"]):
            low, high, n = min(known.low, low), max(known.high, high), known.count + n
        steps[row["bucket"]] = Step(low, high, n)
    return steps


def _unequal(steps: Mapping[int, Step]) -> set[int]:
    """The buckets that hold a wanted rank and more than one value."""
    values = Distribution(steps.values())
    if values.n == 0:
        return set()
    held = {step.low for rank in ranks_needed(values.n) if (step := values.step(rank)).low != step.high}
    return {key for key, step in steps.items() if step.low in held}  # no two buckets begin with one value


def replaced(
    steps: Mapping[int, Step], wanted: set[int], values: Iterable[tuple[float, int]]
) -> Iterator[Step]:
    """The steps without the wanted buckets, and the exact values instead."""
    yield from (step for key, step in steps.items() if key not in wanted)
    yield from (Step(value, value, n) for value, n in values if n)


def whole(buckets: Sequence[Row]) -> dict[str, Any]:
    """The totals of the table, named as in `Counts`."""
    read = [row for row in buckets if row["outcome"] != BAD]

    def of(name: str) -> list[float]:
        return [row[name] for row in read if row[name] is not None]

    def number(*outcomes: int) -> int:
        return sum(row["n"] for row in buckets if row["outcome"] in outcomes)

    return {
        "failed": number(FAILED),
        "aborted": number(ABORTED),
        "without_latency": sum(row["n"] for row in read if row["bucket"] is None),
        "unreadable": number(BAD),
        "total_ms": math.fsum(of("total")),
        "total_squares": math.fsum(of("squares")),
        "first_start": min(of("first_start"), default=None),
        "last_start": max(of("last_start"), default=None),
        "last_end": max(of("last_end"), default=None),
        "most_load": max(of("most_load"), default=None),
    }
