"""How each claimed metric is read from a file's facts: the value, the band it agrees within, the interval of chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.evidence.units import shown

HDR_DIGITS = 0.001
RATE_SLACK = 0.02
PLAN_SLACK = 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """A recomputed number in base units (ms, requests a second, share, count).

    Within band_low..band_high a claim is the same number. low and high are where a repeat of the run could end.
    """

    value: float
    band_low: float
    band_high: float
    low: float | None
    high: float | None
    tolerance: str
    where: str
    basis: str = ""
    is_open_above: bool = False
    hint: Callable[[float], str] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric: its quantity, its words, what file shows it, and how it is read."""

    quantity: str
    words: str
    needs: str
    read: Callable[[str, Mapping[str, Any]], Measured | None]
    why_not: Callable[[str, Mapping[str, Any]], str]


def percentile(level: str) -> Callable[[str, Mapping[str, Any]], Measured | None]:
    """Read one percentile of a latency table."""

    def read(kind: str, facts: Mapping[str, Any]) -> Measured | None:
        found = facts.get(level)
        if kind != "latency_table" or not isinstance(found, Mapping):
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
            hint=_hint(level, facts),
        )

    return read


def _hint(level: str, facts: Mapping[str, Any]) -> Callable[[float], str]:
    """What the claimed number may be instead: another percentile, the successes only, another unit."""

    def hint(claimed: float) -> str:
        succeeded = facts.get("succeeded")
        if succeeded and math.isclose(claimed, succeeded[level], rel_tol=0.01):
            return "It is the value of the successful requests only."
        for name, title in _OTHERS.items():
            other = facts[name]["value"] if isinstance(facts[name], Mapping) else facts[name]
            if name != level and other and math.isclose(claimed, other, rel_tol=0.01):
                return f"That is the file's {title}."
        value = facts[level]["value"]
        for factor in (1e3, 1e6):
            if any(
                value and math.isclose(claimed, value * scale, rel_tol=0.02) for scale in (factor, 1 / factor)
            ):
                return f"It is {factor:,.0f} times off: is the unit right?"
        return ""

    return hint


_OTHERS = {
    "p50": "median",
    "p90": "p90",
    "p95": "p95",
    "p99": "p99",
    "p999": "p99.9",
    "max": "maximum",
    "mean": "mean",
}


def largest(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """The slowest request. A repeat could end anywhere, so only the file's own maximum agrees."""
    if kind != "latency_table" or "max" not in facts:
        return None
    value, step = facts["max"], facts["resolution_ms"] / 2
    low, high = value * (1 - HDR_DIGITS) - step, value * (1 + HDR_DIGITS) + step
    return Measured(value, low, high, None, None, "three digits of a tool's histogram and the rounding of the claim",
                    _column(facts, "latency"), f" ({facts['n']:,} requests)")  # fmt: skip


def mean(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """The mean, with the usual 95 % interval of a mean."""
    if kind != "latency_table" or "mean" not in facts:
        return None
    value, half = facts["mean"], 1.96 * facts["stddev"] / math.sqrt(facts["n"])
    step = facts["resolution_ms"] / 2
    return Measured(value, value - step, value + step, value - half, value + half,
                    f"steps of {shown(facts['resolution_ms'])} ms in the file and the rounding of the claim",
                    _column(facts, "latency"), f" ({facts['n']:,} requests)")  # fmt: skip


def throughput(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """Requests over the time from the first start to the last end; tools that stop the clock earlier are within."""
    duration, span = facts.get("duration_s"), facts.get("start_span_s")
    if kind != "latency_table" or not duration or not span or facts.get("throughput") is None:
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


def error_rate(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """Failed over all, with Wilson's 95 % interval. Needs a column that could have said so."""
    if kind != "latency_table" or not {"status", "success", "error"} & set(facts.get("columns", ())):
        return None
    n, failed = facts["requests"], facts["errors"]
    low, high = _wilson(failed, n)
    share = failed / n
    return Measured(share, share, share, low, high, "the rounding of the claim",
                    next(_column(facts, role) for role in ("status", "success", "error") if role in facts["columns"]),
                    f" ({failed:,} of {n:,} requests)")  # fmt: skip


def requests(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    if kind != "latency_table" or "requests" not in facts:
        return None
    value = float(facts["requests"])
    return Measured(
        value, value, value, None, None, "the rounding of the claim", f"rows 1 to {facts['requests']:,}"
    )


def duration(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """From the first start to the last end."""
    value = facts.get("duration_s")
    if kind != "latency_table" or not value:
        return None
    value, slack = value * 1000, 1000 + 0.03 * value * 1000
    return Measured(value, value - slack, value + slack, None, None, "one second and 3 % for start and stop",
                    _column(facts, "start"))  # fmt: skip


def plan_time(kind: str, facts: Mapping[str, Any]) -> Measured | None:
    """The Execution Time of the last plan in the file, else the time of its root."""
    plans = facts.get("plans")
    if kind != "postgres_plan" or not plans:
        return None
    timed = [(i, ms) for i, plan in enumerate(plans) if (ms := _plan_ms(plan)) is not None]
    if not timed:
        return None
    place, value = timed[-1]
    where = "Execution Time" if len(plans) == 1 else f"Execution Time of plan {place + 1} of {len(plans)}"
    return Measured(value, value * 0.98, value * 1.02, value * (1 - PLAN_SLACK), value * (1 + PLAN_SLACK),
                    "2 % for rounding; a single run repeats within about 20 %", where)  # fmt: skip


def _plan_ms(plan: Mapping[str, Any]) -> float | None:
    if not plan.get("analyzed"):
        return None
    ms = plan.get("execution_ms")
    ms = (plan.get("root") or {}).get("inclusive_ms") if ms is None else ms
    return None if ms is None else float(ms)


def _column(facts: Mapping[str, Any], role: str) -> str:
    columns = facts.get("columns", {})
    name = columns.get(role) or (columns.get("end") if role == "start" else None)
    return f"column {name}" if name and not str(name).startswith("column ") else str(name or "the table")


def _wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's score interval at 95 %; never below zero, and honest when nothing failed."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (middle - half) / scale), (middle + half) / scale


def _not_a_table(kind: str, facts: Mapping[str, Any]) -> str:
    return (
        "it is not a table with one row a request."
        if kind != "latency_table" or not facts
        else "the column is missing."
    )


def _no_times(kind: str, facts: Mapping[str, Any]) -> str:
    if kind == "latency_table" and facts and facts.get("duration_s") is None:
        return "the table says how long requests took but not when they started."
    return _not_a_table(kind, facts)


def _no_status(kind: str, facts: Mapping[str, Any]) -> str:
    return (
        "no column says which requests failed."
        if kind == "latency_table" and facts
        else _not_a_table(kind, facts)
    )


def _no_plan_time(kind: str, facts: Mapping[str, Any]) -> str:
    return (
        "the plan is an estimate without times."
        if kind == "postgres_plan" and facts
        else "it is not a query plan."
    )


_TABLE = "Upload a table with one row a request and a latency column."
_TIMES = "A column with the start time of each request (`timestamp`, ISO 8601 or epoch) makes it checkable."
_STATUS = "A column with the status of each request (`status`) makes it checkable."
_PLAN = "Upload the output of EXPLAIN (ANALYZE, BUFFERS)."

MEASURES: dict[str, Measure] = {
    **{
        level: Measure("time", "a latency", _TABLE, percentile(level), _not_a_table)
        for level in ("p50", "p90", "p95", "p99", "p999")
    },
    "max": Measure("time", "a latency", _TABLE, largest, _not_a_table),
    "mean": Measure("time", "a latency", _TABLE, mean, _not_a_table),
    "throughput": Measure("rate", "a rate of requests", _TIMES, throughput, _no_times),
    "error_rate": Measure("share", "a share of requests", _STATUS, error_rate, _no_status),
    "requests": Measure("count", "a number of requests", _TABLE, requests, _not_a_table),
    "duration": Measure("time", "a duration", _TIMES, duration, _no_times),
    "plan_time": Measure("time", "the time of a query", _PLAN, plan_time, _no_plan_time),
}
