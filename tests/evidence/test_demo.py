"""The demo's packs: every file is read as a kind of its slot; true packs are clean, wrong ones say what is wrong."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import comparison, registry
from app.evidence.claims import FileFacts
from app.evidence.findings import Severity
from app.evidence.source import Source

CAST = tomllib.loads(Path("demo/cast.toml").read_text())
OUT = Path("demo/evidence")
PACKS = CAST["packs"]
TRUE = ("bottlenecks", "launch-plan", "on-call-package", "safe-deploys", "stateless")
WRONG = {
    "typed-sum": "C1",
    "launch-plan-slip": "Q3",
    "blind-balancer": "B2",
    "nine-deploys": "Y6",
    "estimate-only": "E2",
}


def slots(capstone):
    course = tomllib.loads(Path(f"course/capstones/{capstone}/capstone.toml").read_text())
    return {slot["key"]: slot["kinds"] for slot in course["slots"]}


def reports(pack):
    return [
        (slot, name, registry.inspect(Source(name, OUT / name)))
        for slot, names in pack["files"].items()
        for name in names
    ]


@pytest.mark.parametrize("name", TRUE)
def test_a_true_pack_is_read_as_what_its_slots_ask_for(name):
    kinds = slots(PACKS[name]["capstone"])
    for slot, file, report in reports(PACKS[name]):
        bad = [finding.message for finding in report.findings if finding.severity is Severity.BLOCK]
        is_prose = "markdown" in kinds[slot] and report.kind == "unknown"
        assert report.kind in kinds[slot] or is_prose, (slot, file, report.kind)
        assert not bad, (file, bad)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_pack_says_what_is_wrong(name):
    codes = {finding.code for _, _, report in reports(PACKS[name]) for finding in report.findings}
    assert WRONG[name] in codes


@pytest.mark.parametrize(("name", "warned"), [("stateless", set()), ("blind-balancer", {"K2"})])
def test_kills_behind_both_balancers_say_what_users_saw(name, warned):
    files = [
        FileFacts(slot, file, found.kind, file, found.facts) for slot, file, found in reports(PACKS[name])
    ]

    found = [one for one in comparison.compare(files, ()) if one.code[0] == "K" and one.code != "K9"]

    assert {one.code for one in found if one.severity is Severity.WARN} == warned
    assert {one.code for one in found if one.severity is Severity.GOOD} >= {"K1", "K12"}
