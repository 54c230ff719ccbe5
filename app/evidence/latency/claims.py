"""How the facts of latency evidence give the claimed numbers, one row a request or a tool's summary.

The facts are those of `latency_table` and `load_report`; a kind that knows less leaves a number out or null. Where a
number stands comes from `lines` when the kind has it, else from `columns`; how finely it was written from `steps`, else
from `resolution_ms`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.latency.load_claims import connections
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
    """The percentile the claim names, by every definition in use or as its tool printed it."""
    found = facts.get(claim.metric)
    if not found:
        return None
    definitions = found["definitions"].values()
    step = _step(facts, claim.metric)
    return Measured(
        value=found["value"],
        band_low=min(definitions) * (1 - HDR_DIGITS) - step / 2,
        band_high=max(definitions) * (1 + HDR_DIGITS) + step / 2,
        low=found["low"],
        high=found["high"],
        tolerance=_tolerance(found["definitions"], step),
        where=_place(facts, claim.metric, "latency"),
        basis=_basis(facts),
        is_open_above=found["low"] is not None and found["high"] is None,
        hint=_hint(claim.metric, facts),
    )


def _tolerance(definitions: Mapping[str, float], step: float) -> str:
    """In words, what the band is made of."""
    steps = phrase("steps of {step} ms in the file, ", step=shown(step)) if step else ""
    if "bucket_low" in definitions:
        return phrase(
            "the bounds of the histogram's bucket, {steps}and the rounding of the claim", steps=steps
        )
    if "printed" in definitions:
        return phrase("three digits of a tool's histogram, {steps}and the rounding of the claim", steps=steps)
    return phrase(
        "all percentile definitions in use, three digits of a tool's histogram, {steps}and the rounding of the claim",
        steps=steps,
    )


def largest(_claim: Claim, facts: Facts) -> Measured | None:
    """The slowest request. A repeat could end anywhere, so only the file's own maximum agrees."""
    value = facts.get("max")
    if value is None:
        return None
    step = _step(facts, "max") / 2
    low, high = value * (1 - HDR_DIGITS) - step, value * (1 + HDR_DIGITS) + step
    return Measured(
        value,
        low,
        high,
        None,
        None,
        phrase("three digits of a tool's histogram and the rounding of the claim"),
        _place(facts, "max", "latency"),
        _basis(facts),
    )


def mean(_claim: Claim, facts: Facts) -> Measured | None:
    """The mean, with the usual 95 % interval of a mean where the spread and the count are known."""
    value = facts.get("mean")
    if value is None:
        return None
    spread, n, step = facts.get("stddev"), facts.get("n"), _step(facts, "mean")
    half = None if spread is None or not n else 1.96 * spread / math.sqrt(n)
    low, high = (None, None) if half is None else (value - half, value + half)
    return Measured(
        value,
        value - step / 2,
        value + step / 2,
        low,
        high,
        phrase("steps of {step} ms in the file and the rounding of the claim", step=shown(step))
        if step
        else phrase("the rounding of the claim"),
        _place(facts, "mean", "latency"),
        _basis(facts),
    )


def throughput(_claim: Claim, facts: Facts) -> Measured | None:
    """Requests over the time from the first start to the last end, or the rate the tool printed."""
    if facts.get("throughput") is None:
        return None
    duration, span = facts.get("duration_s"), facts.get("start_span_s")
    if not duration or not span:
        return None if "columns" in facts else _printed_rate(facts)
    n, clock = facts["n"], facts["clock_resolution_s"] or 0.0
    value = n / duration
    low = n / (duration + 2 * clock) * (1 - RATE_SLACK)
    high = n / max(span - clock, span / 2) * (1 + RATE_SLACK)
    chance = 1.96 * math.sqrt(n) / duration
    return Measured(value, low, high, value - chance, value + chance,
                    phrase("2 % for ramp-up and where a tool stops its clock, and the clock of the file"),
                    f"{_column(facts, 'start')}, {_column(facts, 'latency')}{_rows(facts)}",
                    phrase(" ({n:,} requests in {duration} s)", n=n, duration=shown(duration)))  # fmt: skip


def _printed_rate(facts: Facts) -> Measured:
    """A tool counts what came back or what was sent, over the run or the sending: 2 % covers both."""
    value, step = facts["throughput"], _step(facts, "throughput") / 2
    n, duration = facts.get("requests"), facts.get("duration_s")
    chance = 1.96 * math.sqrt(n) / duration if n and duration else None
    return Measured(value, value * (1 - RATE_SLACK) - step, value * (1 + RATE_SLACK) + step,
                    None if chance is None else value - chance, None if chance is None else value + chance,
                    phrase("2 % for ramp-up and where a tool stops its clock, and the rounding of the claim"),
                    _place(facts, "throughput", "start"), _basis(facts))  # fmt: skip


def error_rate(_claim: Claim, facts: Facts) -> Measured | None:
    """Failed over all, with Wilson's 95 % interval. Needs a column or a line that could have said so."""
    role = next((role for role in ("status", "success", "error") if role in facts.get("columns", ())), None)
    n, failed = facts.get("requests"), facts.get("errors")
    if (role is None and "errors" not in facts.get("lines", ())) or not n or failed is None:
        return None
    share, step = failed / n, max(0.0, _step(facts, "errors", 0.0) - 1) / 2 / n
    return Measured(
        share,
        max(0.0, share - step),
        share + step,
        *wilson(min(failed, n), n),
        phrase("the rounding of the claim"),
        _place(facts, "errors", role or ""),
        phrase(" ({failed:,} of {n:,} requests)", failed=failed, n=n),
    )


def requests(_claim: Claim, facts: Facts) -> Measured | None:
    """Every request the file tells of; whether failed ones without an answer count is a matter of words."""
    value = facts.get("requests")
    if value is None:
        return None
    least, step = min(value, facts.get("n", value)), max(0.0, _step(facts, "requests", 0.0) - 1) / 2
    last = int((facts.get("counted") or {"last": value})["last"])
    where = facts.get("lines", {}).get("requests") or phrase("rows 1 to {last:,}", last=last)
    return Measured(
        float(value), least - step, value + step, None, None, phrase("the rounding of the claim"), where
    )


def duration(_claim: Claim, facts: Facts) -> Measured | None:
    """From the first start to the last end, or as the tool printed it."""
    value = facts.get("duration_s")
    if not value:
        return None
    value, slack = value * 1000, 1000 + 0.03 * value * 1000
    return Measured(value, value - slack, value + slack, None, None, phrase("one second and 3 % for start and stop"),
                    _place(facts, "duration_s", "start"))  # fmt: skip


def why_not(metric: str, facts: Facts) -> str:
    """Why a file does not show a number: the option that prints it, or the column that would say it."""
    if (said := facts.get("missing", {}).get(metric)) is not None:
        return str(said)
    if metric in ("throughput", "duration") and facts.get("duration_s") is None:
        return phrase("the table says how long requests took but not when they started.")
    if metric == "error_rate":
        return phrase("no column says which requests failed.")
    if metric == "connections":
        return phrase("it records no connections, and its load is no closed loop to tell them from.")
    return phrase("the column is missing.")


MEASURES = {
    **dict.fromkeys(LEVELS, percentile),
    "max": largest,
    "mean": mean,
    "throughput": throughput,
    "error_rate": error_rate,
    "requests": requests,
    "duration": duration,
    "connections": connections,
}


def _hint(level: str, facts: Facts) -> Callable[[float], str]:
    """What the claimed number may be instead: another percentile, the successes only, another unit."""

    def hint(claimed: float) -> str:
        succeeded = (facts.get("succeeded") or {}).get(level)
        if succeeded is not None and math.isclose(claimed, succeeded, rel_tol=0.01):
            return phrase("It is the value of the successful requests only.")
        for name, title in _TITLES.items():
            other = _value(facts.get(name))
            if name != level and other and math.isclose(claimed, other, rel_tol=0.01):
                return phrase("That is the file's {title}.", title=title)
        return _unit_hint(claimed, facts[level]["value"])

    return hint


def _value(fact: Any) -> float | None:
    """A percentile's value, or a plain number."""
    return fact.get("value") if isinstance(fact, Mapping) else fact


def _unit_hint(claimed: float, value: float) -> str:
    for factor in (1e3, 1e6):
        scaled = (value * factor, value / factor)
        if value and any(math.isclose(claimed, other, rel_tol=0.02) for other in scaled):
            return phrase("It is {factor:,.0f} times off: is the unit right?", factor=factor)
    return ""


def _step(facts: Facts, name: str, default: float | None = None) -> float:
    """One unit of the last digit the number was written with."""
    general = facts.get("resolution_ms") or 0.0 if default is None else default
    return float(facts.get("steps", {}).get(name, general))


def _basis(facts: Facts) -> str:
    n = facts.get("n")
    return "" if n is None else phrase(" ({n:,} requests)", n=n)


def _place(facts: Facts, name: str, role: str) -> str:
    """The line a tool printed it on, else the column and the rows it was recomputed from."""
    return facts.get("lines", {}).get(name) or f"{_column(facts, role)}{_rows(facts)}"


def _rows(facts: Facts) -> str:
    """The range of rows, where there is one a request."""
    counted = facts.get("counted")
    if not counted:
        return ""
    last = counted["last"]
    return (
        phrase(", rows 1 to {last:,}", last=last)
        if counted["is_table"]
        else phrase(", entries 1 to {last:,}", last=last)
    )


def _column(facts: Facts, role: str) -> str:
    columns = facts.get("columns", {})
    name = columns.get(role) or (columns.get("end") if role == "start" else None)
    if name is None:
        return phrase("the table") if columns else phrase("the report")
    return phrase("column {name}", name=name) if not str(name).startswith("column ") else str(name)
