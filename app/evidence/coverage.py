"""Which checks the specification of the course's evidence names, and why one of them is not made.

A check without a line in `GAPS` must be a rule of some kind; one with a line must not. The test holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CHECKS: dict[str, str] = {
    "G1": "empty or unreadable",
    "G2": "larger than is read",
    "G3": "secrets",
    "G4": "personal data in bulk",
    "G5": "a screenshot instead of text",
    "G6": "the same file from another learner",
    "G7": "before and after are byte-identical",
    "G8": "times in the future",
    "G9": "cut off",
    "E1": "no plan found",
    "E2": "estimates only",
    "E3": "before and after are missing or identical",
    "E4": "before and after are different queries",
    "E5": "the data changed between before and after",
    "E6": "the improvement is the cache",
    "E7": "the claimed database time is not the plan's",
    "E8": "after is not faster, or within what single runs differ by",
    "E9": "numbers that do not fit together",
    "E10": "cut off",
    "E11": "the steps that take the time",
    "E12": "row estimates far off",
    "E13": "rows read to be thrown away",
    "E14": "sorts and hashes on disk",
    "E15": "lossy blocks and rechecks",
    "E16": "heap fetches of an index-only scan",
    "E17": "inner steps that run very often",
    "E18": "workers missing, JIT, planning, triggers",
    "E19": "the after plan was made with settings switched off",
    "E20": "no BUFFERS, no TIMING",
    "E21": "the index of the plan is created in the diff",
    "L1": "the claim is not what the file gives",
    "L2": "too few requests for a p99",
    "L3": "before and after are within the noise",
    "L4": "the tool printed no such percentile",
    "L5": "an impossible order of numbers",
    "L6": "more in flight than connections (Little's law), counts that do not add up",
    "L7": "errors, and percentiles of successes only",
    "L8": "averaged percentiles",
    "L9": "coordinated omission",
    "L10": "too short",
    "L11": "warm-up and drift",
    "L12": "before and after under different load",
    "L13": "a unit a thousandfold off",
    "L14": "client and server on one machine, tool saturated",
    "L15": "patterns worth asking about (reviewers only)",
    "L16": "throughput up with concurrency, or latency traded for it",
    "L17": "quantiles from coarse buckets",
    "C1": "cost per request is not cost divided by requests",
    "C2": "the sheet's requests are not the measured ones",
    "C3": "a typed number among formulas",
    "C4": "cached values that differ, errors, external links, hidden rows",
    "C5": "missing lines: egress, storage, logs, load balancer",
    "C6": "mixed units and periods, no source of prices",
    "C7": "cost fell only because traffic fell",
    "P1": "not a profile, or no samples",
    "P2": "too few samples or too short",
    "P3": "the claimed share of a hot spot is not the profile's",
    "P4": "the hot spot is not lower after, or other programs",
    "P5": "mostly idle",
    "P6": "overhead of the profiler, no symbols",
    "P7": "the hottest functions",
    "B1": "fewer than three instances",
    "B2": "no health check, or one that does not ask for readiness",
    "B3": "a dead instance is noticed late",
    "B4": "no retry elsewhere, or POST sent twice",
    "B5": "sticky sessions",
    "B6": "one machine, no timeouts, open administration",
    "B7": "drain and grace do not fit; one address for readiness and liveness",
    "B8": "instances of the logs that are not in the configuration",
    "A1": "not YAML, no rules or objectives",
    "A2": "fewer than five alerts",
    "A3": "an expression that does not parse",
    "A4": "an alert without a runbook in the package",
    "A5": "no summary or description, broken templates",
    "A6": "no `for`, or one too short or too long",
    "A7": "no severity, an unknown one, all critical",
    "A8": "rates, histograms, averages and comparisons that mislead",
    "A9": "causes only, no symptom",
    "A10": "burn-rate arithmetic",
    "A11": "objectives without indicator, target, window, owner or policy; budgets that do not follow",
    "A12": "100 %, too many nines, no data source",
    "A13": "routes and receivers of Alertmanager",
    "A14": "duplicates, copies of public packs (reviewers only)",
}

GAPS: dict[str, str] = {
    "E7": "Said as L1, as of every number claimed: the ledger holds it against the plan's Execution Time.",
    "P3": "The ledger says it: the function a learner names is held against its share in the profile, and a "
    "contradiction is L1.",
}


FORMATS: dict[str, str] = {
    "PostgreSQL EXPLAIN, TEXT": "postgres_plan/before.txt",
    "PostgreSQL EXPLAIN, JSON": "postgres_plan/before.json",
    "PostgreSQL EXPLAIN, YAML": "postgres_plan/before.yaml",
    "PostgreSQL EXPLAIN, XML": "postgres_plan/before.xml",
    "PostgreSQL auto_explain logs": "postgres_plan/auto_explain_yaml.log",
    "MySQL TREE and ANALYZE": "mysql_plan/mysql_before.txt",
    "MySQL JSON, version 1": "mysql_plan/mysql_v1.json",
    "MySQL JSON, version 2": "mysql_plan/mysql_v2.json",
    "MySQL, MariaDB table": "mysql_plan/mariadb_explain.txt",
    "MySQL, MariaDB \\\\G": "mysql_plan/mariadb_vertical.txt",
    "MariaDB ANALYZE FORMAT=JSON": "mysql_plan/mariadb_before.json",
    "MariaDB ANALYZE table": "mysql_plan/mariadb_analyze.txt",
    "SQLite EXPLAIN QUERY PLAN": "sqlite_plan/before.txt",
    "per-request CSV of any sort": "latency_table/clean-steady.csv.gz",
    "hey CSV": "latency_table/L7-trigger-hey-hides-errors.csv.gz",
    "hey text": "load_report/clean-hey.txt",
    "ab text": "load_report/clean-ab.txt",
    "ab -e": "load_report/L2-trigger-ab-e.csv",
    "ab -g": "latency_table/clean-ab-g.tsv.gz",
    "wrk": "load_report/clean-wrk.txt",
    "wrk2": "load_report/clean-wrk2.txt",
    "k6 summary export": "load_report/clean-k6-summary-export.json",
    "k6 handleSummary": "load_report/clean-k6-handle-summary.json",
    "k6 newest schema": "load_report/L4-trigger-k6-newest-schema.json",
    "k6 text": "load_report/clean-k6-text-old.txt",
    "k6 CSV": "latency_table/clean-k6.csv.gz",
    "k6 NDJSON": "latency_table/clean-k6.json.gz",
    "vegeta CSV": "latency_table/clean-vegeta.csv.gz",
    "vegeta NDJSON": "latency_table/clean-vegeta.json.gz",
    "vegeta text": "load_report/clean-vegeta-report.txt",
    "vegeta JSON": "load_report/clean-vegeta-report.json",
    "vegeta histogram": "load_report/L17-trigger-vegeta-hist.txt",
    "Locust statistics": "load_report/clean-locust-stats.csv",
    "Locust history": "load_report/L8-trigger-locust-history.csv",
    "JMeter CSV, with and without a header": "latency_table/clean-jmeter-no-header.csv.gz",
    "JMeter XML": "latency_table/clean-jmeter.jtl.gz",
    "JMeter reports": "load_report/clean-jmeter-aggregate.csv",
    "Gatling stats.json": "load_report/clean-gatling-stats.json",
    "oha JSON": "load_report/clean-oha.json",
    "autocannon JSON": "load_report/clean-autocannon.json",
    "bombardier JSON": "load_report/clean-bombardier.json",
    "HdrHistogram percentile table": "load_report/clean-hgrm-us.hgrm",
    "HdrHistogram log": "load_report/clean-hlog.hlog",
    "Prometheus query_range": "load_report/L17-trigger-prometheus-buckets.json",
    "summary CSV": "load_report/clean-generic-one-row.csv",
    "nginx access log with times": "latency_table/clean-nginx-timed.log.gz",
    "Apache access log with times": "latency_table/L13-trigger-apache-microseconds.log.gz",
    "HAProxy log": "latency_table/clean-haproxy.log.gz",
    "cost sheet, CSV": "cost_sheet/clean-long.csv",
    "cost sheet, XLSX with formulas": "cost_sheet/clean-layers.xlsx",
    "pprof": "profile/clean-go.pb.gz",
    "collapsed stacks": "profile/clean-pyspy.txt.gz",
    "speedscope JSON": "profile/clean-pyspy.speedscope.json.gz",
    "Chrome .cpuprofile": "profile/clean-node.cpuprofile.gz",
    "Chrome trace": "profile/clean-pyspy.trace.json.gz",
    "cProfile .prof": "profile/clean-cprofile.prof.gz",
    "perf script": "profile/clean-perf-node.txt.gz",
    "callgrind": "profile/clean-valgrind.callgrind.gz",
    "flame graph SVG": "profile/clean-flamegraph-pl.svg",
    "nginx configuration": "load_balancer/clean-nginx.conf",
    "HAProxy configuration": "load_balancer/clean-haproxy.cfg",
    "compose file": "load_balancer/clean-compose.yaml",
    "Kubernetes manifests": "load_balancer/clean-kubernetes.yaml",
    "Prometheus rule files": "alert_rules/clean-oncall.yaml",
    "PrometheusRule objects": "alert_rules/clean-operator.yaml",
    "rules inside ConfigMaps": "alert_rules/clean-configmap.yaml",
    "rules inside Helm values": "alert_rules/clean-helm-values.yaml",
    "Prometheus /api/v1/rules": "alert_rules/clean-api.json",
    "Grafana alert provisioning": "alert_rules/clean-grafana.yaml",
    "Alertmanager configuration": "alertmanager/clean-alertmanager.yml",
    "AlertmanagerConfig objects": "alertmanager/clean-operator.yaml",
    "Grafana contact points and policies": "alertmanager/clean-grafana.yaml",
    "OpenSLO v1": "openslo/clean-openslo-v1.yaml",
    "OpenSLO v1alpha": "openslo/clean-openslo-v1alpha.yaml",
    "OpenSLO v2alpha": "openslo/clean-openslo-v2alpha.yaml",
    "Sloth prometheus/v1": "openslo/clean-sloth.yaml",
    "Sloth PrometheusServiceLevel": "openslo/clean-sloth-resource.yaml",
    "Pyrra ServiceLevelObjective": "openslo/clean-pyrra.yaml",
    "objectives in Markdown": "slo_document/clean-table.md",
}
"""What is read, each with a sample of its kind that shows it."""

UNREAD: dict[str, str] = {
    "vegeta's binary results (gob)": "A format of Go's own that needs its types. Recognised; the fix names `vegeta "
    "encode --to csv`.",
    "Gatling's simulation.log": "Binary since 3.12, without a published format. Recognised; stats.json is asked for.",
    "older pprof text and binary": "pprof itself converts them. Recognised; `pprof -proto` is asked for.",
    "perf.data": "Needs the machine's own symbols. Recognised; `perf script` is asked for.",
    "pyinstrument, scalene, memray, clinic pages": "HTML with scripts. Recognised; an export is asked for.",
    "Firefox, Safari, Instruments, stackprof, JFR": "Rare in this course's stacks; collapsed stacks or speedscope "
    "can be exported from each.",
    "SQL Server .sqlplan, MongoDB explain": "Optional in the specification; no capstone of the course uses them.",
    "ODS, Numbers, .xls, .xlsm": "XLSX or CSV can be exported from each; macros are not opened at all.",
}
"""What is not read, with the reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check of the table: its rules' severities when it is made, else the reason of the gap."""

    code: str
    what: str
    severities: tuple[str, ...]
    gap: str


def lines(severities: dict[str, tuple[str, ...]]) -> Iterator[Line]:
    """The table; `severities` are those of the rules there are, by code."""
    for code, what in CHECKS.items():
        yield Line(code, what, severities.get(code, ()), GAPS.get(code, ""))
