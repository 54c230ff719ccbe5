"""k6: the three JSON summaries. All times are ms, percentiles are interpolated linearly (metrics/sink.go).

`--summary-export` writes values flat; handleSummary gives `metrics.X.values`; the newest schema (version, metadata,
config, results) lists its metrics and knows no percentile but p(90) and p(95)
(internal/lib/summary/machine_readable.go). In `http_req_failed` a pass is a request that failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.load_report.documents import at, count, number, reading
from app.evidence.load_report.figures import Reading
from app.evidence.load_report.rules import DROPPED, PASSES_FAIL
from app.evidence.load_report.summary import Summary, known, named
from app.evidence.units import shown

LEVEL = re.compile(r"p\((\d{1,2}(?:\.\d{1,6})?)\)")
_SUCCEEDED = "http_req_duration{expected_response:true}"
_TIMES = {"avg": "mean", "min": "min", "max": "max"}


def read(document: Any) -> Summary:
    """Any of the three schemas."""
    metrics, prefix = _metrics(document)
    times = metrics.get("http_req_duration", {})
    place = f"{prefix}http_req_duration"
    failed, total, said = _failures(metrics)
    numbers = {_TIMES[name]: each for name, each in _readings(times, place).items() if name in _TIMES}
    duration = reading(document, "state", "testRunDurationMs", scale=0.001) or reading(
        document, "config", "duration"
    )
    made = reading({"http_reqs": metrics.get("http_reqs", {})}, "http_reqs", "count")
    numbers |= known(
        n=made,
        requests=made,
        throughput=_throughput(metrics, made, duration),
        duration_s=duration or _derived(metrics),
        errors=None if failed is None else Reading(float(failed), 1.0, f"{prefix}http_req_failed"),
        connections=_users(metrics),
    )
    return Summary(
        tool="k6",
        form=phrase("k6's summary"),
        levels=levels(times, place),
        numbers=numbers,
        succeeded=named(levels(metrics.get(_SUCCEEDED, {}), _SUCCEEDED)) if failed else {},
        is_closed_loop=None,
        said=tuple(_said(metrics, failed, total, said)),
    )


def levels(values: Mapping[str, Any], place: str) -> dict[float, Reading]:
    """`med`, `p(90)`, `p(99.9)`; the median may also be called p(50)."""
    found: dict[float, Reading] = {}
    for name, each in _readings(values, place).items():
        level = LEVEL.fullmatch(name)
        if name == "med":
            found[50.0] = each
        elif level is not None:
            found[float(level[1])] = each
    return found


def _readings(values: Mapping[str, Any], place: str) -> dict[str, Reading]:
    return {
        name: Reading(found, 0.0, f"{place}.{name}"[:120])
        for name in list(values)[:50]
        if (found := number(values[name])) is not None
    }


def _metrics(document: Any) -> tuple[dict[str, dict[str, Any]], str]:
    """Metric -> its values, whatever the schema, and the path that leads there."""
    listed = at(document, "results", "metrics")
    if isinstance(listed, list):
        named = [
            each for each in listed[:2000] if isinstance(each, dict) and isinstance(each.get("values"), dict)
        ]
        return {str(each.get("name")): each["values"] for each in named}, "results.metrics."
    metrics = at(document, "metrics")
    found = {}
    for name, metric in list(metrics.items())[:2000] if isinstance(metrics, dict) else ():
        values = metric.get("values", metric) if isinstance(metric, dict) else None
        if isinstance(values, dict):
            found[str(name)] = values
    return found, "metrics."


def _failures(metrics: Mapping[str, Mapping[str, Any]]) -> tuple[int | None, int, bool]:
    """(failed, all, whether they are called passes); None when the summary says nothing of failures."""
    values = metrics.get("http_req_failed", {})
    if "matches" in values:
        return count(values["matches"]), count(values.get("total")), False
    made = count(metrics.get("http_reqs", {}).get("count"))
    share = number(values.get("rate", values.get("value")))
    if "passes" not in values:
        return (None if share is None else round(share * made)), made, False
    passes, total = count(values["passes"]), count(values["passes"]) + count(values.get("fails"))
    if share is not None and abs(share * total - passes) > 1:
        return round(share * total), total, False  # written by hand: the rate is what was meant
    return passes, total, True


def _throughput(
    metrics: Mapping[str, Mapping[str, Any]], made: Reading | None, duration: Reading | None
) -> Reading | None:
    printed = reading(metrics.get("http_reqs", {}), "rate")
    if printed is not None or made is None or duration is None or duration.value <= 0:
        return printed and Reading(printed.value, 0.0, "http_reqs.rate")
    return Reading(made.value / duration.value, 0.0, phrase("http_reqs.count over config.duration"))


def _derived(metrics: Mapping[str, Mapping[str, Any]]) -> Reading | None:
    """--summary-export has no duration; the count over the rate gives it."""
    values = metrics.get("http_reqs", {})
    made, per_second = number(values.get("count")), number(values.get("rate"))
    return (
        Reading(made / per_second, 0.0, phrase("http_reqs.count over http_reqs.rate"))
        if made and per_second
        else None
    )


def _users(metrics: Mapping[str, Mapping[str, Any]]) -> Reading | None:
    values = metrics.get("vus_max", {})
    most = number(values.get("max", values.get("value")))
    return Reading(most, 0.0, "vus_max") if most else None


def _said(
    metrics: Mapping[str, Mapping[str, Any]], failed: int | None, total: int, are_passes: bool
) -> Iterator[Finding]:
    if failed and total and are_passes:
        yield PASSES_FAIL.at(passes=f"{failed:,}", share=shown(100 * failed / total))
    dropped = count(metrics.get("dropped_iterations", {}).get("count"))
    if dropped:
        yield DROPPED.at(count=dropped)
