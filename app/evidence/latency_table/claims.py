"""Claims against entries of requests; as for all latencies, and for logs that have no times of requests."""

from __future__ import annotations

import math
from collections.abc import Iterator

from app.evidence.claims import Claim, Facts
from app.evidence.findings import Finding
from app.evidence.latency import claims, pair
from app.evidence.measured import Measured

RATE_SLACK = 0.02


def why_not(metric: str, facts: Facts) -> str:
    """Why a file does not show a number."""
    if "n" not in facts and metric in (*claims.LEVELS, "mean", "max"):
        return "the log has no times of requests."
    return claims.why_not(metric, facts)


def compare(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """As any pair of latencies; of a percentile that one of them lacks nothing is said."""
    is_known = metric in before and metric in after
    yield from pair.compare(before, after, metric if is_known else "requests")


def _throughput(claim: Claim, facts: Facts) -> Measured | None:
    """Of a log without latencies: its requests over the time between the first and the last."""
    duration = facts.get("duration_s")
    if "n" in facts or not duration:
        return claims.throughput(claim, facts) if "n" in facts else None
    n, clock = facts["requests"], facts["clock_resolution_s"] or 0.0
    value = n / duration
    low, high = n / (duration + 2 * clock), n / max(duration - clock, duration / 2)
    chance = 1.96 * math.sqrt(n) / duration
    return Measured(value, low * (1 - RATE_SLACK), high * (1 + RATE_SLACK), value - chance, value + chance,
                    "2 % for ramp-up and where a tool stops its clock, and the clock of the file",
                    "the times of the log", f" ({n:,} requests)")  # fmt: skip


MEASURES = {**claims.MEASURES, "throughput": _throughput}
