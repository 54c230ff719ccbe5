"""The per-request tables that tools write, recognised by their header.

Sources: hey's requester/print.go, JMeter's listener manual (CSV log format), k6's CSV output, vegeta's `encode`
help, ApacheBench's -g option.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that writes a known table. `columns` maps roles to header names; units are the tool's own."""

    name: str
    header: frozenset[str]
    latency: tuple[str, str]
    start: str | None = None
    status: str | None = None
    success: str | None = None
    label: str | None = None
    load: str | None = None
    only: tuple[str, str] | None = None
    width: int | None = None


TOOLS = (
    Tool(
        "hey",
        frozenset({"response-time", "DNS+dialup", "Response-delay", "status-code", "offset"}),
        latency=("response-time", "s"),
        start="offset",
        status="status-code",
    ),
    Tool(
        "JMeter",
        frozenset({"timeStamp", "elapsed"}),
        latency=("elapsed", "ms"),
        start="timeStamp",
        status="responseCode",
        success="success",
        label="label",
        load="allThreads",
    ),
    Tool(
        "k6",
        frozenset({"metric_name", "timestamp", "metric_value"}),
        latency=("metric_value", "ms"),
        start="timestamp",
        status="status",
        success="expected_response",
        label="name",
        only=("metric_name", "http_req_duration"),
    ),
    Tool(
        "ab",
        frozenset({"starttime", "seconds", "ctime", "dtime", "ttime", "wait"}),
        latency=("ttime", "ms"),
        start="seconds",
    ),
)
VEGETA = (
    "start",
    "status",
    "latency",
    "bytes out",
    "bytes in",
    "error",
    "body",
    "attack",
    "seq",
    "method",
    "url",
    "h",
)
