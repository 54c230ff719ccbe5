"""Before and after: noise where there are intervals, load that must match, and what a higher rate costs."""

from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.latency.pair import compare
from app.evidence.source import Source

REPORTS = Path(registry.__file__).parent / "load_report" / "samples"
TABLES = Path(registry.__file__).parent / "latency_table" / "samples"
STEADY = "clean-steady.csv.gz"


@cache
def facts(sample):
    path = next(folder / sample for folder in (REPORTS, TABLES) if (folder / sample).exists())
    return registry.inspect(Source(sample, path)).facts


def said(before, after, metric):
    return [(finding.code, finding.message) for finding in compare(before, after, metric)]


def codes(before, after, metric):
    return [code for code, _ in said(before, after, metric)]


def changed(sample, **numbers):
    return {**facts(sample), **numbers}


def test_a_summary_without_an_interval_is_not_called_noise():
    before, after = facts("clean-wrk.txt"), changed("clean-wrk.txt", p99=None)

    assert codes(facts("clean-wrk.txt"), facts("clean-wrk.txt"), "p99") == []
    assert codes(before, after, "p99") == []


def test_overlapping_intervals_of_spectra_are_noise():
    before = facts("clean-wrk2.txt")
    after = changed(
        "clean-wrk2.txt", p99={"value": 47.5, "low": 46.0, "high": 49.0, "definitions": {"printed": 47.5}}
    )

    assert said(before, after, "p99") == [
        (
            "L3",
            "The change of the p99 (48.7 to 47.5 ms) is inside the noise: 47.1 to 51.2 against 46 to 49 ms.",
        )
    ]
    assert codes(before, after, "max") == []


def test_intervals_that_part_are_no_noise():
    after = changed(
        "clean-wrk2.txt", p99={"value": 30.0, "low": 29.0, "high": 31.0, "definitions": {"printed": 30.0}}
    )

    assert codes(facts("clean-wrk2.txt"), after, "p99") == []


def test_few_requests_leave_the_interval_open_above():
    few = facts("L2-trigger-hey-200.txt")

    assert few["p99"]["high"] is None
    assert "L3" in codes(few, few, "p99")


def test_a_rate_that_rose_with_the_connections_proves_little():
    found = said(facts("clean-wrk.txt"), facts("pair-wrk-c40.txt"), "throughput")

    assert found == [
        (
            "L16",
            "Throughput rose from 578.4 to 2,296 requests a second, and the connections from 10 to 40.",
        )
    ]


def test_more_connections_are_another_load_for_a_latency():
    (found,) = said(facts("clean-wrk.txt"), facts("pair-wrk-c40.txt"), "p99")

    assert found[0] == "L12"
    assert found[1].endswith("the number of connections differs (10 before, 40 after).")


@pytest.mark.parametrize("sample", ["clean-wrk.txt", STEADY])
def test_a_p99_that_rose_with_the_rate_is_a_trade(sample):
    before = facts(sample)
    p99 = {**before["p99"], "value": before["p99"]["value"] * 2, "low": None, "high": None}
    after = changed(sample, throughput=before["throughput"] * 1.15, p99=p99)

    assert codes(before, after, "throughput") == ["L16"]
    assert "the p99 from" in said(before, after, "throughput")[0][1]


@pytest.mark.parametrize("sample", ["clean-wrk.txt", STEADY])
def test_a_rate_that_rose_alone_is_left_in_peace(sample):
    before = facts(sample)
    after = changed(sample, throughput=before["throughput"] * 1.15)

    assert codes(before, after, "throughput") == []


@pytest.mark.parametrize(("failed", "expected"), [(1_060, ["L7"]), (8, [])])
def test_more_failures_than_chance_gives_are_named(failed, expected):
    before = facts("clean-wrk.txt")
    after = changed("clean-wrk.txt", errors=failed)

    assert codes(before, after, "p99") == expected


def test_a_fixed_rate_that_differs_is_another_load():
    before = facts("clean-vegeta-report.txt")
    after = changed("clean-vegeta-report.txt", throughput=before["throughput"] / 2)

    assert codes(before, after, "p99") == ["L12"]
    assert codes(after, before, "p99") == ["L12"]


def test_where_nobody_knows_how_it_was_sent_a_rate_that_rose_may_be_the_change():
    slow = facts("clean-jmeter-aggregate.csv")
    fast = changed("clean-jmeter-aggregate.csv", throughput=slow["throughput"] * 2)

    assert codes(slow, fast, "p99") == []
    assert codes(fast, slow, "p99") == ["L12"]


def test_ab_waits_for_its_answers_so_a_faster_server_is_no_other_load(tmp_path):
    slow, fast = (facts_of_ab(tmp_path / f"{ms}.tsv", milliseconds=ms) for ms in (32, 16))

    assert slow["load"]["closed_loop"]
    assert slow["load"]["connections"] == pytest.approx(16, abs=1)  # its clock has steps of a second
    assert codes(slow, fast, "p99") == codes(slow, fast, "throughput") == []
    fewer = facts_of_ab(tmp_path / "4.tsv", milliseconds=32, connections=4)
    (message,) = (message for code, message in said(slow, fewer, "p99") if code == "L12")
    assert message.endswith("the number of connections differs (17 before, 4 after).")


def facts_of_ab(path, *, milliseconds, connections=16):
    """8,000 requests as `ab -g` writes them, with its clock of whole seconds."""
    starts = (1_795_000_000 + number // connections * milliseconds // 1000 for number in range(8000))
    times = f"0\t{milliseconds}\t{milliseconds}\t{milliseconds}"
    rows = [f"Fri Nov 20 10:00:00 2026\t{start}\t{times}" for start in starts]
    path.write_text("\n".join(["starttime\tseconds\tctime\tdtime\tttime\twait", *rows]) + "\n")
    return registry.inspect(Source(path.name, path)).facts


def test_another_path_is_another_load():
    after = changed("clean-wrk.txt", endpoints=[{"name": "/health", "n": 35_329}])

    assert codes(facts("clean-wrk.txt"), after, "p99") == ["L12"]


def test_a_report_and_a_table_can_be_held_against_each_other():
    found = codes(facts("clean-wrk.txt"), facts(STEADY), "p99")

    assert set(found) <= {"L12", "L7"}


def test_any_two_reports_can_be_held_against_each_other():
    every = [facts(path.name) for path in sorted(REPORTS.iterdir()) if path.suffix != ".toml"]
    read = [found for found in every if found]

    for before in read[::3]:
        for after in read:
            for metric in ("p50", "p99", "p999", "throughput", "error_rate"):
                assert all(finding.message for finding in compare(before, after, metric))


def scaled(sample, factor):
    levels = {
        level: {**found, "value": found["value"] * factor, "low": None, "high": None}
        for level in ("p50", "p90", "p95", "p99", "p999")
        if (found := facts(sample)[level])
    }
    return changed(sample, **levels)


@pytest.mark.parametrize("name", [STEADY, "clean-open-loop.csv.gz", "clean-generic-one-row.csv"])
@pytest.mark.parametrize("factor", [0.001, 0.0003])
def test_seconds_under_a_header_of_milliseconds_are_asked_about_on_either_side(name, factor):
    whole, seconds = facts(name), scaled(name, factor)

    assert "L13" in codes(whole, seconds, "p99")
    assert "L13" in codes(seconds, whole, "p99")


@pytest.mark.parametrize(
    ("name", "factor"),
    [(STEADY, 0.02), (STEADY, 0.004), ("clean-generic-one-row.csv", 0.1), ("clean-wrk2.txt", 0.001)],
)
def test_a_large_change_and_a_tool_that_writes_its_unit_are_believed(name, factor):
    """A scan that became an index may be 250 times as fast; what wrk calls milliseconds are some."""
    assert "L13" not in codes(facts(name), scaled(name, factor), "p99")
