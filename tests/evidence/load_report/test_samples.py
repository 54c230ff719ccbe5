"""Every sample gives exactly the codes its table says, and every rule has a sample that says it."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.findings import Severity
from app.evidence.load_report import KIND
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "load_report" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
SAID_OF_ALL = {"L2", "L14"}


@cache
def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed_and_says_how_it_was_made():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)
    assert [name for name, entry in EXPECTED.items() if not entry["made"]] == []


@pytest.mark.parametrize("name", [name for name in EXPECTED if "-trigger-" in name])
def test_a_trigger_gives_the_code_of_its_name(name):
    assert name.partition("-")[0] in EXPECTED[name]["codes"]


@pytest.mark.parametrize("name", [name for name in EXPECTED if "-near-miss-" in name])
def test_a_near_miss_gives_no_warning_of_its_code(name):
    code = name.partition("-")[0]

    assert [
        finding.message
        for finding in read(name).findings
        if finding.code == code and finding.severity is Severity.WARN
    ] == []


def says(rule, finding):
    """Whether a finding is this rule's sentence, with anything in its fields."""
    pattern = ".*".join(map(re.escape, re.split(r"\{\w+(?:[:!][^}]*)?\}", rule.message)))
    return rule.code == finding.code and re.fullmatch(pattern, finding.message, re.DOTALL) is not None


@pytest.mark.parametrize("rule", KIND.rules, ids=lambda rule: f"{rule.code} {rule.message[:30]}")
def test_every_rule_is_said_of_a_sample(rule):
    assert any(says(rule, finding) for name in EXPECTED for finding in read(name).findings)


def test_true_output_of_a_tool_is_neither_blocked_nor_suspected():
    for name in EXPECTED:
        if name.startswith("clean-"):
            warned = {
                finding.code
                for finding in read(name).findings
                if finding.severity in (Severity.BLOCK, Severity.WARN)
            }
            assert warned <= {"L14"}, name


def test_only_files_without_a_number_are_blocked():
    blocked = {name for name in EXPECTED if read(name).is_blocked}

    assert blocked == {name for name in EXPECTED if name.startswith("G1-")}


def test_two_kinds_are_never_plausible():
    assert [name for name in EXPECTED if len(read(name).candidates) > 1] == []
