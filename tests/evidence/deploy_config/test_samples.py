"""Scripts and units that roll instances: what ends gently, what does not, and what asks for readiness."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.deploy_config import rules
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "deploy_config" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == "deploy_config"


def test_every_sample_is_listed_and_shows_every_rule():
    said = {finding.why for name in EXPECTED for finding in read(name).findings}

    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)
    assert {rule.why for rule in rules.RULES} == said


@pytest.mark.parametrize(
    ("name", "severities"),
    [
        ("clean-roll.sh", ["good"]),
        ("clean-app.service", ["good"]),
        ("Y8-near-miss-kill-after-term.sh", ["good"]),
        ("Y8-trigger-kill.sh", ["warn", "warn"]),
        ("Y8-trigger-builds.sh", ["note"]),
    ],
)
def test_a_kill_after_a_drain_is_none(name, severities):
    assert [finding.severity.value for finding in read(name).findings] == severities


def test_the_grace_of_a_unit_is_read():
    facts = read("clean-app.service").facts

    assert (facts["tool"], facts["grace_s"], facts["restarts"][0]["line"]) == ("systemd", 45.0, 5)


@settings(max_examples=40, deadline=None)
@given(seed=st.sampled_from(sorted(EXPECTED)), at=st.integers(0, 400), put=st.binary(max_size=40))
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, seed, at, put):
    data, path = (SAMPLES / seed).read_bytes(), tmp_path_factory.mktemp("fuzz") / "deploy.sh"
    path.write_bytes(data[:at] + put + data[at:])

    first, second = (registry.inspect(Source("deploy.sh", path), "deploy_config") for _ in range(2))

    assert output.as_json([("x", first)]) == output.as_json([("x", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize(
    "line", ["kill -9 1; systemctl restart a", "docker " * 80, "x" * 900, " " * 900 + "y"]
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "deploy.sh"
    path.write_text("#!/bin/sh\nsystemctl restart a\n" + (line + "\n") * (1_000_000 // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("deploy.sh", path), "deploy_config")

    assert report.kind == "deploy_config"
