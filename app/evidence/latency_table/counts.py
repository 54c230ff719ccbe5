"""What is kept of a table once it has been counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.evidence.quantiles import Distribution


@dataclass(frozen=True, slots=True)
class Point:
    """One step of the series: requests that started in it, failures, p99 in ms (to 3 %) when any had a latency."""

    at: float
    count: int
    errors: int
    p99: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one instance answered in one short step of time; `masked` were saved by a retry."""

    at: float
    instance: str
    count: int
    errors: int
    aborted: int
    masked: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One short step of time: requests, answers 5xx, requests without an answer, requests their client gave up."""

    at: float
    count: int
    fives: int
    unanswered: int
    aborted: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who answered what, as far as the table says. `failures` is None when the file is too large to list them.

    `broken` are those of the failures that a server is to blame for: 5xx and no answer at all.
    """

    statuses: tuple[tuple[int | None, int], ...] = ()
    share_s: float = 1.0
    shares: tuple[Share, ...] = ()
    failures: tuple[tuple[float, int | None, str | None], ...] | None = None
    hosts: tuple[tuple[str, int], ...] = ()
    broken: tuple[tuple[float, int | None, str | None], ...] | None = None
    moment_s: float = 1.0
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is kept of a table. Latencies in ms, times in seconds after `epoch` (0 when the table has no date).

    `gaps`: the last start before and the first after a time of at least 250 ms and fifty ordinary gaps in which nothing
    started. `slowest`: (ms, start) of the longest requests, only kept when there are gaps they may have waited through.
    """

    everything: Distribution
    succeeded: Distribution
    failed: int
    aborted: int
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
    methods: tuple[tuple[str, int], ...]
    bad: tuple[tuple[int, str], ...]
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def requests(self) -> int:
        """Every request the table tells of, those without a latency included."""
        return self.everything.n + self.without_latency
