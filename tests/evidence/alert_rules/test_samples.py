"""Every sample gives exactly the codes its table says, every code has a sample, and bytes of any sort give a report."""

import time
import tomllib
from functools import cache
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.alert_rules import KIND
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / KIND.name / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
BETWEEN_FILES = {"A2", "A9", "A11"} if KIND.name == "alert_rules" else set()


@cache
def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def severities(name, code):
    return {str(finding.severity) for finding in read(name).findings if finding.code == code}


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in KIND.rules} - BETWEEN_FILES <= shown


@pytest.mark.parametrize("name", [name for name in EXPECTED if "-trigger-" in name])
def test_a_trigger_gives_its_code_and_no_praise_of_it_alone(name):
    found = severities(name, name.partition("-")[0]) or severities(name, "G10")

    assert found - {"good"}


@pytest.mark.parametrize(
    "name", [name for name in EXPECTED if name.startswith("clean") or "near-miss" in name]
)
def test_what_is_right_is_neither_blocked_nor_warned_of(name):
    assert {str(finding.severity) for finding in read(name).findings} <= {"good"}


@pytest.mark.parametrize(
    "line", ["- a: [" + "x, " * 200, "  " + "(" * 400, "{{" * 300, "| 9 % " * 150, "99.9 % of a: " * 60]
)
@pytest.mark.parametrize("head", [next(name for name in EXPECTED if name.startswith("clean"))])
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, head, line):
    path = tmp_path / "file"
    path.write_text((SAMPLES / head).read_text() + (line + "\n") * (1_000_000 // (len(line) + 1)))

    began = time.process_time()
    report = registry.inspect(Source("file", path), KIND.name)

    assert time.process_time() - began < 2
    assert "G11" not in {finding.code for finding in report.findings}
