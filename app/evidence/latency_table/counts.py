"""What is kept of a table once it has been counted."""

from __future__ import annotations

from dataclasses import dataclass

from app.evidence.quantiles import Distribution

SHORTEST_GAP_S = 0.25
GAPS_LONG = 50


@dataclass(frozen=True, slots=True)
class Point:
    """One step of the series: requests that started in it, failures, p99 in ms (to 3 %)."""

    at: float
    count: int
    errors: int
    p99: float


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is kept of a table. Latencies in ms, times in seconds after `epoch` (0 when the table has no date).

    `gaps`: the last start before and the first after a time of at least 250 ms and fifty ordinary gaps in which nothing
    started. `slowest`: (ms, start) of the longest requests, only kept when there are gaps they may have waited through.
    """

    everything: Distribution
    succeeded: Distribution
    failed: int
    without_latency: int
    unreadable: int
    total_ms: float
    total_squares: float
    epoch: float
    first_start: float | None
    last_start: float | None
    last_end: float | None
    most_load: float | None
    gaps: tuple[tuple[float, float], ...]
    width_s: float
    series: tuple[Point, ...]
    sample: tuple[tuple[float, float | None], ...]
    slowest: tuple[tuple[float, float], ...]
    labels: tuple[tuple[str, int], ...]
    bad: tuple[tuple[int, str], ...]


def gap_limit(first: float | None, last: float | None, n: int) -> float:
    """How long nothing must start before it counts as a gap, in seconds."""
    if first is None or last is None or n == 0:
        return SHORTEST_GAP_S
    return max(SHORTEST_GAP_S, GAPS_LONG * (last - first) / n)
