"""Claims against what tools printed: their rounding, their places, what they leave out. Tables are in test_ledger."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.ledger import reckon
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "load_report" / "samples"


@cache
def report(sample, slot="before"):
    source = Source(sample, SAMPLES / sample)
    found = registry.inspect(source)
    return FileFacts(slot, sample, found.kind, source.sha256(), found.facts)


def claim(metric, value, unit="ms", slot="before"):
    return Claim(f"{metric}_{slot}", metric, metric, Decimal(value), unit, slot, slot, "database")


def settled(sample, metric, value, unit="ms"):
    (row,) = reckon([claim(metric, value, unit)], [report(sample)])
    return row


@pytest.mark.parametrize(
    ("sample", "metric", "value", "unit", "verdict"),
    [
        ("clean-wrk.txt", "p99", "49.22", "ms", "agrees"),
        ("clean-wrk.txt", "p99", "49", "ms", "agrees"),
        ("clean-wrk.txt", "p99", "49.4", "ms", "contradicts"),
        ("clean-wrk.txt", "p99", "0.04922", "s", "agrees"),
        ("clean-wrk.txt", "throughput", "578", "rps", "agrees"),
        ("clean-wrk.txt", "throughput", "700", "rps", "contradicts"),
        ("clean-wrk.txt", "requests", "35329", "", "agrees"),
        ("clean-wrk.txt", "error_rate", "0", "%", "agrees"),
        ("clean-wrk.txt", "error_rate", "3", "%", "contradicts"),
        ("clean-wrk.txt", "duration", "60", "s", "agrees"),
        ("clean-wrk.txt", "mean", "17.74", "ms", "agrees"),
        ("clean-wrk.txt", "max", "103.95", "ms", "agrees"),
        ("clean-ab.txt", "p99", "49.6", "ms", "agrees"),
        ("clean-ab.txt", "p99", "51.2", "ms", "contradicts"),
        ("clean-hey.txt", "p99", "49.53", "ms", "agrees"),
        ("L7-trigger-locust.csv", "p999", "254", "ms", "agrees"),
        ("L7-trigger-locust.csv", "p999", "262", "ms", "contradicts"),
        ("L17-trigger-prometheus-buckets.json", "p99", "31", "ms", "agrees"),
        ("L17-trigger-prometheus-buckets.json", "p99", "120", "ms", "contradicts"),
        ("clean-wrk2.txt", "p99", "50.5", "ms", "inside_noise"),
        ("L8-trigger-by-minute.csv", "p99", "49", "ms", "inside_noise"),
        ("L8-trigger-by-minute.csv", "p99", "80", "ms", "contradicts"),
        ("L7-trigger-wrk-timeouts.txt", "requests", "6309", "", "agrees"),
        ("L7-trigger-wrk-timeouts.txt", "requests", "6319", "", "agrees"),
        ("L7-trigger-ab-hidden.txt", "error_rate", "0", "%", "contradicts"),
        ("L7-trigger-ab-hidden.txt", "error_rate", "3.08", "%", "agrees"),
        ("clean-vegeta-report.txt", "throughput", "565.5", "rps", "agrees"),
    ],
)
def test_a_claim_is_settled_by_what_the_tool_printed(sample, metric, value, unit, verdict):
    row = settled(sample, metric, value, unit)

    assert row.verdict == verdict, row.reason
    assert row.recomputed is not None


@pytest.mark.parametrize(
    ("sample", "metric", "source"),
    [
        ("clean-wrk.txt", "p99", "clean-wrk.txt: line 10"),
        ("clean-wrk.txt", "throughput", "clean-wrk.txt: line 12"),
        ("clean-ab.txt", "max", "clean-ab.txt: line 31"),
        ("clean-jmeter-aggregate.csv", "p99", "clean-jmeter-aggregate.csv: column 99% Line, line 4"),
        ("clean-bombardier.json", "p95", "clean-bombardier.json: result.latency.percentiles.95"),
        ("clean-hlog.hlog", "p99", "clean-hlog.hlog: the report"),
    ],
)
def test_the_row_names_the_line_the_column_or_the_path(sample, metric, source):
    assert settled(sample, metric, "1", "rps" if metric == "throughput" else "ms").source == source


@pytest.mark.parametrize(
    ("sample", "metric", "words"),
    [
        ("L4-trigger-k6-default.json", "p99", "k6 printed no p99. Add `summaryTrendStats"),
        ("L4-trigger-wrk.txt", "p99", "Add `--latency`"),
        ("clean-wrk.txt", "p95", "wrk prints 50, 75, 90 and 99 %"),
        ("clean-autocannon.json", "p95", "p97_5"),
        ("L8-trigger-locust-history.csv", "p99", "PREFIX_stats.csv"),
        ("L2-trigger-ab-e.csv", "throughput", "printed no rate of requests"),
        ("L17-trigger-vegeta-hist.txt", "duration", "printed no duration"),
    ],
)
def test_what_a_tool_left_out_cannot_be_checked_and_the_option_is_named(sample, metric, words):
    row = settled(sample, metric, "50")

    if metric == "throughput":
        row = settled(sample, metric, "50", "rps")
    assert row.verdict == "unchecked"
    assert words in row.reason


def test_the_tolerance_is_the_tools_rounding():
    assert "steps of 0.01 ms" in settled("clean-wrk.txt", "p99", "49").tolerance
    assert "steps of 1 ms" in settled("clean-ab.txt", "p99", "50").tolerance
    assert "bounds of the histogram's bucket" in settled("L17-trigger-vegeta-hist.txt", "p99", "50").tolerance


def test_a_p90_claimed_as_p99_is_recognised():
    row = settled("clean-wrk.txt", "p99", "29.15")

    assert row.reason.endswith("That is the file's p90.")


def test_the_successes_alone_are_recognised(tmp_path):
    text = (SAMPLES / "L7-trigger-bombardier-5xx.json").read_text()
    path = tmp_path / "result.json"
    path.write_text(text.replace('"percentiles2xx": {"50": 15700', '"percentiles2xx": {"50": 13100'))
    facts = registry.inspect(Source(path.name, path)).facts

    (row,) = reckon([claim("p50", "13.1")], [FileFacts("before", path.name, "load_report", "0", facts)])

    assert row.verdict == "contradicts"
    assert row.reason.endswith("It is the value of the successful requests only.")


def test_seconds_claimed_as_milliseconds_are_called_by_their_name():
    found = compare([report("clean-wrk.txt")], [claim("p99", "0.04922")])

    assert {"L1", "L13"} <= {finding.code for finding in found}


def test_a_report_without_a_count_is_not_called_too_small():
    found = compare([report("L2-trigger-ab-e.csv")], [claim("p99", "49.845")])

    assert [finding.code for finding in found] == []


def test_every_metric_of_every_sample_is_answered():
    kind = registry.named("load_report")

    for path in sorted(SAMPLES.iterdir()):
        if path.suffix != ".toml" and (facts := report(path.name).facts):
            for metric, read in kind.measures.items():
                measured = read(claim(metric, "5"), facts)

                assert measured is not None or kind.why_not(metric, facts), (path.name, metric)
                inside = measured is None or measured.band_low <= measured.value <= measured.band_high
                assert inside, (path.name, metric)
