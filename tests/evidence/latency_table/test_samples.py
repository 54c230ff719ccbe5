"""Every sample gives exactly the codes its table says, and every rule has a sample."""

import gzip
import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.findings import Severity
from app.evidence.latency_table import KIND
from app.evidence.latency_table.clocks import clock_of
from app.evidence.latency_table.numbers import Writing, number
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
PAIR_ONLY = {"L5"}


@cache
def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_of_the_kind_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in KIND.rules} - PAIR_ONLY <= shown


def test_no_true_output_of_a_tool_is_blocked_or_suspected():
    for name in EXPECTED:
        if name.startswith("clean-"):
            severities = {
                finding.severity for finding in read(name).findings if finding.code not in ("L2", "L10")
            }
            assert severities == set(), name


STEADY_ERRORS = 17
STEADY = [
    "clean-steady.csv.gz",
    "clean-iso-seconds.csv.gz",
    "clean-utf16.csv.gz",
    "clean-with-unit.csv.gz",
    "clean-bom-crlf-ns.csv.gz",
    "clean-semicolon-comma.csv.gz",
    "clean-jmeter.csv.gz",
    "L13-trigger-no-unit.csv.gz",
]


@pytest.mark.parametrize("name", STEADY)
def test_the_same_run_reads_the_same_however_it_is_written(name):
    facts = read(name).facts

    assert facts["n"] == 5250
    assert facts["p99"]["value"] == pytest.approx(192.712, abs=max(facts["resolution_ms"], 0.001))
    assert facts["throughput"] == pytest.approx(79.207, rel=1e-3)
    assert facts["errors"] == STEADY_ERRORS


def test_tools_are_recognised_by_their_header():
    tools = {name: read(name).facts["tool"] for name in EXPECTED if name.startswith("clean-")}

    assert {name: tool for name, tool in tools.items() if tool} == {
        "clean-ab-g.tsv.gz": "ab",
        "clean-caddy-2.json.gz": "Caddy",
        "clean-caddy.json.gz": "Caddy",
        "clean-envoy.log.gz": "Envoy",
        "clean-haproxy.log.gz": "HAProxy",
        "clean-iis.log.gz": "IIS",
        "clean-jmeter-2-dates.csv.gz": "JMeter",
        "clean-jmeter-2-no-header.csv.gz": "JMeter",
        "clean-jmeter-2.csv.gz": "JMeter",
        "clean-jmeter-2.jtl.gz": "JMeter",
        "clean-jmeter-few-columns.csv.gz": "JMeter",
        "clean-jmeter-no-header.csv.gz": "JMeter",
        "clean-jmeter.csv.gz": "JMeter",
        "clean-jmeter.jtl.gz": "JMeter",
        "clean-k6.csv.gz": "k6",
        "clean-k6.json.gz": "k6",
        "clean-nginx-json.log.gz": "nginx",
        "clean-nginx-timed.log.gz": "nginx",
        "clean-oha.csv.gz": "oha",
        "clean-vegeta.csv.gz": "vegeta",
        "clean-vegeta.json.gz": "vegeta",
    }


SAME_RUN = [
    "clean-caddy.json.gz", "clean-envoy.log.gz", "clean-jmeter-few-columns.csv.gz", "clean-jmeter-no-header.csv.gz",
    "clean-jmeter.jtl.gz", "clean-k6.json.gz", "clean-logfmt.log.gz", "clean-oha.csv.gz", "clean-vegeta.json.gz",
    "L13-trigger-application.json.gz", "L13-trigger-jmeter-own-columns.csv.gz", "L15-trigger-rounded-vegeta.csv.gz",
]  # fmt: skip


@pytest.mark.parametrize("name", SAME_RUN)
def test_another_run_reads_the_same_in_every_format(name):
    facts = read(name).facts

    assert (facts["n"], facts["requests"], facts["errors"]) == (1512, 1512, 2)
    assert facts["p50"]["value"] == pytest.approx(47.8, abs=1)
    assert facts["p99"]["value"] == pytest.approx(120.97, abs=1)
    assert facts["duration_s"] is None or facts["duration_s"] == pytest.approx(66, abs=1)


TRUE_RUN = [
    "clean-jmeter-2-no-header.csv.gz",
    "clean-jmeter-2.jtl.gz",
    "L13-trigger-jmeter-2-five-columns.csv.gz",
]


@pytest.mark.parametrize("name", TRUE_RUN)
def test_what_jmeter_wrote_of_one_run_reads_the_same_in_each_of_its_forms(name):
    facts, whole = read(name).facts, read("clean-jmeter-2.csv.gz").facts

    assert facts["tool"] == "JMeter"
    for fact in ("n", "errors", "p50", "p99", "max", "throughput", "duration_s"):
        assert facts[fact] == whole[fact]


def test_an_unreadable_row_is_named_by_its_line():
    finding = next(finding for finding in read("L18-trigger-nan.csv.gz").findings if finding.code == "L18")

    assert (finding.where.line, finding.numbers["text"], finding.numbers["count"]) == (402, "NaN", 2)


def test_a_stall_is_corrected_by_the_requests_that_were_not_sent():
    facts = read("L9-trigger-stalled.csv.gz").facts

    assert facts["load"]["connections"] == 8
    assert [stall["waiting"] for stall in facts["load"]["stalls"]] == [8, 8]
    assert 1_000 < facts["load"]["corrected_p99"] < 1_500
    assert facts["p99"]["value"] < 250


def test_only_files_without_evidence_are_blocked():
    blocked = {name for name in EXPECTED if read(name).is_blocked}

    assert blocked == {"G1-trigger-ends-first.csv", "G1-trigger-no-numbers.csv", "G3-trigger-secret.csv"}


def test_patterns_are_for_reviewers_only():
    for name in EXPECTED:
        for finding in read(name).findings:
            if finding.code == "L15":
                assert (finding.audience, finding.severity) == ("reviewer", Severity.NOTE)


def test_a_cell_that_is_no_finite_number_is_none_in_a_column_of_times():
    assert clock_of(0, ["1e999", "1e999"], None) is None
    assert clock_of(0, ["1e999", "0.5", "1.5"], None).resolution_s == pytest.approx(0.1)


def test_two_points_in_a_number_with_its_unit_are_no_number():
    assert [number(cell, Writing.WITH_UNIT) for cell in ("57.0.5ms", "57.5ms", ".5 s")] == [None, 57.5, 500.0]


def test_the_log_of_h2load_counts_microseconds():
    whole = gzip.decompress((SAMPLES / "L7-trigger-h2load.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in whole.splitlines()]
    latencies = sorted(int(latency) for _, _, latency in rows)

    facts = read("L7-trigger-h2load.tsv.gz").facts

    assert (facts["tool"], facts["n"], facts["errors"]) == (
        "h2load",
        2000,
        [row[1] for row in rows].count("503"),
    )
    assert facts["p99"]["value"] == pytest.approx(latencies[1980] / 1000, rel=1e-3)


def test_a_request_that_h2load_got_no_answer_to_failed(tmp_path):
    rows = "".join(
        f"{1795740459916231 + at * 9000}\t{-1 if at % 50 == 0 else 200}\t{9000 + at}\n" for at in range(500)
    )
    path = tmp_path / "h2load.log"
    path.write_text(rows)

    facts = registry.inspect(Source(path.name, path)).facts

    assert (facts["tool"], facts["n"], facts["errors"]) == ("h2load", 500, 10)
