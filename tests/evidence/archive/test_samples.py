"""Every sample gives exactly its codes, and every code has a sample."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.archive import KIND
from app.evidence.source import Source

SAMPLES = Path(registry.__file__).parent / "archive" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
OF_THE_PORTAL = {"Z12"}
ONCALL = {
    "oncall/alerts.yaml": "alert_rules",
    "oncall/kill-switches.csv": "kill_switches",
    "oncall/runbooks/payments.md": "runbook",
    "oncall/slo.yaml": "openslo",
}


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert report.kind == "archive"
    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]


def test_every_code_and_every_sample_is_in_the_table():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in KIND.rules} - OF_THE_PORTAL == shown
    assert {path.name for path in SAMPLES.iterdir()} == {*EXPECTED, "samples.toml"}


@pytest.mark.parametrize(("name", "form"), [("clean-oncall.zip", "zip"), ("clean-oncall.tar.gz", "tar.gz")])
def test_the_parts_of_a_package_are_listed_with_what_they_are(name, form):
    facts = read(name).facts

    assert facts["format"] == form
    assert {part["path"]: part["kind"] for part in facts["parts"]} == ONCALL
    assert facts["total"] == sum(part["size"] for part in facts["parts"])
    assert facts["left_out"] == []


def test_a_part_has_the_hash_of_the_sample_it_was_packed_from():
    packed = {part["path"]: part["sha256"] for part in read("clean-oncall.zip").facts["parts"]}
    book = SAMPLES.parents[1] / "runbook" / "samples" / "clean-payments.md"

    assert packed["oncall/runbooks/payments.md"] == Source(book.name, book).sha256()


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Z4-trigger-password.zip", [("slo.yaml", "encrypted")]),
        ("Z5-trigger-root.tar.gz", [("/etc/cron.d/job", "outside")]),
        (
            "Z6-trigger-links.tar.gz",
            [("runbooks/latest.md", "link"), ("runbooks/hard.md", "link"), ("pipe", "device")],
        ),
        ("Z7-trigger-nested.zip", [("runbooks.zip", "nested")]),
        ("Z8-trigger-appended.tar", [("alerts.yaml", "twice")]),
        ("Z9-trigger-lzma.zip", [("slo.yaml", "method")]),
        ("Z13-trigger-no-end.tar", [("alerts.yaml", "cut")]),
        (
            "Z10-trigger-systems.zip",
            [
                ("__MACOSX/._slo.yaml", "left by a system"),
                (".DS_Store", "left by a system"),
                ("empty.txt", "empty"),
            ],
        ),
    ],
)
def test_what_was_left_out_is_listed_with_its_reason(name, left):
    facts = read(name).facts

    assert [(each["path"], each["why"]) for each in facts["left_out"]] == left
    assert len(facts["parts"]) == 1 + (name == "Z13-trigger-no-end.tar")
