"""How the facts of latency evidence give the claimed numbers.

The facts are those of `latency_table`; a kind that knows less leaves a number out or null. `columns` says which column
a number comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from app.evidence.claims import Claim, Facts
from app.evidence.measured import Measured, wilson
from app.evidence.units import shown

LEVELS = ("p50", "p90", "p95", "p99", "p999")
HDR_DIGITS = 0.001
RATE_SLACK = 0.02
_TITLES = {
    "p50": "median",
    "p90": "p90",
    "p95": "p95",
    "p99": "p99",
    "p999": "p99.9",
    "max": "maximum",
    "mean": "mean",
}


def percentile(claim: Claim, facts: Facts) -> Measured | None:
    """The percentile the claim names, by every definition in use."""
    found = facts.get(claim.metric)
    if not found:
        return None
    definitions = found["definitions"].values()
    step = facts["resolution_ms"] / 2
    return Measured(
        value=found["value"],
        band_low=min(definitions) * (1 - HDR_DIGITS) - step,
        band_high=max(definitions) * (1 + HDR_DIGITS) + step,
        low=found["low"],
        high=found["high"],
        tolerance="all percentile definitions in use, three digits of a tool's histogram, "
        f"steps of {shown(facts['resolution_ms'])} ms in the file, and the rounding of the claim",
        where=_column(facts, "latency"),
        basis=f" ({facts['n']:,} requests)",
        is_open_above=found["high"] is None,
        hint=_hint(claim.metric, facts),
    )


def largest(_claim: Claim, facts: Facts) -> Measured | None:
    """The slowest request. A repeat could end anywhere, so only the file's own maximum agrees."""
    if "max" not in facts:
        return None
    value, step = facts["max"], facts["resolution_ms"] / 2
    low, high = value * (1 - HDR_DIGITS) - step, value * (1 + HDR_DIGITS) + step
    return Measured(value, low, high, None, None, "three digits of a tool's histogram and the rounding of the claim",
                    _column(facts, "latency"), f" ({facts['n']:,} requests)")  # fmt: skip


def mean(_claim: Claim, facts: Facts) -> Measured | None:
    """The mean, with the usual 95 % interval of a mean."""
    if "mean" not in facts:
        return None
    value, half = facts["mean"], 1.96 * facts["stddev"] / math.sqrt(facts["n"])
    step = facts["resolution_ms"] / 2
    return Measured(value, value - step, value + step, value - half, value + half,
                    f"steps of {shown(facts['resolution_ms'])} ms in the file and the rounding of the claim",
                    _column(facts, "latency"), f" ({facts['n']:,} requests)")  # fmt: skip


def throughput(_claim: Claim, facts: Facts) -> Measured | None:
    """Requests over the time from the first start to the last end; tools that stop the clock earlier are within."""
    duration, span = facts.get("duration_s"), facts.get("start_span_s")
    if not duration or not span or facts.get("throughput") is None:
        return None
    n, clock = facts["n"], facts["clock_resolution_s"] or 0.0
    value = n / duration
    low = n / (duration + 2 * clock) * (1 - RATE_SLACK)
    high = n / max(span - clock, span / 2) * (1 + RATE_SLACK)
    chance = 1.96 * math.sqrt(n) / duration
    return Measured(value, low, high, value - chance, value + chance,
                    "2 % for ramp-up and where a tool stops its clock, and the clock of the file",
                    f"{_column(facts, 'start')}, {_column(facts, 'latency')}",
                    f" ({n:,} requests in {shown(duration)} s)")  # fmt: skip


def error_rate(_claim: Claim, facts: Facts) -> Measured | None:
    """Failed over all, with Wilson's 95 % interval. Needs a column that could have said so."""
    role = next((role for role in ("status", "success", "error") if role in facts.get("columns", ())), None)
    if role is None:
        return None
    n, failed = facts["requests"], facts["errors"]
    share = failed / n
    return Measured(share, share, share, *wilson(failed, n), "the rounding of the claim",
                    _column(facts, role), f" ({failed:,} of {n:,} requests)")  # fmt: skip


def requests(_claim: Claim, facts: Facts) -> Measured | None:
    """Every request the file tells of, failed ones included."""
    if "requests" not in facts:
        return None
    value = float(facts["requests"])
    return Measured(
        value, value, value, None, None, "the rounding of the claim", f"rows 1 to {facts['requests']:,}"
    )


def duration(_claim: Claim, facts: Facts) -> Measured | None:
    """From the first start to the last end."""
    value = facts.get("duration_s")
    if not value:
        return None
    value, slack = value * 1000, 1000 + 0.03 * value * 1000
    return Measured(value, value - slack, value + slack, None, None, "one second and 3 % for start and stop",
                    _column(facts, "start"))  # fmt: skip


def why_not(metric: str, facts: Facts) -> str:
    """Why a table does not show a number: the column that would say it is not there."""
    if metric in ("throughput", "duration") and facts.get("duration_s") is None:
        return "the table says how long requests took but not when they started."
    if metric == "error_rate":
        return "no column says which requests failed."
    return "the column is missing."


MEASURES = {
    **dict.fromkeys(LEVELS, percentile),
    "max": largest,
    "mean": mean,
    "throughput": throughput,
    "error_rate": error_rate,
    "requests": requests,
    "duration": duration,
}


def _hint(level: str, facts: Facts) -> Callable[[float], str]:
    """What the claimed number may be instead: another percentile, the successes only, another unit."""

    def hint(claimed: float) -> str:
        succeeded = facts.get("succeeded")
        if succeeded and math.isclose(claimed, succeeded[level], rel_tol=0.01):
            return "It is the value of the successful requests only."
        for name, title in _TITLES.items():
            other = facts[name]["value"] if isinstance(facts[name], dict) else facts[name]
            if name != level and other and math.isclose(claimed, other, rel_tol=0.01):
                return f"That is the file's {title}."
        return _unit_hint(claimed, facts[level]["value"])

    return hint


def _unit_hint(claimed: float, value: float) -> str:
    for factor in (1e3, 1e6):
        scaled = (value * factor, value / factor)
        if value and any(math.isclose(claimed, other, rel_tol=0.02) for other in scaled):
            return f"It is {factor:,.0f} times off: is the unit right?"
    return ""


def _column(facts: Facts, role: str) -> str:
    columns = facts.get("columns", {})
    name = columns.get(role) or (columns.get("end") if role == "start" else None)
    return f"column {name}" if name and not str(name).startswith("column ") else str(name or "the table")
