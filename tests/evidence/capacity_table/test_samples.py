"""Capacity tables: what their columns mean, what is computed again, and the claims of the four milestones."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import ledger, output, registry
from app.evidence.capacity_table import KIND, rules
from app.evidence.capacity_table.stages import stages
from app.evidence.claims import Claim, FileFacts
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "capacity_table" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == KIND.name


def test_every_sample_is_listed_and_every_code_has_one():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)
    assert {rule.code for rule in rules.RULES} == {code for one in EXPECTED.values() for code in one["codes"]}


@pytest.mark.parametrize("name", ["clean-brief.csv", "clean-semicolons.csv", "clean-turned.md"])
def test_the_same_table_reads_the_same_however_it_is_written(name):
    found = read(name).facts["stages"]

    assert [(stage["stage"], stage["numbers"]["peak_rps"]["value"]) for stage in found] == [
        ("100", 0.2), ("1k", 1.6), ("10k", 14), ("100k", 116),
    ]  # fmt: skip
    assert [stage["numbers"]["storage"]["value"] for stage in found] == [1, 4, 40, 400]


@pytest.mark.parametrize("name", ["clean-german.csv", "clean-german-turned.csv"])
def test_german_heads_and_commas_are_read_and_what_is_written_is_kept(name):
    found = read(name).facts["stages"]

    assert [stage["stage"] for stage in found] == ["100", "1k", "10k", "100k"]
    assert [stage["numbers"]["peak_rps"]["value"] for stage in found] == [0.12, 1.2, 11.6, 115.7]
    assert [stage["numbers"]["mean_rps"]["written"] for stage in found] == ["0,023", "0,23", "2,3", "23,1"]
    assert [stage["numbers"]["cost"]["value"] for stage in found] == [20, 45, 180, 1400]


@pytest.mark.parametrize(
    ("cells", "value"),
    [(["1,000", "0.5"], 1000), (["1.000", "0,5"], 1000), (["1.000", "2"], 1000), (["1,000", "2"], 1000)],
)
def test_a_table_says_itself_what_its_commas_are(cells, value):
    (stage,) = stages(["users", "peak rps"], [(2, cells)])

    assert stage["users"] == value


def test_sizes_and_times_are_turned_into_base_units():
    heads = ["users", "storage", "latency", "peak (req/s)", "cost"]

    (stage,) = stages(heads, [(2, ["10k", "500 MB", "0.2 s", "14", "$1,200"])])

    assert {name: number["value"] for name, number in stage["numbers"].items()} == {
        "users": 10_000, "storage": 0.5, "latency": 200, "peak_rps": 14, "cost": 1200,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "unit", "right", "wrong"),
    [
        ("users", "count", 10000, 9000),
        ("throughput", "requests/s", 14, 16),
        ("peak_factor", "x", 6, 5),
        ("storage", "GB", 40, 42),
        ("cost", "USD", 60, 66),
    ],
)
def test_claims_of_a_milestone_are_held_to_its_row(metric, unit, right, wrong):
    report = read("clean-brief.csv")
    file = FileFacts("capacity-table", "clean-brief.csv", report.kind, "x", report.facts)
    claims = [
        Claim("k", "k", metric, Decimal(value), unit, "capacity-table", layer="10k")
        for value in (right, wrong)
    ]

    assert [row.verdict for row in ledger.reckon(claims, [file])] == ["agrees", "contradicts"]


def test_a_row_that_is_not_there_is_named():
    report = read("Q2-trigger-stage.csv")
    file = FileFacts("capacity-table", "t.csv", report.kind, "x", report.facts)

    (row,) = ledger.reckon(
        [Claim("k", "k", "cost", Decimal(600), "USD", "capacity-table", layer="100k")], [file]
    )

    assert row.verdict == "unchecked"
    assert "rows for 100, 1,000, 10,000 users only" in row.reason


SEEDS = [(SAMPLES / name).read_bytes() for name in EXPECTED]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.sampled_from(SEEDS), at=st.integers(0, 300), cut=st.integers(0, 60), put=st.binary(max_size=30)
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, seed, at, cut, put):
    path = tmp_path_factory.mktemp("fuzz") / "capacity.csv"
    path.write_bytes(seed[:at] + put + seed[at + cut :])

    first, second = (registry.inspect(Source("capacity.csv", path), KIND.name) for _ in range(2))

    assert output.as_json([("x", first)]) == output.as_json([("x", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize("line", ["users,peak_rps", "|---|---|", "1e999,1e999", '"', "100," * 4000])
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "capacity.csv"
    path.write_text("users,peak_rps,storage_gb\n" + (line + "\n") * (1_000_000 // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("capacity.csv", path), KIND.name)

    assert report.kind == KIND.name
