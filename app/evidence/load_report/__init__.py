"""What load tools print at the end: summaries, with no row a request.

Read: wrk, wrk2, hey, ab (text, -w, -e), k6 (text old and new, three JSON schemas), vegeta (report as text, JSON,
histogram), Locust (stats, history, --json), JMeter (console, aggregate and summary report, statistics.json), Gatling
(stats.json, global_stats.json), oha, autocannon and bombardier (JSON), loadtest, Artillery (text, JSON), siege,
httperf, h2load, pgbench, sysbench, HdrHistogram (.hgrm, .hlog V1 and V2), Prometheus (query_range, query), and any
table with a column p99. Recognised and answered with the command that writes a form which is read: vegeta's gob,
Gatling's simulation.log and stats.js, tables of autocannon, bombardier, oha and Locust in the terminal, Locust's HTML
page, JMeter's dashboard, k6 in the cloud.

Facts (all latencies in ms; null is "not printed"):
  n, requests                  n has a latency; requests adds failures without one; absent when not printed
  errors, error_rate, statuses
  p50, p90, p95, p99, p999     {value, low, high, definitions} or null; low and high only from a histogram or spectrum
  min, mean, stddev, max, succeeded
  duration_s, throughput       as printed, else one from the other and the count
  load                         {connections, closed_loop, mean_in_flight, corrected_p99, target, …}
  tool, form, unit, assumed, endpoints, resolution_ms
  lines, steps                 where each number stands; one unit of its last digit
  missing                      why a number is not there, and the option that prints it
  curve [[percentile, ms]], series {step_s, points [[s, requests, errors, p99]]} or null
"""

from __future__ import annotations

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.latency import claims, load_claims, pair
from app.evidence.load_report import beside_rules
from app.evidence.load_report.rules import RULES
from app.evidence.source import Source


def sniff(source: Source) -> float:
    """How sure it is that a load tool printed this; by content, never by the file's name."""
    from app.evidence.load_report.forms import FAIRLY, form_of, looked_at, other_of

    text = looked_at(source)
    found = form_of(text)
    if found is not None:
        return found[1]
    return FAIRLY if other_of(text, source.head_bytes) is not None else 0.0


def inspect(source: Source) -> Report:
    """Read the report and check it. The parsers are imported here: they are not needed to list the kinds."""
    from app.evidence.load_report.inspection import report

    return report(source)


KIND = Kind(
    "load_report",
    phrase("Summary of a load test"),
    sniff,
    inspect,
    (*RULES, *beside_rules.RULES),
    measures=claims.MEASURES,
    confirms=load_claims.CONFIRMS,
    why_not=claims.why_not,
    compare=pair.compare,
)
