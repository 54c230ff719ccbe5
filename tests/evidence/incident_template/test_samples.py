"""Incident templates: which part an incident would lack, and whether one was ever used."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.incident_template import KIND, rules
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "incident_template" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in rules.RULES} == shown


def test_the_facts_name_the_parts_and_the_levels():
    facts = read("clean-course.md").facts

    assert facts["parts"] == ["commander", "communication", "declare", "review", "timeline"]
    assert (facts["severities"], facts["has_times"]) == (["S1", "S2", "S3"], True)


def test_what_is_missing_is_named_in_words():
    found = [finding.message for finding in read("I2-trigger-no-roles-no-timeline.md").findings]

    assert found == [
        "No section was recognised as who leads, and what each role does.",
        "No section was recognised as the timeline.",
    ]


def test_only_a_page_without_any_part_is_refused():
    assert [name for name in EXPECTED if read(name).is_blocked] == ["I1-trigger-nothing.md"]


@pytest.mark.parametrize(
    "line", ["# roles", "**Roles: b** ", "- S1 every 10 minutes " * 20, "| 14:02 | b |", "> " * 200]
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "page.md"

    for size in budget.SIZES:
        path.write_text((line + "\n") * (size // (len(line) + 1)))
        with budget.seconds(2):
            report = registry.inspect(Source("page.md", path), KIND.name)

        assert "G11" not in {finding.code for finding in report.findings}


def test_a_template_says_the_same_in_asciidoc():
    assert read("clean-course.adoc").facts == read("clean-course.md").facts
