"""Claims against the facts of real recordings: the same run, edited numbers, swapped and repeated files."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.ledger import reckon
from app.evidence.source import Source
from app.evidence.units import rounding, shown, with_unit

SAMPLES = Path(registry.__file__).parent / "latency_table" / "samples"


@cache
def recording(sample, slot="before"):
    source = Source(sample, SAMPLES / sample)
    report = registry.inspect(source)
    return FileFacts(slot, sample, report.kind, source.sha256(), report.facts)


def claim(metric, value, unit="ms", slot="before", side="before"):
    return Claim(f"{metric}_{slot}", f"{metric} {side}", metric, Decimal(value), unit, slot, side, "database")


def plan(*milliseconds, analyzed=True):
    plans = [
        {"root": {"inclusive_ms": ms}, "execution_ms": ms, "duration_ms": None, "analyzed": analyzed}
        for ms in milliseconds
    ]
    return FileFacts("before", "plan.txt", "postgres_plan", "00", {"plans": plans})


STEADY = "clean-steady.csv.gz"


@pytest.mark.parametrize(
    ("metric", "value", "unit", "verdict"),
    [
        ("p99", "192.7", "ms", "agrees"),
        ("p99", "0.1927", "s", "agrees"),
        ("p99", "193", "ms", "agrees"),
        ("p99", "198", "ms", "inside_noise"),
        ("p99", "120", "ms", "contradicts"),
        ("throughput", "79.2", "rps", "agrees"),
        ("throughput", "4752", "/min", "agrees"),
        ("throughput", "200", "rps", "contradicts"),
        ("requests", "5250", "", "agrees"),
        ("requests", "5000", "", "contradicts"),
        ("duration", "66", "s", "agrees"),
        ("p99", "5", "lightyears", "unchecked"),
        ("cost_per_request", "0.002", "", "unchecked"),
    ],
)
def test_a_claim_is_settled_by_its_file(metric, value, unit, verdict):
    (row,) = reckon([claim(metric, value, unit)], [recording(STEADY)])

    assert row.verdict == verdict, row.reason
    assert row.claimed == float(value)
    assert (row.recomputed is None) == (verdict == "unchecked")


def test_the_row_is_in_the_unit_of_the_claim_and_names_its_source():
    (row,) = reckon([claim("p99", "0.1927", "s")], [recording(STEADY)])

    assert row.recomputed == pytest.approx(0.192712)
    assert row.low < row.recomputed < row.high
    assert row.source == "clean-steady.csv.gz: column latency_ms, rows 1 to 5,250"


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("L18-trigger-nan.csv.gz", "column latency_ms, rows 1 to 5,250"),
        ("clean-k6.csv.gz", "column metric_value, entries 1 to 3,960"),
        ("clean-nginx-timed.log.gz", "column rt, entries 1 to 1,509"),
    ],
)
def test_a_latency_names_the_rows_it_was_counted_from(name, where):
    """Rows that cannot be read are among those of a table; a log may hold lines that are no requests."""
    (row,) = reckon([claim("p99", "100", "ms")], [recording(name)])

    assert row.source == f"{name}: {where}"


def test_seconds_claimed_as_milliseconds_are_called_by_their_name():
    found = compare([recording(STEADY)], [claim("p99", "0.1927", "ms")])

    assert {"L1", "L13"} <= {finding.code for finding in found}


def test_a_p95_claimed_as_p99_is_recognised():
    p95 = recording(STEADY).facts["p95"]["value"]

    (row,) = reckon([claim("p99", f"{p95:.1f}")], [recording(STEADY)])

    assert row.verdict == "contradicts"
    assert row.reason.endswith("That is the file's p95.")


def test_without_a_file_the_row_says_what_would_make_it_checkable():
    (row,) = reckon([claim("throughput", "80", "rps")], [])

    assert row.verdict == "unchecked"
    assert "start time of each request" in row.reason


def test_a_file_of_another_slot_is_no_evidence_for_a_claim():
    elsewhere = recording(STEADY, "after")

    (row,) = reckon([claim("p99", "192.7", slot="before")], [elsewhere])

    assert (row.verdict, row.recomputed) == ("unchecked", None)
    assert row.reason.startswith("No file was uploaded for it.")


def test_a_table_without_times_cannot_show_throughput():
    file = recording("G1-trigger-no-numbers.csv")
    timeless = replace(
        recording(STEADY), facts={**recording(STEADY).facts, "duration_s": None, "throughput": None}
    )

    rows = reckon([claim("throughput", "80", "rps")], [timeless])

    assert [row.verdict for row in rows] == ["unchecked"]
    assert "when they started" in rows[0].reason
    assert reckon([claim("p99", "80")], [file])[0].verdict == "unchecked"


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [
        ("171.6", "ms", "agrees"),
        ("0.172", "s", "agrees"),
        ("150", "ms", "inside_noise"),
        ("12", "ms", "contradicts"),
    ],
)
def test_plan_time_is_the_execution_time_of_the_last_plan(value, unit, verdict):
    (row,) = reckon([claim("plan_time", value, unit)], [plan(900.0, 171.6)])

    assert row.verdict == verdict
    assert row.source == "plan.txt: Execution Time of plan 2 of 2"


def test_an_estimate_has_no_plan_time():
    (row,) = reckon([claim("plan_time", "12")], [plan(12.0, analyzed=False)])

    assert row.verdict == "unchecked"
    assert "estimate" in row.reason


def test_the_same_file_twice_is_named_and_nothing_else_is_said_of_the_pair():
    files = [recording(STEADY), recording(STEADY, "after")]
    claims = [claim("p99", "192.7"), claim("p99", "192.7", slot="after", side="after")]

    assert [finding.code for finding in compare(files, claims)] == ["G7"]


def test_a_change_inside_the_noise_and_another_load_are_named():
    files = [recording(STEADY), recording("clean-open-loop.csv.gz", "after")]
    claims = [claim("p99", "192.7"), claim("p99", "202.5", slot="after", side="after")]

    assert [finding.code for finding in compare(files, claims)] == ["L3", "L12", "L12"]


def test_a_real_improvement_under_the_same_load_is_left_in_peace():
    facts = dict(recording(STEADY).facts)
    facts["p99"] = {**facts["p99"], "value": 60.0, "low": 57.0, "high": 64.0}
    files = [recording(STEADY), FileFacts("after", "after.csv", "latency_table", "ff", facts)]
    claims = [claim("p99", "192.7"), claim("p99", "192.7", slot="after", side="after")]

    assert "L3" not in {finding.code for finding in compare(files, claims)}
    assert "L12" not in {finding.code for finding in compare(files, claims)}


def test_claims_that_no_latencies_can_satisfy_are_named():
    claims = [claim("p95", "300"), claim("p99", "120")]

    assert [finding.code for finding in compare([], claims)] == ["L5"]
    assert compare([], [claim("p95", "120"), claim("p99", "300")]) == ()


def test_a_p99_of_120_requests_is_too_few():
    found = compare([recording("L2-trigger-120.csv")], [claim("p99", "167.2")])

    assert [finding.code for finding in found] == ["L2"]


@pytest.mark.parametrize(
    ("layer", "seconds", "codes"),
    [
        ("infra", 66.0, ["L10"]),
        ("Infrastructure", 179.2, []),
        ("infra", 177.9, ["L10"]),
        ("database", 66.0, []),
    ],
)
def test_a_claim_about_the_infrastructure_needs_three_minutes(layer, seconds, codes):
    short = replace(recording(STEADY), facts={**recording(STEADY).facts, "duration_s": seconds})
    claims = [
        replace(claim(metric, value), layer=layer) for metric, value in (("p99", "192.7"), ("p50", "40"))
    ]

    found = [finding for finding in compare([short], claims) if finding.code != "L1"]

    assert [finding.code for finding in found] == codes
    assert all(STEADY in finding.message for finding in found)


def test_nothing_is_said_of_a_length_that_the_file_does_not_show():
    silent = replace(recording(STEADY), facts={**recording(STEADY).facts, "duration_s": None})

    assert compare([silent], [replace(claim("p99", "192.7"), layer="infra")]) == ()


@pytest.mark.parametrize(
    ("typed", "half"), [("120", 0.5), ("1.2", 0.05), ("0.0021", 0.00005), ("840.0", 0.05)]
)
def test_a_typed_number_means_half_a_unit_of_its_last_digit(typed, half):
    assert rounding(Decimal(typed)) == pytest.approx(half)


@pytest.mark.parametrize(("unit", "said"), [("count", "28,110"), ("", "28,110"), ("ms", "28,110 ms")])
def test_a_count_is_said_without_a_unit(unit, said):
    assert with_unit(shown(28_110), unit) == said


def test_a_number_of_several_files_is_said_to_come_from_the_file_it_was_claimed_of():
    folder = Path("demo/evidence")
    names = {
        "timeline-before": "timeline-before.csv",
        "timeline-after": "timeline-after.csv",
        "traffic-before": "traffic-before.csv.gz",
        "traffic-after": "traffic-after.csv.gz",
    }
    files = [
        FileFacts(slot, name, report.kind, name, report.facts)
        for slot, name in names.items()
        for report in [registry.inspect(Source(name, folder / name))]
    ]
    counted = Claim(
        "requests-after", "Requests", "requests", Decimal(23489), "count", "traffic-after", "after"
    )

    (row,) = reckon([counted], files)

    assert (row.verdict, row.source.split(":")[0]) == ("agrees", "traffic-after.csv.gz")
