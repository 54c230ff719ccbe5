"""Per-request latency tables: CSV of any sensible sort, one row a request.

Read: hey, JMeter, k6 (CSV), vegeta (CSV), ab -g, and any table whose header names a latency; comma, semicolon, tab or
pipe; UTF-8, UTF-16 or Windows-1252; gzip; decimal comma; units in the header, in the cell or judged by size.

Facts (all latencies in ms):
  n, requests, errors, error_rate, unreadable_rows      n has a latency; requests adds failures without one
  p50, p90, p95, p99, p999                              {value, low, high, low_rank, high_rank, definitions}
  min, mean, stddev, max, succeeded                     succeeded: the percentiles without failures, or null
  duration_s, start_span_s, throughput                  from the first start to the last end; null without times
  first_time, last_time, first_start_s, clock_resolution_s
  load                                                  {mean_in_flight, peak_in_flight, closed_loop, connections,
                                                        recorded_concurrency, stalls, stalled_s, corrected_p99}
  tool, unit, unit_from, assumed, columns, resolution_ms, endpoints
  curve [[percentile, ms]], series {step_s, points [[s, requests, errors, p99]]}, histogram [[from, to, count]]

Not a per-request table, and left to other kinds: summaries (Locust's statistics, ab -e), access logs.
"""

from __future__ import annotations

from app.evidence.findings import Report
from app.evidence.kind import Kind
from app.evidence.latency import claims, pair
from app.evidence.latency_table.rules import RULES
from app.evidence.source import Source


def sniff(source: Source) -> float:
    """How sure it is that this is one row a request; by header and cells, never by the file's name."""
    from app.evidence.latency_table.dialect import read_dialect
    from app.evidence.latency_table.layout import read_layout

    dialect = read_dialect(source)
    layout = None if dialect is None else read_layout(dialect)
    return 0.0 if layout is None else layout.confidence


def inspect(source: Source) -> Report:
    """Count the whole table and check it. The engine is imported here: it is not needed to list the kinds."""
    from app.evidence.latency_table.inspection import report

    return report(source)


KIND = Kind(
    "latency_table",
    "Per-request latency table",
    sniff,
    inspect,
    RULES,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    compare=pair.compare,
)
