"""Numbers of one report that no set of latencies can have: percentiles that fall, a mean outside its ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from app.evidence.findings import Finding, Where
from app.evidence.load_report.figures import Reading
from app.evidence.load_report.rules import OUT_OF_ORDER
from app.evidence.load_report.summary import Summary
from app.evidence.units import shown

HAIR = 0.005
"""Beside the steps of both numbers, what a sketch (t-digest, HdrHistogram) may be off."""
MARKOV = ((50.0, 2.0), (99.0, 100.0))
"""At least half of all latencies reach the p50, so it is at most twice the mean; and the p99 a hundred times."""


def out_of_order(summary: Summary) -> Iterator[Finding]:
    """The first pair that cannot be."""
    for (name, one), (other_name, other), factor in _bounds(summary):
        slack = one.step + factor * other.step + HAIR * abs(factor * other.value)
        if one.value - factor * other.value > slack:
            yield OUT_OF_ORDER.at(
                line_of(one),
                first=name, first_value=shown(one.value), first_where=one.where or "computed",
                second=other_name, second_value=shown(other.value), second_where=other.where or "computed",
            )  # fmt: skip
            return


def line_of(reading: Reading) -> Where:
    """The line a number stands on, when it stands on one."""
    words = reading.where.split()
    is_line = len(words) >= 2 and words[-2] == "line" and words[-1].isdigit()
    return Where(line=int(words[-1])) if is_line else Where()


def _bounds(summary: Summary) -> Iterator[tuple[tuple[str, Reading], tuple[str, Reading], float]]:
    """(this, that, factor): this is never more than factor times that."""
    ends = {name: summary.numbers[name] for name in ("min", "max", "mean") if name in summary.numbers}
    rising = [(name, ends[name]) for name in ("min",) if name in ends]
    rising += [(f"p{level:g}", summary.levels[level]) for level in sorted(summary.levels)]
    rising += [(name, ends[name]) for name in ("max",) if name in ends]
    yield from ((one, other, 1.0) for one, other in pairwise(rising))
    if "mean" not in ends:
        return
    mean = ("mean", ends["mean"])
    yield from ((("min", ends[name]), mean, 1.0) for name in ("min",) if name in ends)
    yield from ((mean, ("max", ends[name]), 1.0) for name in ("max",) if name in ends)
    for level, factor in MARKOV:
        if level in summary.levels:
            yield (f"p{level:g}", summary.levels[level]), mean, factor
