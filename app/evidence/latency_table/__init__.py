"""Everything with one entry a request: tables, records and access logs.

Tables: hey, oha, JMeter (any columns, header or not), k6, vegeta, h2load, ab -g, any whose header names a latency, and
any with a start and an end of each request; comma, semicolon, tab or pipe; UTF-8, UTF-16 or Windows-1252; gzip;
decimal comma; units in the header, in the cell or judged by size. JSON, one object a line or an array: k6, vegeta, HAR,
Caddy, Traefik, Envoy, nginx, logs of applications, results of scripts. JMeter's XML. Access logs as text: nginx and
Apache with times and without, HAProxy, Envoy, Traefik, `key=value` lines. Logs of frameworks: morgan, Rails, lograge,
uWSGI, Gin, Serilog, ASP.NET, koa, Phoenix, and without times uvicorn, Django, Flask.

Facts (all latencies in ms; times in seconds after `first_time` less `first_start_s`, or after the start of the test):
  requests, errors, error_rate, aborted, unreadable_rows
                          errors: status 4xx or 5xx, no answer, or told to be one; aborted: the client gave up (499, 0
                          or -1 in a server's log, HAProxy's C, Envoy's DC), which is not counted as an error
  counted                 {is_table, last}: what the numbers come from, rows 1 to `last` of a table, header not counted,
                          else entries 1 to `last` of those that are requests
  n, p50, p90, p95, p99, p999, min, mean, stddev, max, succeeded, curve, histogram
                          absent in a log that has no times of requests. A percentile is {value, low, high, low_rank,
                          high_rank, definitions}; succeeded: the percentiles without failures, or null;
                          curve [[percentile, ms]]; histogram [[from, to, count]]; n counts those with a latency
  duration_s, start_span_s, throughput, first_time, last_time, first_start_s, clock_resolution_s, clock_has_zone
                          from the first start to the last end; null without times; a time without a zone counts as UTC
  load                    {mean_in_flight, peak_in_flight, closed_loop, connections, recorded_concurrency, stalls,
                          stalled_s, corrected_p99}
  series                  {step_s, points [[s, requests, errors, p99]]}, at most 600 points; p99 null without latencies
  tool, unit, unit_from, assumed, columns, resolution_ms, is_server_log, endpoints [{name, n}], at most 12
  methods [{name, n}]     GET, POST, ... of the first 20,000 requests; empty where the file does not tell
  statuses [[status, requests]], at most 40; classes {1xx .. 5xx, other}
  failures                [[s, status, instance]], the first 500 in the order of time; null above 200 MB (logs: 600 MB)
  broken                  the same of 5xx and requests without an answer alone, so that 404s do not crowd them out
  moments                 {step_s, points [[s, requests, 5xx, without an answer, aborted]]}, where there are times and
                          statuses: a second up to an hour, then longer; empty steps are left out
  hosts                   [[host, requests]] of the first 20,000: where a client sent to, or whom a server answered
  masked                  requests answered well after a retry on another upstream; null where the log cannot tell
  instances               [{name, n, errors, masked, first_s, last_s}], at most 12 and `(others)`
  seconds                 {step_s, instances, points}; a point is [s, requests, errors, aborted, masked, requests of
                          each instance]; a step is a second up to an hour, then longer. `instances` and `seconds` are
                          only there where the log says who answered

Left to other kinds: summaries (Locust's statistics, ab -e, k6's end of test).
"""

from __future__ import annotations

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.latency import load_claims
from app.evidence.latency_table import claims, glance, shape_rules, time_rules
from app.evidence.latency_table.rules import RULES
from app.evidence.source import Source


def sniff(source: Source) -> float:
    """How sure it is that this is one entry a request; by header and cells, never by the file's name."""
    if not glance.may_be(source.head):
        return 0.0
    from app.evidence.latency_table.reading import read

    found = read(source)
    return 0.0 if found is None else found[1].confidence


def inspect(source: Source) -> Report:
    """Count the whole table and check it. The engine is imported here: it is not needed to list the kinds."""
    from app.evidence.latency_table.inspection import report

    return report(source)


KIND = Kind(
    "latency_table",
    phrase("Latency table or access log"),
    sniff,
    inspect,
    (*RULES, *time_rules.RULES, *shape_rules.RULES, claims.SCALED),
    measures=claims.MEASURES,
    confirms=load_claims.CONFIRMS,
    why_not=claims.why_not,
    compare=claims.compare,
)
