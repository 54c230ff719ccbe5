"""Every number a claim may be about: its quantity, its words, and what file would show it.

How a kind of evidence gives a number is the kind's own business: see `Kind.measures`.
"""

from __future__ import annotations

from typing import NamedTuple

from app.evidence.findings import phrase


class Metric(NamedTuple):
    """`quantity` names a scale of `units.BASES`; `words` what the number is; `needs` what makes it checkable."""

    quantity: str
    words: str
    needs: str


_LATENCIES = phrase(
    "Upload a table with one row a request and a latency column, or a report of your load tool that prints it."
)
_TIMES = phrase(
    "A column with the start time of each request (`timestamp`, ISO 8601 or epoch) makes it checkable."
)
_STATUS = phrase("A column with the status of each request (`status`) makes it checkable.")
_COST = phrase(
    "Upload a cost sheet (CSV or XLSX) with cost, requests and period of each layer, before and after."
)
_PLAN = phrase("Upload the output of EXPLAIN (ANALYZE, BUFFERS).")

_LOAD = phrase("Upload a table with one row a request and its start time, or your load tool's report.")
_ADDRESSES = phrase("A column with the address of each request (`url`) makes it checkable.")

_PROFILE = phrase("Upload a profile taken under load, such as collapsed stacks, speedscope JSON or pprof.")

_OBJECTIVES = phrase(
    "Upload the document of your objectives (Markdown), or their OpenSLO, Sloth or Pyrra file."
)
_RUNBOOKS = phrase("Upload the alert rules, and the runbooks as Markdown, one for each alert.")

_INSTANCES = phrase(
    "Upload the balancer's configuration, or the compose file or manifests that say how many instances run."
)

_CAPACITY = phrase(
    "Upload the capacity table (CSV), one row for each milestone: users, peak_rps, peak_factor, storage_gb."
)

_DEPLOYS = phrase(
    "Upload the timeline of the deploys (version, start, end), as a table or as your tool exports it."
)
_WINDOWS = phrase(
    "Upload the timeline of the deploys, and access logs that cover each from ten seconds before to sixty after."
)
_KILLS = phrase("Upload the kill log (time, instance, signal, back), and the request log of the same run.")
_ROLLBACK = phrase(
    "Upload the record of the drill with the times of the decision and of the end, and both versions."
)

TEXT = "text"
"""The quantity of what is claimed in words."""

METRICS: dict[str, Metric] = {
    **{
        level: Metric("time", phrase("a latency"), _LATENCIES)
        for level in ("p50", "p90", "p95", "p99", "p999")
    },
    "max": Metric("time", phrase("a latency"), _LATENCIES),
    "mean": Metric("time", phrase("a latency"), _LATENCIES),
    "throughput": Metric("rate", phrase("a rate of requests"), _TIMES),
    "error_rate": Metric("share", phrase("a share of requests"), _STATUS),
    "requests": Metric("count", phrase("a number of requests"), _LATENCIES),
    "duration": Metric("time", phrase("a duration"), _TIMES),
    "connections": Metric("count", phrase("a number of connections"), _LOAD),
    "endpoint": Metric(TEXT, phrase("an address"), _ADDRESSES),
    "hot_spot": Metric(TEXT, phrase("the name of a function"), _PROFILE),
    "plan_time": Metric("time", phrase("the time of a query"), _PLAN),
    "cost_per_request": Metric("money", phrase("the cost of a request"), _COST),
    "cost": Metric("money", phrase("a cost"), _COST),
    "slo_target": Metric("share", phrase("the target of an objective"), _OBJECTIVES),
    "window": Metric("span", phrase("the window of an objective"), _OBJECTIVES),
    "alerts_without_runbook": Metric("count", phrase("a number of alerts"), _RUNBOOKS),
    "instances": Metric("count", phrase("a number of instances"), _INSTANCES),
    "users": Metric("count", phrase("a number of users"), _CAPACITY),
    "peak_factor": Metric("ratio", phrase("a peak factor"), _CAPACITY),
    "storage": Metric("size", phrase("an amount of storage"), _CAPACITY),
    "deploys": Metric("count", phrase("a number of deploys"), _DEPLOYS),
    "count_5xx": Metric("count", phrase("a number of failed requests"), _WINDOWS),
    "kills": Metric("count", phrase("a number of kills"), _KILLS),
    "user_errors": Metric("count", phrase("a number of failed requests"), _STATUS),
    "rollback_duration": Metric("time", phrase("the duration of a rollback"), _ROLLBACK),
}
