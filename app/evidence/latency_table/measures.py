"""Counts turned into facts: the numbers a claim is held against and the points a picture is drawn from."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from app.evidence.findings import phrase
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts, Point
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.load import Load
from app.evidence.latency_table.traffic import traffic_facts
from app.evidence.quantiles import LEVELS, Distribution, nearest_rank, summary

CURVE_POINTS = 60
HISTOGRAM_BINS = 40


def facts_of(dialect: Dialect, layout: Layout, counts: Counts, load: Load) -> dict[str, Any]:
    """Everything the ledger, the pictures and the pair checks need, ready for JSON. Times in ms unless named."""
    return {
        "requests": counts.requests,
        "errors": counts.failed,
        "error_rate": _share(counts.failed, counts.requests),
        "aborted": counts.aborted,
        "unreadable_rows": counts.unreadable,
        "counted": _counted(dialect, layout, counts),
        "tool": layout.tool,
        "unit": None if layout.latency is None else layout.latency.unit,
        "unit_from": layout.unit_from,
        "assumed": list(layout.assumed),
        "columns": _columns(dialect, layout),
        "resolution_ms": layout.resolution_ms,
        "is_server_log": layout.is_server,
        **_times(layout, counts, load),
        **(_latencies(counts) if counts.everything.n else {}),
        "load": load.facts(),
        "endpoints": [{"name": _unescaped(name, layout), "n": n} for name, n in counts.labels],
        "methods": [{"name": name, "n": n} for name, n in counts.methods],
        "series": {"step_s": counts.width_s, "points": [_point(point) for point in counts.series]},
        **traffic_facts(layout, counts),
    }


def _counted(dialect: Dialect, layout: Layout, counts: Counts) -> dict[str, Any]:
    """Which entries the numbers come from: all rows of a table, else those of a file that are requests."""
    is_table = dialect.lines is None and layout.only is None
    return {"is_table": is_table, "last": counts.requests + (counts.unreadable if is_table else 0)}


def _unescaped(name: str, layout: Layout) -> str:
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;"), ("&", "&amp;")):
        name = name.replace(entity, sign) if layout.is_escaped else name
    return name


def _latencies(counts: Counts) -> dict[str, Any]:
    """The numbers that need a latency; a log without times of requests has none of them."""
    values = counts.everything
    return {
        "n": values.n,
        "min": values.steps[0].low,
        "mean": counts.total_ms / values.n,
        "stddev": _spread(counts),
        "max": values.steps[-1].high,
        **summary(values),
        "succeeded": _succeeded(counts),
        "curve": curve(values),
        "histogram": histogram(values),
    }


def curve(values: Distribution) -> list[list[float]]:
    """Points (percentile, ms) evenly spaced on an axis of nines, ending at the maximum."""
    nines = math.log10(values.n) if values.n > 1 else 1.0
    points: dict[int, list[float]] = {}
    for step in range(CURVE_POINTS - 1):
        share = Fraction(1) - Fraction(10 ** (-nines * step / (CURVE_POINTS - 1))).limit_denominator(10**9)
        rank = nearest_rank(values.n, share)
        points[rank] = [round(float(share) * 100, 5), _short(values.at(rank))]
    points[values.n] = [100.0, _short(values.at(values.n))]
    return [points[rank] for rank in sorted(points)]


def histogram(values: Distribution) -> list[list[float]]:
    """Rows (from ms, to ms, count) of equal width on a logarithmic axis; empty bins are left out."""
    floor = next((step.low for step in values.steps if step.low > 0), 0.0)
    top = values.steps[-1].high
    if floor == 0.0 or math.log(top) == math.log(floor):
        return [[_short(values.steps[0].low), _short(top), values.n]]
    start = math.log(floor)  # differences of logarithms: a quotient may be too large to be a number
    fold = (math.log(top) - start) / HISTOGRAM_BINS
    bins: dict[int, int] = {}
    for step in values.steps:
        index = 0 if step.low <= floor else min(HISTOGRAM_BINS - 1, int((math.log(step.low) - start) / fold))
        bins[index] = bins.get(index, 0) + step.count
    return [
        [_short(math.exp(start + fold * i)), _short(math.exp(start + fold * (i + 1))), bins[i]]
        for i in sorted(bins)
    ]


def _times(layout: Layout, counts: Counts, load: Load) -> dict[str, Any]:
    """The recording lasts from the first start to the last end."""
    clock = layout.clock
    is_dated = clock is not None and clock.is_epoch

    def dated(seconds: float | None) -> str | None:
        return _iso(counts.epoch + seconds) if is_dated and seconds is not None else None

    return {
        "first_time": dated(counts.first_start),
        "last_time": dated(counts.last_end),
        "clock_resolution_s": clock.resolution_s if clock else None,
        "clock_has_zone": clock.has_zone if clock else None,
        "duration_s": load.duration_s,
        "start_span_s": load.span_s,
        "throughput": load.throughput,
        "first_start_s": counts.first_start,
    }


def _iso(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return None


def _columns(dialect: Dialect, layout: Layout) -> dict[str, str]:
    """Role -> header; a column without a header is called by its place."""
    found = {
        "latency": layout.latency.column if layout.latency else None,
        "start": layout.start.column if layout.start else None,
        "end": layout.end.column if layout.end else None,
        "status": layout.status,
        "success": layout.success,
        "error": layout.error,
        "endpoint": layout.label,
        "concurrency": layout.load.column if layout.load else None,
        "instance": layout.instance,
        "upstream_status": layout.upstream_status,
        "client": layout.client,
    }
    columns = {
        role: dialect.header[at][:80] or phrase("column {name}", name=at + 1)
        for role, at in found.items()
        if at is not None
    }
    if layout.is_span and layout.latency is not None:
        columns["latency"] = f"{columns['end']} - {columns['start']}"
    return columns


def _succeeded(counts: Counts) -> dict[str, Any] | None:
    """The headline percentiles of the requests that did not fail, when some did."""
    values = counts.succeeded
    if not counts.failed + counts.aborted or values.n == 0:
        return None
    return {"n": values.n, "max": values.steps[-1].high} | {
        name: values.quantile(share) for name, share in LEVELS.items()
    }


def _spread(counts: Counts) -> float:
    n = counts.everything.n
    mean = counts.total_ms / n
    return math.sqrt(max(0.0, counts.total_squares / n - mean * mean))


def _point(point: Point) -> list[float | None]:
    p99 = None if point.p99 is None else _short(point.p99)
    return [round(point.at, 3), point.count, point.errors, p99]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _short(value: float) -> float:
    """Six digits are plenty for a picture."""
    return float(f"{value:.6g}")
