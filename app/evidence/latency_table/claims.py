"""Claims against entries of requests; as for all latencies, and for logs that have no times of requests."""

from __future__ import annotations

import math
from collections.abc import Iterator

from app.evidence.claims import Claim, Facts
from app.evidence.findings import Audience, Finding, Rule, Severity, phrase
from app.evidence.latency import claims, pair
from app.evidence.latency_table import two_runs
from app.evidence.measured import Measured

RATE_SLACK = 0.02
FEWEST_POINTS = 30
EVENLY, SAME = 0.001, 0.01
GAVE_UP = 499
MOST_LISTED = 500
"""As many failures as the facts list one by one."""
SCALED = Rule(
    "L15",
    Severity.NOTE,
    "Both files hold {n} requests, and every percentile after the change is {factor} times that before it. A pattern "
    "worth asking about.",
    "Two runs differ by chance, and more in their tails than in their middle. One file made from the other does not.",
    "Ask how the second file was made.",
    audience=Audience.REVIEWER,
    example="a second file in which every latency of the first was halved",
)


def why_not(metric: str, facts: Facts) -> str:
    """Why a file does not show a number."""
    if metric == "count_5xx":
        return phrase("5xx are counted in the windows of deploys, and no timeline has one within its times.")
    if metric == "user_errors":
        return phrase("it has no status of each request.")
    if "n" not in facts and metric in (*claims.LEVELS, "mean", "max"):
        return phrase("the log has no times of requests.")
    return claims.why_not(metric, facts)


def compare(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """As any pair of latencies; of a percentile that one of them lacks nothing is said."""
    yield from _scaled(before, after)
    if metric == "count_5xx":
        return  # one deploy against ten: neither the length nor the load need be alike
    yield from two_runs.compare(before, after)
    is_known = metric in before and metric in after and not two_runs.is_one_run(before, after)
    yield from pair.compare(before, after, metric if is_known else "requests")


def _scaled(before: Facts, after: Facts) -> Iterator[Finding]:
    """The whole curve multiplied by one factor, with as many requests: two runs never differ so evenly."""
    pairs = list(zip(before.get("curve", ()), after.get("curve", ()), strict=False))
    known = [(old, new) for (_, old), (_, new) in pairs if min(old, new) > 0]
    if before.get("n") != after.get("n") or len({new for _, new in known}) < FEWEST_POINTS:
        return
    factor = sorted(new / old for old, new in known)[len(known) // 2]
    step = max(before["resolution_ms"], after["resolution_ms"])
    is_even = all(abs(new / old / factor - 1) <= EVENLY + step / min(old, new) for old, new in known)
    if is_even and abs(factor - 1) > SAME:
        yield SCALED.at(n=f"{before['n']:,}", factor=float(f"{factor:.4g}"))


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
                    phrase("2 % for ramp-up and where a tool stops its clock, and the clock of the file"),
                    phrase("the times of the log"), phrase(" ({n:,} requests)", n=n))  # fmt: skip


def _between(_claim: Claim, _facts: Facts) -> Measured | None:
    """Only a timeline of deploys tells which of the requests are meant."""
    return None


def user_errors(facts: Facts) -> int:
    """5xx, answers cut short and requests without an answer; neither 4xx nor what a client gave up."""
    listed = facts.get("failures")
    if listed is not None and len(listed) < MOST_LISTED:
        return sum(1 for _, code, _ in listed if not is_refused(code))
    refused = sum(int(n) for code, n in facts.get("statuses", ()) if is_refused(code) and code != GAVE_UP)
    points = (facts.get("moments") or {}).get("points", ())
    return max(
        sum(int(point[2]) + int(point[3]) for point in points), int(facts.get("errors") or 0) - refused
    )


def is_refused(code: int | None) -> bool:
    return code is not None and 400 <= code <= 499


def _user_errors(_claim: Claim, facts: Facts) -> Measured | None:
    if not facts.get("statuses"):
        return None
    count = float(user_errors(facts))
    where = phrase("5xx, answers cut short and requests without an answer")
    return Measured(count, count, count, None, None, phrase("none: they are counted"), where)


MEASURES = {
    **claims.MEASURES, "throughput": _throughput, "count_5xx": _between, "user_errors": _user_errors,
}  # fmt: skip
