"""How the requests were sent: rate, requests in flight, closed loop or fixed rate, stalls and what they hide.

Little's law: in flight = rate x mean latency, for any system over any recording. A load tool with N connections that
wait for their answers (a closed loop) keeps that number at N. When all N wait, nothing is sent and nothing is measured:
Gil Tene called this coordinated omission. The correction here adds, for every stall, the requests the tool would
have sent at its own rate, each waiting until the stall ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts
from app.evidence.latency_table.numbers import median
from app.evidence.quantiles import Distribution, Step

PHANTOM_STEPS = 50
STEADY = 0.1
HARDLY_ANY = 0.05
SWEPT_ROWS = 5_000
WAITS_FOR_ANSWERS = frozenset(("ab",))
"""Tools that can do nothing else; their clock may be too coarse to show it."""
CLOCK_STEPS = 10
"""Steps of such a clock in a recording from which on its length is good enough for Little's law."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A time in which no request started although requests were waiting."""

    start: float
    length: float
    waiting: int


@dataclass(frozen=True, slots=True)
class Load:
    """None where the table has no times, or none that are fine enough to tell.

    `thousandfold`: the connections it would show if latencies were 1,000 times longer, which betrays seconds that are
    called milliseconds.
    """

    duration_s: float | None
    span_s: float | None
    throughput: float | None
    in_flight: float | None
    peak_in_flight: int | None
    connections: int | None
    recorded: float | None
    stalls: tuple[Stall, ...]
    corrected_p99: float | None
    thousandfold: int | None = None
    is_closed: bool | None = None

    def facts(self) -> dict[str, Any]:
        return {
            "mean_in_flight": self.in_flight,
            "peak_in_flight": self.peak_in_flight,
            "closed_loop": self.is_closed,
            "connections": self.connections,
            "recorded_concurrency": self.recorded,
            "stalls": [
                {"start_s": round(s.start, 3), "length_s": round(s.length, 3), "waiting": s.waiting}
                for s in self.stalls[:20]
            ],
            "stalled_s": round(sum(s.length for s in self.stalls), 3),
            "corrected_p99": self.corrected_p99,
        }


def load_of(layout: Layout, counts: Counts) -> Load:
    """Read the load from start times; a clock too coarse for gaps still gives a rate."""
    if counts.first_start is None or counts.last_end is None or counts.last_start is None:
        return Load(None, None, None, None, None, None, counts.most_load, (), None)
    duration = counts.last_end - counts.first_start
    span = counts.last_start - counts.first_start
    if duration <= 0 or counts.requests < 2:
        return Load(max(duration, 0.0), span, None, None, None, None, counts.most_load, (), None)
    if counts.everything.n < 2:
        return Load(duration, span, counts.requests / duration, None, None, None, counts.most_load, (), None)
    in_flight = counts.total_ms / 1000 / duration
    peak, connections = _connections(layout, counts)
    stalls = _stalls(counts, connections) if connections else ()
    is_closed = None if peak is None else connections is not None
    if is_closed is None and layout.tool in WAITS_FOR_ANSWERS and layout.clock is not None:
        is_closed = True
        connections = round(in_flight) if duration >= CLOCK_STEPS * layout.clock.resolution_s else None
    return Load(
        duration_s=duration,
        span_s=span,
        throughput=counts.everything.n / duration,
        in_flight=in_flight,
        peak_in_flight=peak,
        connections=connections,
        recorded=counts.most_load,
        stalls=stalls,
        corrected_p99=_corrected(counts, stalls, duration) if stalls else None,
        thousandfold=_connections(layout, counts, 1000)[1] if in_flight < HARDLY_ANY else None,
        is_closed=is_closed,
    )


def _connections(layout: Layout, counts: Counts, factor: float = 1.0) -> tuple[int | None, int | None]:
    """The peak in flight and, when it hardly ever changes, the number of connections of a closed loop.

    Only where the clock is five times finer than the median latency: a clock of whole seconds shows no order. Ends are
    drawn in by one step of the clock, so that the next request of a connection does not seem to overlap.
    """
    clock = layout.clock
    timed = [(s, v * factor / 1000) for v, s in counts.sample[:SWEPT_ROWS] if s is not None]
    if clock is None or len(timed) < 100 or clock.resolution_s * 5 > median(length for _, length in timed):
        return None, None
    peak = _in_flight([(s, s + max(0.0, length - clock.resolution_s)) for s, length in timed])
    lasted = max(s + length for s, length in timed) - min(s for s, _ in timed)
    mean = math.fsum(length for _, length in timed) / lasted if lasted > 0 else 0.0
    is_steady = peak >= 1 and abs(mean - peak) <= STEADY * peak
    return peak, peak if is_steady else None


def _in_flight(spans: Sequence[tuple[float, float]]) -> int:
    """The most at one moment, but for a thousandth of the time, so that one overlap by rounding does not count."""
    moments = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    held: dict[int, float] = {}
    depth, before = 0, moments[0][0]
    for moment, change in moments:
        held[depth] = held.get(depth, 0.0) + moment - before
        depth, before = depth + change, moment
    total, above = sum(held.values()), 0.0
    for level in sorted(held, reverse=True):
        above += held[level]
        if above > total * 0.001:
            return level
    return 0


def _stalls(counts: Counts, connections: int) -> tuple[Stall, ...]:
    """Gaps with every connection waiting. A client that pauses between two phases has nothing in flight."""
    waits = _long_waits(counts)
    return tuple(
        Stall(before, after - before, waiting)
        for before, after in counts.gaps
        if (waiting := _waiting(waits, (before + after) / 2)) >= max(1, round(0.9 * connections))
    )


def _long_waits(counts: Counts) -> list[tuple[float, float]]:
    return [(s, s + v / 1000) for v, s in counts.slowest]


def _waiting(waits: Sequence[tuple[float, float]], moment: float) -> int:
    """Requests under way at one moment."""
    return sum(start <= moment <= end for start, end in waits)


def _corrected(counts: Counts, stalls: Sequence[Stall], duration: float) -> float:
    """The p99 with the requests a steady sender would have sent into the stalls."""
    stalled = sum(stall.length for stall in stalls)
    rate = counts.everything.n / max(duration - stalled, 1e-9)
    missing = [
        Step(ms, ms, count)
        for stall in stalls
        if (count := round(rate * stall.length / PHANTOM_STEPS)) > 0
        for i in range(PHANTOM_STEPS)
        if (ms := stall.length * 1000 * (i + 0.5) / PHANTOM_STEPS) >= 0
    ]
    values = Distribution([*counts.everything.steps, *missing])
    return values.at(-(-values.n * 99 // 100))
