"""The JSON reports of Gatling, JMeter and Locust.

Sources: Gatling's stats.json (3.x; older ones write numbers as text), JMeter's statistics.json (5.x), `locust --json`
2.47 run on loopback.
"""

from __future__ import annotations

from typing import Any

from app.evidence.findings import phrase
from app.evidence.load_report.documents import at, count, counts, number, reading
from app.evidence.load_report.figures import Reading, figure, significant
from app.evidence.load_report.rules import LEVELS_ASSUMED
from app.evidence.load_report.summary import Summary, known, named
from app.evidence.quantiles import Distribution, Step

_GATLING = {"percentiles1": 50.0, "percentiles2": 75.0, "percentiles3": 95.0, "percentiles4": 99.0}
_JMETER = {"medianResTime": 50.0, "pct1ResTime": 90.0, "pct2ResTime": 95.0, "pct3ResTime": 99.0}
MOST_ROWS = 500


def gatling(document: Any) -> Summary:
    """global_stats.json, or the group of all requests in stats.json; total, ok and ko beside each other."""
    stats = at(document, "stats") if isinstance(at(document, "stats"), dict) else document
    times = {
        "min": "minResponseTime",
        "mean": "meanResponseTime",
        "stddev": "standardDeviation",
        "max": "maxResponseTime",
    }
    failed = reading(stats, "numberOfRequests", "ko")
    made, per_second = (
        reading(stats, "numberOfRequests", "total"),
        reading(stats, "meanNumberOfRequestsPerSecond", "total"),
    )
    return Summary(
        tool="Gatling",
        form="Gatling's statistics",
        levels=_gatling_levels(stats, "total"),
        numbers=known(
            n=made,
            requests=made,
            errors=failed or (Reading(0.0, 0.0, "numberOfRequests.ko") if made else None),
            throughput=per_second,
            duration_s=_over(made, per_second),
            **{name: reading(stats, key, "total", step=1.0) for name, key in times.items()},
        ),
        succeeded=named(_gatling_levels(stats, "ok")) if failed and failed.value else {},
        endpoints=_gatling_requests(at(document, "contents")),
        said=(LEVELS_ASSUMED.at(tool="Gatling", levels=phrase("50, 75, 95 and 99 %")),),
    )


def _gatling_levels(stats: Any, part: str) -> dict[float, Reading]:
    return {
        level: found
        for name, level in _GATLING.items()
        if (found := reading(stats, name, part, step=1.0)) is not None
    }


def _gatling_requests(contents: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(contents, dict):
        return ()
    rows = list(contents.values())[:MOST_ROWS]
    return tuple(
        (str(at(row, "name"))[:80], count(at(row, "stats", "numberOfRequests", "total")))
        for row in rows
        if at(row, "name")
    )


def jmeter(document: Any) -> Summary:
    """statistics.json beside the HTML report; errorPct is percent, times are ms."""
    made, per_second = reading(document, "Total", "sampleCount"), reading(document, "Total", "throughput")
    rows = [
        row for name, row in list(document.items())[:MOST_ROWS] if name != "Total" and isinstance(row, dict)
    ]
    times = {"min": "minResTime", "mean": "meanResTime", "max": "maxResTime"}
    return Summary(
        tool="JMeter",
        form=phrase("JMeter's statistics"),
        levels={
            level: found
            for name, level in _JMETER.items()
            if (found := reading(document, "Total", name)) is not None
        },
        numbers=known(
            n=made,
            requests=made,
            errors=reading(document, "Total", "errorCount"),
            throughput=per_second,
            duration_s=_over(made, per_second),
            **{name: reading(document, "Total", key) for name, key in times.items()},
        ),
        endpoints=tuple((str(row.get("transaction"))[:80], count(row.get("sampleCount"))) for row in rows),
        said=(LEVELS_ASSUMED.at(tool="JMeter", levels=phrase("90, 95 and 99 %")),),
    )


def locust(document: Any) -> Summary:
    """`locust --json`: for every endpoint the count of each time, rounded to two digits, and of each second."""
    rows = (
        [row for row in document[:MOST_ROWS] if isinstance(row, dict)] if isinstance(document, list) else []
    )
    values = _times_of_locust(rows)
    counted = {} if values is None else {"n": Reading(float(values.n), 0.0, "response_times")}
    return Summary(
        tool="Locust",
        form=phrase("Locust's report"),
        numbers=_numbers_of_locust(rows) | counted,
        distribution=values,
        is_closed_loop=True,
        endpoints=tuple((str(row.get("name"))[:80], count(row.get("num_requests"))) for row in rows),
    )


def _times_of_locust(rows: list[Any]) -> Distribution | None:
    """Each rounded time stands for those that round to it."""
    seen: dict[float, int] = {}
    for row in rows:
        for key, made in counts(row.get("response_times")).items():
            time = figure(key)
            if time is not None and time.value >= 0 and made:
                seen[time.value] = seen.get(time.value, 0) + made
    halves = {ms: significant(ms, 2) / 2 for ms in seen}
    steps = [Step(max(0.0, ms - halves[ms]), ms + halves[ms], made) for ms, made in seen.items()]
    return Distribution(steps) if steps else None


def _numbers_of_locust(rows: list[Any]) -> dict[str, Reading]:
    """All endpoints together."""
    starts, ends = _each(rows, "start_time"), _each(rows, "last_request_timestamp")
    least, most = _each(rows, "min_response_time"), _each(rows, "max_response_time")
    span, clock = (
        (max(ends) - min(starts) if starts and ends else 0.0),
        "start_time to last_request_timestamp",
    )
    made, total = sum(count(row.get("num_requests")) for row in rows), sum(_each(rows, "total_response_time"))
    failed = float(sum(count(row.get("num_failures")) for row in rows))
    found = {"errors": Reading(failed, 0.0, "num_failures")}
    if made:
        found["requests"] = Reading(float(made), 0.0, "num_requests")
        found["mean"] = Reading(total / made, 0.0, "total_response_time over num_requests")
    if span > 0:
        found["duration_s"] = Reading(span, 0.0, clock)
        found["throughput"] = Reading(made / span, 0.0, f"num_requests over {clock}")
    return found | known(
        min=Reading(min(least), 0.0, "min_response_time") if least else None,
        max=Reading(max(most), 0.0, "max_response_time") if most else None,
    )


def _each(rows: list[Any], name: str) -> list[float]:
    return [found for row in rows if (found := number(row.get(name))) is not None]


def _over(made: Reading | None, per_second: Reading | None) -> Reading | None:
    """The duration, where a report has only the count and the rate."""
    if made is None or per_second is None or per_second.value <= 0:
        return None
    return Reading(made.value / per_second.value, 0.0, f"{made.where} over {per_second.where}")
