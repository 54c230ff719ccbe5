"""Plans of a canary or a blue-green release: their steps, and which part would be asked for first."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import registry
from app.evidence.findings import Severity
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "canary_plan" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def text(tmp_path, content):
    path = tmp_path / "plan.md"
    path.write_text(content)
    return registry.inspect(Source("plan.md", path), "canary_plan")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "No step with a share of the traffic and no condition that stops the release was found."),
        ("few-steps", "0 steps with a share of the traffic were found; a canary has at least two."),
        ("no-switch", "The plan names blue and green and not how traffic is switched between them."),
        ("order", "The share does not grow: 5 % is followed by 3 %."),
        ("no-time", "The step of 5 % has no time for which it is watched."),
        ("missing", "Nothing was recognised as: the class of change it is for, what stops it, what becomes of the data "
         "while both versions run."),
        ("no-number", "What stops the release has no number."),
    ],
)  # fmt: skip
def test_each_gap_is_named(name, sentence):
    (finding,) = [one for one in read(f"Y12-trigger-{name}.md").findings if one.severity is not Severity.GOOD]

    assert finding.message == sentence


def test_the_steps_are_those_of_the_table():
    assert [(step["share"], step["bake_s"]) for step in read("clean-table.md").facts["steps"]] == [
        (5.0, 900.0),
        (33.0, 1_800.0),
        (100.0, 86_400.0),
    ]


def test_a_list_of_limits_is_no_list_of_steps(tmp_path):
    report = text(tmp_path, "# Canary\n\n- roll back above 5 % errors\n- roll back above 2 % timeouts\n")

    assert report.facts["steps"] == []


def test_only_a_page_without_step_and_part_is_refused():
    assert [name for name in EXPECTED if read(name).is_blocked] == ["Y12-trigger-nothing.md"]


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(sorted(EXPECTED)),
    at=st.integers(0, 900),
    cut=st.integers(0, 80),
    put=st.binary(max_size=20),
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, name, at, cut, put):
    content = (SAMPLES / name).read_bytes()
    path = tmp_path_factory.mktemp("plan") / name
    path.write_bytes(content[:at] + put + content[at + cut :])

    first = registry.inspect(Source(name, path), "canary_plan")

    assert first == registry.inspect(Source(name, path), "canary_plan")


@pytest.mark.parametrize(
    "line", ["- 5 % of traffic", "| 5 % | 10 min |", "# canary 5 %", "stop " * 40, "9" * 90]
)
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    with budget.seconds(2):
        report = text(tmp_path, "# Canary\n" + (line + "\n") * (size // (len(line) + 1)))

    assert "G11" not in {finding.code for finding in report.findings}
