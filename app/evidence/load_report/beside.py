"""Numbers held against what stands beside them in the same report: hey's bars, and the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from app.evidence.findings import Finding
from app.evidence.load_report.beside_rules import BARS_OFF, OUTSIDE_BAR, OUTSIDE_ROWS, SUM_OFF
from app.evidence.load_report.figures import Reading
from app.evidence.load_report.order import HAIR, line_of, out_of_order
from app.evidence.load_report.summary import Summary
from app.evidence.quantiles import nearest_rank
from app.evidence.units import shown

RANKS = 2
"""Tools take the percentile a rank higher or lower."""
MOST_KEPT = 1_000_000
"""Results of which hey makes its bars; it counts the statuses of all."""
BAR_STEP_MS = 1.0
COUNTS_ALL = frozenset({"Locust", "JMeter"})
SUM_SLACK = 0.01
MOST_FAULTS, MOST_ROWS = 3, 500
Readings = tuple[Mapping[float, Reading], Mapping[str, Reading]]


def bars(summary: Summary) -> Iterator[Finding]:
    """The first percentile outside of the bar that holds its rank; bars that count other requests than the statuses."""
    values, answered = summary.distribution, summary.value("n")
    if summary.tool != "hey" or values is None or not answered or answered >= MOST_KEPT:
        return
    if abs(values.n - answered) > 0.001 * answered:
        yield BARS_OFF.at(total=values.n, requests=round(answered))
        return
    for level, reading in sorted(summary.levels.items()):
        rank = nearest_rank(values.n, Fraction(level).limit_denominator(1000) / 100)
        low, high = values.step(rank - RANKS).low, values.step(rank + RANKS).high
        if not low - BAR_STEP_MS <= reading.value <= high + BAR_STEP_MS:
            yield OUTSIDE_BAR.at(
                line_of(reading),
                level=f"p{level:g}",
                value=shown(reading.value),
                low=shown(low),
                high=shown(high),
            )
            return


def rows(parts: Sequence[Readings]) -> list[Finding]:
    """What no latencies can have, in the first rows of which that is so."""
    found = [
        finding
        for levels, numbers in parts[:MOST_ROWS]
        for finding in out_of_order(Summary("", "", levels, numbers))
    ]
    return found[:MOST_FAULTS]


def total(whole: Readings, parts: Sequence[Readings], tool: str | None) -> list[Finding]:
    """The row of all beside the others: their sum, and percentiles and means that lie outside of theirs."""
    counts = [numbers["requests"].value for _, numbers in parts if "requests" in numbers]
    made = whole[1].get("requests")
    if made is None or len(counts) < len(parts) or not counts:
        return []
    if abs(sum(counts) - made.value) > SUM_SLACK * made.value:
        off = SUM_OFF.at(sum=round(sum(counts)), total=round(made.value), tool=tool or "")
        return [off] if tool in COUNTS_ALL else []
    return list(_outside(whole, parts))[:1]


def _outside(whole: Readings, parts: Sequence[Readings]) -> Iterator[Finding]:
    for name, reading in _named(whole).items():
        known = [each[name] for part in parts if (each := _named(part)) and name in each]
        if len(known) < len(parts):
            continue
        low, high = min(each.value for each in known), max(each.value for each in known)
        slack = reading.step + max(each.step for each in known) + HAIR * high
        if not low - slack <= reading.value <= high + slack:
            yield OUTSIDE_ROWS.at(
                line_of(reading), level=name, value=shown(reading.value), low=shown(low), high=shown(high)
            )


def _named(readings: Readings) -> dict[str, Reading]:
    levels, numbers = readings
    named = {f"p{level:g}": each for level, each in sorted(levels.items(), reverse=True) if 0 < level < 100}
    return named | ({"mean": numbers["mean"]} if "mean" in numbers else {})
