"""The per-request tables and records that tools write, recognised by their header or keys.

Sources: hey's requester/print.go, JMeter's listener manual (CSV log format), k6's CSV and JSON outputs, vegeta's
`encode` help, ApacheBench's -g option, oha's `--output-format csv`, Caddy's, Traefik's and Envoy's JSON access logs,
the variables of nginx's log module, the HTTP archives of browsers (HAR 1.2).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that writes a known table. Roles name a column, or several with `|` of which the first present counts.

    `header` are all needed, of `hints` one is. `line` is a text that only the lines of requests hold.
    """

    name: str
    header: frozenset[str]
    latency: tuple[str, str]
    start: str = ""
    end: str = ""
    status: str = ""
    success: str = ""
    error: str = ""
    label: str = ""
    url: str = ""
    client: str = ""
    load: str = ""
    instance: str = ""
    upstream_status: str = ""
    retries: str = ""
    aborted: tuple[str, str] | None = None
    only: tuple[str, str] | None = None
    line: str = ""
    hints: frozenset[str] = frozenset()
    is_server: bool = False


_JMETER_REST = {
    "latency": ("elapsed", "ms"),
    "start": "timeStamp",
    "status": "responseCode",
    "success": "success",
    "label": "label",
    "url": "URL",
    "load": "allThreads",
}

TOOLS = (
    Tool(
        "hey",
        frozenset({"response-time", "DNS+dialup", "Response-delay", "status-code", "offset"}),
        latency=("response-time", "s"),
        start="offset",
        status="status-code",
    ),
    Tool(
        "oha",
        frozenset({"request-start", "DNS+dialup", "Response-delay", "request-duration"}),
        latency=("request-duration", "s"),
        start="request-start",
        status="status",
    ),
    Tool("JMeter", frozenset({"timeStamp", "elapsed"}), **_JMETER_REST),  # type: ignore[arg-type]
    Tool(
        "JMeter",
        frozenset({"elapsed"}),
        hints=frozenset(
            {"responseCode", "threadName", "allThreads", "grpThreads", "failureMessage", "IdleTime"}
        ),
        **_JMETER_REST,  # type: ignore[arg-type]
    ),
    Tool(
        "k6",
        frozenset({"metric_name", "timestamp", "metric_value"}),
        latency=("metric_value", "ms"),
        start="timestamp",
        status="status",
        success="expected_response",
        label="name",
        url="url",
        only=("metric_name", "http_req_duration"),
    ),
    Tool(
        "ab",
        frozenset({"starttime", "seconds", "ctime", "dtime", "ttime", "wait"}),
        latency=("ttime", "ms"),
        start="seconds",
    ),
)
RECORDS = (
    Tool(
        "k6",
        frozenset({"type", "metric", "data.time", "data.value"}),
        latency=("data.value", "ms"),
        end="data.time",
        status="data.tags.status",
        success="data.tags.expected_response",
        label="data.tags.name|data.tags.url",
        url="data.tags.url",
        only=("type", "Point"),
        line='"metric":"http_req_duration"',
    ),
    Tool(
        "vegeta",
        frozenset({"attack", "code", "timestamp", "latency"}),
        latency=("latency", "ns"),
        start="timestamp",
        status="code",
        error="error",
        label="url",
        url="url",
    ),
    Tool(
        "HAR",
        frozenset({"startedDateTime", "time", "response.status"}),
        latency=("time", "ms"),
        start="startedDateTime",
        status="response.status",
        label="request.url",
        url="request.url",
    ),
    Tool(
        "Caddy",
        frozenset({"logger", "request.uri", "status", "duration"}),
        latency=("duration", "s"),
        end="ts",
        status="status",
        label="request.uri",
        client="request.client_ip|request.remote_ip|request.remote_addr",
        line='"http.log.access',
        is_server=True,
    ),
    Tool(
        "Traefik",
        frozenset({"Duration", "DownstreamStatus"}),
        latency=("Duration", "ns"),
        start="StartUTC|StartLocal|time",
        status="DownstreamStatus",
        label="RequestPath",
        client="ClientHost|ClientAddr",
        instance="ServiceAddr|ServiceURL",
        retries="RetryAttempts",
        is_server=True,
    ),
    Tool(
        "Echo",
        frozenset({"latency", "latency_human", "status"}),
        latency=("latency", "ns"),
        end="time",
        status="status",
        error="error",
        label="uri|path",
        client="remote_ip",
        is_server=True,
    ),
    Tool(
        "lograge",
        frozenset({"controller", "action", "status", "duration"}),
        hints=frozenset({"view", "db", "format"}),
        latency=("duration", "ms"),
        end="@timestamp|time|timestamp|ts",
        status="status",
        label="path",
        is_server=True,
    ),
    Tool(
        "Envoy",
        frozenset({"duration", "response_code"}),
        hints=frozenset({"response_flags", "upstream_host", "upstream_cluster"}),
        latency=("duration", "ms"),
        start="start_time",
        status="response_code",
        label="path",
        instance="upstream_host",
        aborted=("response_flags", "DC"),
        is_server=True,
    ),
    Tool(
        "nginx",
        frozenset({"request_time"}),
        hints=frozenset(
            {"body_bytes_sent", "bytes_sent", "remote_addr", "upstream_response_time", "upstream_addr", "time_iso8601",
             "time_local", "msec", "request_uri"}
        ),
        latency=("request_time", "s"),
        end="msec|time_iso8601|time_local|@timestamp|timestamp|time|ts",
        status="status",
        label="uri|request_uri|request|path|url",
        client="remote_addr|client|client_ip",
        instance="upstream_addr|upstream",
        upstream_status="upstream_status",
        is_server=True,
    ),
)  # fmt: skip
VEGETA = (
    "start", "status", "latency", "bytes out", "bytes in", "error", "body", "attack", "seq", "method", "url", "h",
)  # fmt: skip
