"""Kinds whose samples are judged alike: every sample gives exactly its codes, and every code has a sample."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from tests.evidence import budget

FOLDER = Path(registry.__file__).parent
KINDS = (
    "alert_rules", "alertmanager", "canary_plan", "ci_run", "ci_workflow", "kill_log", "openslo", "rollback_record",
    "slo_document",
)  # fmt: skip
EXPECTED = {kind: tomllib.loads((FOLDER / kind / "samples" / "samples.toml").read_text()) for kind in KINDS}
ALL = [(kind, name) for kind in KINDS for name in EXPECTED[kind]]
BETWEEN_FILES = {"alert_rules": {"A2", "A9", "A11", "A12"}, "kill_log": {"K2", "K3", "K4", "K9", "K10"}}
LONG = ["- a: [" + "x, " * 200, "  " + "(" * 400, "{{" * 300, "| 9 % " * 150, "99.9 % of a: " * 60]


@cache
def read(kind, name):
    return registry.inspect(Source(name, FOLDER / kind / "samples" / name))


def severities(kind, name, code):
    return {str(finding.severity) for finding in read(kind, name).findings if finding.code == code}


def clean(kind):
    return next(name for name in EXPECTED[kind] if name.startswith("clean"))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_sample_gives_exactly_these_codes(kind, name):
    report = read(kind, name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[kind][name]["codes"]
    assert report.kind == EXPECTED[kind][name]["kind"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_is_listed(kind):
    there = {path.name for path in (FOLDER / kind / "samples").iterdir()}

    assert there - {"samples.toml"} == set(EXPECTED[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_has_a_sample(kind):
    shown = {code for entry in EXPECTED[kind].values() for code in entry["codes"]}
    codes = {rule.code for rule in registry.named(kind).rules}

    assert codes - BETWEEN_FILES.get(kind, set()) <= shown


@pytest.mark.parametrize(("kind", "name"), [each for each in ALL if "-trigger-" in each[1]])
def test_a_trigger_gives_its_code_and_no_praise_of_it_alone(kind, name):
    found = severities(kind, name, name.partition("-")[0]) or severities(kind, name, "G10")

    assert found - {"good"}


@pytest.mark.parametrize(
    ("kind", "name"), [each for each in ALL if each[1].startswith("clean") or "near-miss" in each[1]]
)
def test_what_is_right_is_neither_blocked_nor_warned_of(kind, name):
    assert {str(finding.severity) for finding in read(kind, name).findings} <= {"good"}


@pytest.mark.parametrize("line", LONG)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, kind, line, size):
    path = tmp_path / "file"
    head = (FOLDER / kind / "samples" / clean(kind)).read_text()
    path.write_text(head + (line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("file", path), kind)

    assert "G11" not in {finding.code for finding in report.findings}
