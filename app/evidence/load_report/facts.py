"""A summary turned into facts, under the names that latency tables use, so that one ledger reads both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.evidence.load_report.advice import missing
from app.evidence.load_report.figures import Reading
from app.evidence.load_report.summary import LEVELS, Summary
from app.evidence.quantiles import Distribution, interval, nearest_rank

CURVE_POINTS = 60
MANY = 5_000_000
"""From here on ranks come from the normal distribution; the exact ones cost a sum of many terms."""
NARROW = 0.1
"""A bound of an interval is given when the bucket it falls into is no wider than this share of the percentile."""
OMISSION, MATERIAL = 100, 1.5
"""A slowest request is suspect from so many times the median on, and worth a word when it would change the p99 so."""
TIMES = ("min", "mean", "stddev", "max")
CLAIMED = (
    "p50",
    "p90",
    "p95",
    "p99",
    "p999",
    "max",
    "mean",
    "throughput",
    "requests",
    "duration_s",
    "errors",
)


def facts_of(summary: Summary) -> dict[str, Any]:
    """Everything the ledger, the pictures and the pair checks need, ready for JSON. What is not known is null."""
    levels = {name: level_of(summary, name) for name in LEVELS}
    n, requests, errors = (_whole(summary.value(name)) for name in ("n", "requests", "errors"))
    requests = requests if requests is not None else n
    facts: dict[str, Any] = {
        **({} if n is None else {"n": n}),
        **({} if requests is None else {"requests": requests}),
        "errors": errors,
        "error_rate": None if errors is None or not requests else min(1.0, errors / requests),
        "tool": summary.tool,
        "form": summary.form,
        "unit": summary.unit,
        "assumed": list(summary.assumed),
        "throughput": summary.value("throughput"),
        "duration_s": summary.value("duration_s"),
        **{name: summary.value(name) for name in TIMES},
        **levels,
        "succeeded": dict(summary.succeeded) or None,
        "load": _load(summary),
        "endpoints": [{"name": name, "n": made} for name, made in _endpoints(summary)],
        "curve": _curve(summary),
        "series": summary.series,
        "statuses": dict(summary.statuses),
        "resolution_ms": _resolution(summary),
    }
    return facts | _places(summary, facts)


def level_of(summary: Summary, name: str) -> dict[str, Any] | None:
    """A percentile as printed, else from the histogram with the bounds of its bucket; null when neither shows it."""
    printed, values = summary.levels.get(LEVELS[name]), summary.distribution
    q = Fraction(LEVELS[name]).limit_denominator(1000) / 100
    if printed is not None:
        value, definitions = printed.value, {"printed": printed.value}
    elif values is not None and values.n * (1 - q) >= 1:
        value, definitions = _from_buckets(values, q)
    else:
        return None
    low, high = _interval(summary, value, q)
    ends = [summary.numbers.get(f"p{LEVELS[name]:g}_{end}") for end in ("low", "high")]
    if ends[0] is not None and ends[1] is not None:
        low, high = _tidy(ends[0].value), _tidy(ends[1].value)
    return {"value": value, "low": low, "high": high, "definitions": definitions}


def _from_buckets(values: Distribution, q: Fraction) -> tuple[float, dict[str, float]]:
    """Interpolated in its bucket, as Prometheus' histogram_quantile does."""
    rank = nearest_rank(values.n, q)
    step = values.step(rank)
    before = sum(each.count for each in values.steps if each.high <= step.low and each is not step)
    share = min(1.0, max(0.0, (rank - before) / step.count))
    value = _tidy(step.low + (step.high - step.low) * share)
    return value, {"bucket_low": _tidy(step.low), "interpolated": value, "bucket_high": _tidy(step.high)}


def _interval(summary: Summary, value: float, q: Fraction) -> tuple[float | None, float | None]:
    """Where a repeat may end: from ranks (Hahn and Meeker) where the printed buckets are fine enough to hold them."""
    values = summary.distribution
    if values is None or values.n < 2:
        return None, None
    lower, upper = _ranks(values.n, q)
    ends = [None if rank is None else values.step(rank) for rank in (lower, upper)]
    is_fine = all(
        step is None or summary.is_coarse or step.high - step.low <= NARROW * max(value, 1e-9)
        for step in ends
    )
    if not is_fine or ends[0] is None:
        return None, None
    low = min(ends[0].low, value)
    return _tidy(low), None if ends[1] is None else _tidy(max(ends[1].high, value))


def _ranks(n: int, q: Fraction) -> tuple[int | None, int | None]:
    if n <= MANY:
        return interval(n, q)
    middle, half = n * float(q), 1.96 * math.sqrt(n * float(q) * (1 - float(q)))
    return max(1, int(middle - half)), min(n, int(middle + half) + 1)


def _endpoints(summary: Summary) -> list[tuple[str, int]]:
    """Those of the report's rows, else the one path that all requests went to."""
    made = _whole(summary.value("requests"))
    if summary.endpoints or not made:
        return list(summary.endpoints[:50])
    scheme, found, rest = summary.target.partition("://")
    path = "/" + (rest if found else scheme).partition("/")[2]
    return [(path[:200], made)] if summary.target else []


def _load(summary: Summary) -> dict[str, Any]:
    rate, mean = summary.value("throughput"), summary.value("mean")
    return {
        "connections": _whole(summary.value("connections")),
        "closed_loop": summary.is_closed_loop,
        "mean_in_flight": None if rate is None or mean is None else rate * mean / 1000,
        "peak_in_flight": None,
        "recorded_concurrency": _whole(summary.value("connections")),
        "stalls": [],
        "stalled_s": 0.0,
        "corrected_p99": corrected_p99(summary),
        "target": summary.target,
    }


def corrected_p99(summary: Summary) -> float | None:
    """The p99 if every connection waited for the slowest request: then nothing was sent for so long.

    The requests that a steady sender would have sent wait between nothing and all of it; they are a share `hidden` of
    all, and 1 % of all is slower than the p99.
    """
    worst, length = summary.value("max"), summary.value("duration_s")
    if summary.is_closed_loop is not True or summary.corrects_omission or worst is None or not length:
        return None
    hidden = worst / 1000 / length
    found = worst * (1 - 0.01 / hidden) if 0.01 < hidden <= 1 else 0.0
    p50, p99 = summary.levels.get(50.0), summary.levels.get(99.0)
    if p50 is None or p99 is None or not 0 < p50.value * OMISSION < worst:
        return None
    return found if found > MATERIAL * p99.value else None


def _curve(summary: Summary) -> list[list[float]]:
    """Points (percentile, ms): those printed, or from the spectrum on an axis of nines; the maximum at 100."""
    if summary.distribution is not None and not summary.is_coarse and len(summary.distribution.steps) > 20:
        return _drawn(summary.distribution)
    points = {level: reading.value for level, reading in summary.levels.items()}
    worst = summary.value("max")
    points |= {} if worst is None or not points else {100.0: worst}
    return [[level, float(f"{points[level]:.6g}")] for level in sorted(points)][: 4 * CURVE_POINTS]


def _drawn(values: Distribution) -> list[list[float]]:
    nines = math.log10(values.n) if values.n > 1 else 1.0
    points: dict[int, list[float]] = {}
    for place in range(CURVE_POINTS - 1):
        share = 1 - 10 ** (-nines * place / (CURVE_POINTS - 1))
        rank = max(1, math.ceil(share * values.n))
        points[rank] = [round(share * 100, 5), float(f"{values.at(rank):.6g}")]
    points[values.n] = [100.0, float(f"{values.steps[-1].high:.6g}")]
    return [points[rank] for rank in sorted(points)]


def _resolution(summary: Summary) -> float:
    """The step of the p99, else of whatever percentile was printed."""
    steps = [summary.levels[level].step for level in (99.0, 95.0, 50.0) if level in summary.levels]
    return steps[0] if steps else 0.0


def _places(summary: Summary, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`lines`: where each number stands; `steps`: one unit of its last digit; `missing`: why a number is not there."""
    readings: dict[str, Reading] = dict(summary.numbers)
    readings |= {name: summary.levels[level] for name, level in LEVELS.items() if level in summary.levels}
    shown = {name: reading for name, reading in readings.items() if name in CLAIMED or name in TIMES}
    absent = [name for name in CLAIMED if facts.get(name) is None]
    names = {"duration_s": "duration", "errors": "error_rate"}
    return {
        "lines": {name: reading.where for name, reading in shown.items() if reading.where},
        "steps": {name: reading.step for name, reading in shown.items()},
        "missing": {names.get(name, name): missing(summary.tool, names.get(name, name)) for name in absent},
    }


def _whole(value: float | None) -> int | None:
    return None if value is None or not 0 <= value < 1e15 else round(value)


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")
