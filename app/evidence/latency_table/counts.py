"""What is kept of a table once it has been counted."""

from __future__ import annotations

from dataclasses import dataclass

from app.evidence.quantiles import Distribution


@dataclass(frozen=True, slots=True)
class Tick:
    """A tenth of a second in which requests started. Times are seconds after `Counts.epoch`."""

    count: int
    errors: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Point:
    """One step of the series: requests that started in it, failures, p99 in ms (to 3 %)."""

    at: float
    count: int
    errors: int
    p99: float


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is kept of a table. Latencies in ms, times in seconds after `epoch` (0 when the table has no date)."""

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
    ticks: tuple[Tick, ...]
    width_s: float
    series: tuple[Point, ...]
    sample: tuple[tuple[float, float | None], ...]
    slowest: tuple[tuple[float, float], ...]
    labels: tuple[tuple[str, int], ...]
    bad: tuple[tuple[int, str], ...]
