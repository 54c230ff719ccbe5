"""Runs that were stopped or cut: what is there is read, what is missing is said; a long run is read to its end."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import HEAD_BYTES, Source

SAMPLES = Path(registry.__file__).parent / "load_report" / "samples"
K6 = (SAMPLES / "L7-trigger-k6-1.1.txt").read_text()
K6_OLD = (SAMPLES / "clean-k6-text-old.txt").read_text()
ARTILLERY = (SAMPLES / "L2-trigger-artillery.txt").read_text()
ARTILLERY_1 = (SAMPLES / "L7-trigger-artillery-1.txt").read_text()
JMETER = (SAMPLES / "L4-trigger-jmeter-5.5-console.txt").read_text()
INTERVAL = (
    "summary +    600 in 00:00:02 =  289.6/s Avg:    28 Min:     4 Max:   400 Err:    23 (3.83%) Active: 8\n"
)
PROGRESS = {
    "k6": ("running (0m01.0s), 10/10 VUs, 1000 complete and 0 interrupted iterations\n", K6),
    "Artillery": (ARTILLERY[: ARTILLERY.index("All VUs")], ARTILLERY),
    "JMeter": (INTERVAL, JMETER),
}


def read(tmp_path, text):
    path = tmp_path / "run.txt"
    path.write_text(text, encoding="utf-8")
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("text", [K6, K6_OLD])
def test_a_summary_of_k6_that_ends_before_its_count_is_said_to_be_cut(tmp_path, text):
    report = read(tmp_path, text[: text.index("http_reqs..")])

    found = next(one for one in report.findings if one.code == "G9")
    assert "k6's last lines, with `http_reqs`, are missing" in found.message
    assert report.facts["p95"] is not None
    assert "requests" not in report.facts


@pytest.mark.parametrize("text", [K6, K6_OLD])
def test_a_whole_summary_of_k6_is_not(tmp_path, text):
    assert "G9" not in {one.code for one in read(tmp_path, text).findings}


@pytest.mark.parametrize(
    ("text", "what", "more"),
    [
        (ARTILLERY[: ARTILLERY.index("Summary report @") - 40], "Artillery", "--output report.json"),
        (ARTILLERY_1.replace("Summary report @", "Report @"), "Artillery", "--output report.json"),
        (JMETER[: JMETER.index("summary =   ")], "JMeter", "-l results.jtl"),
        (JMETER[: JMETER.index("summary =   ")] + INTERVAL, "JMeter", "-l results.jtl"),
        (
            "Running 30s test @ http://10.0.0.5:8000/\n  2 threads and 10 connections\n^C\n",
            "wrk",
            "run to its end",
        ),
        (
            "     execution: local\n        script: load.js\n        output: -\n\nrunning (0m01.0s), 10/10 VUs\n",
            "k6",
            "http_reqs",
        ),
    ],
)
def test_a_run_without_its_results_is_named_with_what_is_missing(tmp_path, text, what, more):
    report = read(tmp_path, text)

    assert report.kind == "load_report"
    assert [one.code for one in report.findings] == ["L4"]
    assert what in report.findings[0].message
    assert more in report.findings[0].fix


@pytest.mark.parametrize("tool", PROGRESS)
def test_the_results_of_a_long_run_are_found_behind_its_progress(tmp_path, tool):
    progress, summary = PROGRESS[tool]
    start = (
        "     execution: local\n"
        if tool == "k6"
        else "Starting standalone test @ now\n"
        if tool == "JMeter"
        else ""
    )
    text = start + progress * (2 * HEAD_BYTES // len(progress)) + summary.removeprefix(start)

    long, short = read(tmp_path, text), read(tmp_path, summary)

    assert long.kind == "load_report"
    assert (long.facts["requests"], long.facts["max"]) == (short.facts["requests"], short.facts["max"])


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("traces (OpenTelemetry)", '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET /"}]}]}]}'),
        ("traces (OpenTelemetry)", '{\n  "batches": [{"scopeSpans": [{"spans": []}]}]\n}'),
        ("traces (Jaeger)", '{"data":[{"traceID":"1","spans":[{"operationName":"GET /"}]}]}'),
        (
            "traces (Zipkin)",
            '[[{"traceId":"1","name":"get /","timestamp":1,"duration":2,"localEndpoint":{}}]]',
        ),
        ("metrics (OpenTelemetry)", '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[]}]}]}'),
    ],
)
def test_exports_of_telemetry_are_named_with_what_to_add(tmp_path, what, text):
    report = read(tmp_path, text)

    assert report.kind == "unknown"
    assert [(one.code, one.severity) for one in report.findings] == [("G10", "note")]
    assert report.findings[0].message.startswith(f"This is an export of {what}, which is not read")
    assert "what the load tool printed" in report.findings[0].fix


def test_a_page_about_telemetry_is_not_taken_for_it(tmp_path):
    report = read(
        tmp_path, '# Notes\n\nIt sends `{"resourceMetrics": []}` and "resourceSpans" with "spans".\n'
    )

    assert "OpenTelemetry" not in report.findings[0].message
