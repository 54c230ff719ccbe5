"""How each tool is made to show what it left out: the half sentences of `why_not` and the fixes of L4 and L8."""

from __future__ import annotations

from app.evidence.findings import phrase

OPTIONS: dict[tuple[str, str], str] = {
    ("wrk", "p99"): phrase("Add `--latency`: `wrk --latency -t2 -c10 -d60s URL`."),
    ("wrk", "p95"): phrase("wrk prints 50, 75, 90 and 99 %; claim one of these, or use wrk2 or oha."),
    ("wrk2", "p99"): "Add `--latency`: `wrk2 --latency -R100 -t2 -c10 -d60s URL`.",
    ("k6", "p99"): phrase(
        "Add `summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(95)', 'p(99)']` to the options (or "
        "`--summary-trend-stats`), and write the summary with handleSummary."
    ),
    **{
        (tool, "p99"): phrase(
            "{tool} keeps no percentile; send the same load with `wrk --latency`, hey, oha or k6.", tool=tool
        )
        for tool in ("siege", "httperf", "h2load")
    },
    ("pgbench", "p99"): phrase(
        "Run it with `--log` and upload the file `pgbench_log.PID`, which has one line a transaction."
    ),
    ("sysbench", "p99"): phrase("Add `--percentile=99`; sysbench keeps one percentile."),
    ("sysbench", "p95"): phrase("Add `--percentile=95`; sysbench keeps one percentile."),
    ("loadtest", "p99"): phrase("Upload all of loadtest's output, with `Percentage of requests served`."),
    ("Artillery", "p99"): phrase(
        "Write the report as JSON: `artillery run --output report.json script.yml`."
    ),
    ("hey", "p99"): phrase("Send 100 requests or more (`hey -z 60s URL`); with fewer hey leaves it out."),
    ("ab", "p99"): phrase(
        "Upload all of ab's output, with `Percentage of the requests served within a certain time`."
    ),
    ("vegeta", "p99"): phrase(
        "Write it again from the results: `vegeta report results.bin` prints 50, 90, 95 and 99 %."
    ),
    ("autocannon", "p95"): phrase("autocannon keeps p90, p97_5 and p99; claim one of these."),
    ("autocannon", "p99"): phrase("Write the report with `autocannon -j URL`; it holds p99."),
    ("bombardier", "p99"): phrase("Add `-l` (`--latencies`): `bombardier -l -o json -p result URL`."),
    ("oha", "p99"): phrase("Write the report with `oha --output-format json URL`; it holds p99."),
    ("Locust", "p99"): phrase(
        "Upload `PREFIX_stats.csv` of `locust --csv PREFIX`: the row Aggregated has a 99%."
    ),
    ("JMeter", "p99"): phrase(
        "Save the Aggregate Report, or make a dashboard (`jmeter -g results.jtl -o report`) and upload "
        "its `statistics.json`; best of all, upload results.jtl itself."
    ),
    ("Gatling", "p99"): phrase(
        "Upload `js/global_stats.json` of the report; percentiles4 is the 99 % unless configured."
    ),
    ("HdrHistogram", "p99"): phrase(
        "Write the percentile table with `outputPercentileDistribution`, or upload the .hlog."
    ),
    ("Prometheus", "p99"): phrase(
        "Export the buckets: `sum by (le) (increase(http_request_duration_seconds_bucket[1m]))`."
    ),
    ("Prometheus", "whole"): phrase(
        "Export the buckets of the whole run, `sum by (le) "
        "(increase(http_request_duration_seconds_bucket[1m]))`; the p99 of all follows from them."
    ),
    ("Locust's history", "whole"): phrase(
        "Upload `PREFIX_stats.csv` of the same run: its row Aggregated has the p99."
    ),
    ("the table", "p99"): phrase("Add a column `p99_ms`."),
    ("the table", "whole"): phrase(
        "Compute the p99 of the whole run from the raw data (one row a request), or upload that."
    ),
}
_GENERAL = phrase("Upload the raw results, one row a request, or a report that holds it.")


def option(tool: str, number: str) -> str:
    """The sentence that says how to get a number out of a tool."""
    return OPTIONS.get((tool, number), OPTIONS.get((tool, "p99"), _GENERAL) if number == "p999" else _GENERAL)


def missing(tool: str, number: str) -> str:
    """Half a sentence why a report does not show a number."""
    names = {
        "p999": "p99.9",
        "throughput": phrase("rate of requests"),
        "error_rate": phrase("number of errors"),
        "requests": "count",
    }
    return phrase(
        "{tool} printed no {number}. {option}",
        tool=tool,
        number=names.get(number, number),
        option=option(tool, number),
    )
