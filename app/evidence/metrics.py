"""Every number a claim may be about: its quantity, its words, and what file would show it.

How a kind of evidence gives a number is the kind's own business: see `Kind.measures`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """`quantity` names a scale of `units.BASES`; `words` what the number is; `needs` what makes it checkable."""

    quantity: str
    words: str
    needs: str


_LATENCIES = "Upload a table with one row a request and a latency column, or a report of your load tool that prints it."
_TIMES = "A column with the start time of each request (`timestamp`, ISO 8601 or epoch) makes it checkable."
_STATUS = "A column with the status of each request (`status`) makes it checkable."
_COST = "Upload a cost sheet (CSV or XLSX) with cost, requests and period of each layer, before and after."
_PLAN = "Upload the output of EXPLAIN (ANALYZE, BUFFERS)."

_LOAD = "Upload a table with one row a request and its start time, or your load tool's report."
_ADDRESSES = "A column with the address of each request (`url`) makes it checkable."

_PROFILE = "Upload a profile taken under load, such as collapsed stacks, speedscope JSON or pprof."

_OBJECTIVES = "Upload the document of your objectives (Markdown), or their OpenSLO, Sloth or Pyrra file."
_RUNBOOKS = "Upload the alert rules, and the runbooks as Markdown, one for each alert."

_INSTANCES = (
    "Upload the balancer's configuration, or the compose file or manifests that say how many instances run."
)

_CAPACITY = (
    "Upload the capacity table (CSV), one row for each milestone: users, peak_rps, peak_factor, storage_gb."
)

_DEPLOYS = "Upload the timeline of the deploys (version, start, end), as a table or as your tool exports it."
_WINDOWS = "Upload the timeline of the deploys, and access logs that cover each from ten seconds before to sixty after."
_KILLS = "Upload the kill log (time, instance, signal, back), and the request log of the same run."
_ROLLBACK = "Upload the record of the drill with the times of the decision and of the end, and both versions."

TEXT = "text"
"""The quantity of what is claimed in words."""

METRICS: dict[str, Metric] = {
    **{level: Metric("time", "a latency", _LATENCIES) for level in ("p50", "p90", "p95", "p99", "p999")},
    "max": Metric("time", "a latency", _LATENCIES),
    "mean": Metric("time", "a latency", _LATENCIES),
    "throughput": Metric("rate", "a rate of requests", _TIMES),
    "error_rate": Metric("share", "a share of requests", _STATUS),
    "requests": Metric("count", "a number of requests", _LATENCIES),
    "duration": Metric("time", "a duration", _TIMES),
    "connections": Metric("count", "a number of connections", _LOAD),
    "endpoint": Metric(TEXT, "an address", _ADDRESSES),
    "hot_spot": Metric(TEXT, "the name of a function", _PROFILE),
    "plan_time": Metric("time", "the time of a query", _PLAN),
    "cost_per_request": Metric("money", "the cost of a request", _COST),
    "cost": Metric("money", "a cost", _COST),
    "slo_target": Metric("share", "the target of an objective", _OBJECTIVES),
    "window": Metric("span", "the window of an objective", _OBJECTIVES),
    "alerts_without_runbook": Metric("count", "a number of alerts", _RUNBOOKS),
    "instances": Metric("count", "a number of instances", _INSTANCES),
    "users": Metric("count", "a number of users", _CAPACITY),
    "peak_factor": Metric("ratio", "a peak factor", _CAPACITY),
    "storage": Metric("size", "an amount of storage", _CAPACITY),
    "deploys": Metric("count", "a number of deploys", _DEPLOYS),
    "count_5xx": Metric("count", "a number of failed requests", _WINDOWS),
    "kills": Metric("count", "a number of kills", _KILLS),
    "user_errors": Metric("count", "a number of failed requests", _STATUS),
    "rollback_duration": Metric("time", "the duration of a rollback", _ROLLBACK),
}
