"""What two files of rows show beside their numbers: one run twice, their order in time, a warm-up left out of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.evidence.claims import Facts
from app.evidence.findings import Finding
from app.evidence.latency_table.numbers import shown
from app.evidence.ledger_rules import RECORDED_FIRST, SAME_LATENCIES, WARM_UP_ONCE

FEWEST_POINTS, FEWEST_STEPS, FEWEST_REQUESTS = 30, 20, 2000
ZONES_S = 26 * 3600
"""Two clocks without a zone may be so far apart."""


def is_one_run(before: Facts, after: Facts) -> bool:
    """As many requests, and every point of the curve and the mean the same, of latencies fine enough to differ."""
    points = [tuple(value for _, value in facts.get("curve", ())) for facts in (before, after)]
    return (
        len(set(points[0])) >= FEWEST_POINTS
        and points[0] == points[1]
        and all(before.get(name) == after.get(name) for name in ("n", "mean", "p50", "p99"))
    )


def compare(before: Facts, after: Facts) -> Iterator[Finding]:
    """Findings about the pair that need no claim."""
    if is_one_run(before, after):
        yield SAME_LATENCIES.at(n=before["n"])
        return
    yield from _order(before, after)
    yield from _warm_up(before, after)


def _order(before: Facts, after: Facts) -> Iterator[Finding]:
    last, first = after.get("last_time"), before.get("first_time")
    if not last or not first:
        return
    apart = (datetime.fromisoformat(first) - datetime.fromisoformat(last)).total_seconds()
    is_zoned = before.get("clock_has_zone") and after.get("clock_has_zone")
    if apart > (0 if is_zoned else ZONES_S):
        yield RECORDED_FIRST.at(after=last[:19], before=first[:19])


def _warm_up(before: Facts, after: Facts) -> Iterator[Finding]:
    """The first tenth twice as slow as the rest before, and no slower than the rest after."""
    one, other = _starts(before), _starts(after)
    if one is None or other is None or one[0] <= 2 * one[1] or other[0] > 1.2 * other[1]:
        return
    points, step = before["series"]["points"], before["series"]["step_s"]
    seconds = max(1, len(points) // 10) * step
    yield WARM_UP_ONCE.at(first=shown(one[0]), rest=shown(one[1]), seconds=shown(seconds))


def _starts(facts: Facts) -> tuple[float, float] | None:
    """The typical p99 of a step in the first tenth and in the rest; None where there are too few."""
    points = (facts.get("series") or {}).get("points") or []
    if len(points) < FEWEST_STEPS or (facts.get("n") or 0) < FEWEST_REQUESTS:
        return None
    cut = max(1, len(points) // 10)
    first, rest = _typical(points[:cut]), _typical(points[cut:])
    return None if first is None or rest is None else (first, rest)


def _typical(points: Sequence[Sequence[float | None]]) -> float | None:
    known = sorted(point[3] for point in points if point[3] is not None)
    return known[len(known) // 2] if known else None
