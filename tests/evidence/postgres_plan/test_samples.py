"""Each sample is told exactly what samples.toml says, and every rule has a sample that triggers it."""

import tomllib

import pytest

from app.evidence.findings import Unreadable
from app.evidence.plans import pair
from app.evidence.postgres_plan import KIND
from app.evidence.source import Source
from tests.evidence.postgres_plan.kept import SAMPLES

EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text(encoding="utf-8"))


def source(name):
    return Source(name, SAMPLES / name)


def codes(name):
    try:
        return [finding.code for finding in KIND.inspect(source(name)).findings]
    except Unreadable as unreadable:
        return [unreadable.finding.code]


def test_every_sample_is_listed():
    files = {path.name for path in SAMPLES.iterdir()} - {"samples.toml"}

    assert files == set(EXPECTED["files"])


@pytest.mark.parametrize("name", EXPECTED["files"])
def test_a_sample_is_told_what_is_written_beside_it(name):
    assert codes(name) == EXPECTED["files"][name]


@pytest.mark.parametrize("expected", EXPECTED["pairs"], ids=lambda row: f"{row['before']}-{row['after']}")
def test_a_pair_is_told_what_is_written_beside_it(expected):
    before, after = (KIND.inspect(source(expected[side])).facts for side in ("before", "after"))

    assert [finding.code for finding in pair.compare(before, after)] == expected["codes"]


def test_every_rule_fires_somewhere_and_stays_silent_somewhere():
    told = [set(codes) for codes in EXPECTED["files"].values()] + [
        set(row["codes"]) for row in EXPECTED["pairs"]
    ]
    fired = set().union(*told)

    assert {rule.code for rule in KIND.rules} == fired
    assert set.intersection(*told) == set()


def test_every_variant_of_a_rule_fires_on_a_sample():
    said = {
        (finding.code, finding.why)
        for name in EXPECTED["files"]
        if name != "query.sql"
        for finding in told(name)
    }
    for row in EXPECTED["pairs"]:
        before, after = (KIND.inspect(source(row[side])).facts for side in ("before", "after"))
        said |= {(finding.code, finding.why) for finding in pair.compare(before, after)}

    silent = [
        rule.code
        for rule in KIND.rules
        if "{" not in rule.why and (rule.code, rule.why) not in said and rule.code != "E1"
    ]

    assert silent == []


def told(name):
    try:
        return KIND.inspect(source(name)).findings
    except Unreadable as unreadable:
        return (unreadable.finding,)


def test_plans_are_recognised_by_their_content():
    sure = {name: KIND.sniff(source(name)) for name in EXPECTED["files"] if name != "query.sql"}

    assert {name for name, confidence in sure.items() if confidence < 0.5} == set()
    assert KIND.sniff(source("query.sql")) == 0.0
