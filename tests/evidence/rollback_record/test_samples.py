"""Records of a rollback: moments and versions in three formats, the duration counted again, the timeline beside it."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import deploy_timeline, ledger, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Severity
from app.evidence.rollback_record import between, moments, rules
from app.evidence.rollback_record.entries import Entry
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "rollback_record" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
DRILL = "clean-course.csv"


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def said(report):
    return [finding.message for finding in report.findings]


def timeline(*versions):
    rows = [{"version": version, "line": line} for line, version in enumerate(versions, 2)]
    return FileFacts("timeline-after", "deploys.csv", deploy_timeline.KIND.name, "t", {"deploys": rows})


def record(name=DRILL):
    return FileFacts("rollback-drill", name, "rollback_record", name, read(name).facts)


@pytest.mark.parametrize("name", [DRILL, "clean.json", "clean-wide.csv"])
def test_the_duration_counts_from_the_decision(name):
    facts = read(name).facts

    assert (facts["duration_s"], facts["since"]) == (220.0, "decision")
    assert facts["before"]["version"] != facts["after"]["version"]


@pytest.mark.parametrize("name", ["clean-events.csv", "clean-german.csv", "clean-columns.csv"])
def test_a_drill_as_a_table_is_no_timeline_and_the_deploy_before_the_decision_is_not_its_end(name):
    report = read(name)

    assert [kind for kind, sure in report.candidates if sure > 0.75] == ["rollback_record"]
    assert (report.facts["duration_s"], report.facts["since"]) == (130.0, "decision")
    assert (report.facts["before"]["version"], report.facts["after"]["version"]) in (
        ("2e41c07", "9b7d3aa"),
        ("v2.4.1", "v2.4.0"),
    )


def test_versions_told_in_a_timeline_are_those_before_and_after_the_decision():
    facts = read("clean-timeline.md").facts

    assert (facts["before"]["version"], facts["after"]["version"]) == ("2e41c07", "9b7d3aa")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Y9-trigger-written.md", "The record writes 78 s; from the decision (2026-11-20T14:03:40Z) to the end "
         "(2026-11-20T14:05:10Z) it is 90 s."),
        ("Y9-trigger-missing.md", "The record does not show: the decision, the end, the version that came back, "
         "the version that was taken back."),
        ("Y9-trigger-same.csv", "The version before and the version after are the same: 9b7d3aa."),
        ("Y9-trigger-order.csv", "The end (2026-11-20T13:08:40Z) is before the decision (2026-11-20T14:05:00Z)."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_numbers(name, sentence):
    assert sentence in said(read(name))


@pytest.mark.parametrize(
    ("value", "verdict"), [("220", "agrees"), ("220.9", "agrees"), ("150", "contradicts")]
)
def test_the_claimed_duration_is_held_against_the_times(value, verdict):
    claim = Claim(
        key="rollback-duration", label="Rollback", metric="rollback_duration", unit="s", slot="rollback-drill",
        value=Decimal(value),
    )  # fmt: skip
    (row,) = ledger.reckon([claim], [record()])

    assert (row.verdict, row.recomputed) == (verdict, 220.0)


def test_the_version_that_came_back_is_looked_for_in_the_timeline():
    (known,) = between.together([record(), timeline("2026-11-19-aaaaaaa", "2026-11-20-3F9C1A2")], [])
    (unknown,) = between.together([record(), timeline("2026-11-19-aaaaaaa")], [])

    assert known.severity is Severity.GOOD
    assert known.message.endswith("was deployed before: line 3 of deploys.csv.")
    assert (unknown.code, unknown.severity) == (rules.UNKNOWN_VERSION.code, Severity.WARN)


def test_without_a_timeline_nothing_is_said_of_the_version():
    assert list(between.together([record(), timeline("")], [])) == []


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(sorted(EXPECTED)),
    at=st.integers(0, 900),
    cut=st.integers(0, 80),
    put=st.binary(max_size=20),
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, name, at, cut, put):
    content = (SAMPLES / name).read_bytes()
    path = tmp_path_factory.mktemp("record") / name
    path.write_bytes(content[:at] + put + content[at + cut :])

    first = registry.inspect(Source(name, path), "rollback_record")

    assert first == registry.inspect(Source(name, path), "rollback_record")


@pytest.mark.parametrize(
    "line", ["decision: to ", "| a | 2026-11-20T14:05:00Z |", "done,1h2m3s,", "[" * 50, "9" * 90]
)
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "record.md"
    path.write_text("# Rollback\n" + (line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("record.md", path), "rollback_record")

    assert "G11" not in {finding.code for finding in report.findings}


def test_times_of_a_day_are_those_of_the_day_that_the_title_names():
    facts = read("clean-clock.md").facts

    assert (facts["moments"]["decision"]["time"], facts["duration_s"]) == ("2026-11-12T14:03:00Z", 80.0)
    assert (facts["before"]["version"], facts["after"]["version"]) == ("1.5.0-bad", "1.4.2")


@pytest.mark.parametrize(
    ("rows", "duration"),
    [
        ("- 14:03 UTC decision\n- 14:05:30 UTC done", 150.0),
        ("| Time | What |\n|---|---|\n| 14:03:00 | Decision |\n| 14:05:30 | Done |", 150.0),
        ("- 23:59:30 decision\n- 00:01:00 done", 90.0),
        ("- Decision: 15:03 CET\n- Done: 14:05 UTC\n- Duration: 2:00", 120.0),
    ],
)
def test_times_of_a_day_in_rows_and_over_midnight(tmp_path, rows, duration):
    path = tmp_path / "drill.md"
    path.write_text(f"# Rollback drill\n\nDate: 2026-11-12\n\n{rows}\n")

    assert registry.inspect(Source("drill.md", path), "rollback_record").facts["duration_s"] == duration


@pytest.mark.parametrize(
    "text",
    [
        "# Rollback drill\n\nStart: 2026-11-20T16:04:00Z\nDecision: 2026-11-20T16:05:00Z\n"
        "First instance back: 2026-11-20T16:06:20Z\nDone: 2026-11-20T16:08:40Z\n"
        "Version before: 9d21e70\nVersion after: 3f9c1a2\nLearned: the migration was compatible.\n",
        "# Rollback drill\n\n| step | time |\n|---|---|\n| decision | 2026-11-20T16:05:00Z |\n"
        "| all instances back (done) | 2026-11-20T16:08:40Z |\n\n"
        "Version before: 9d21e70, version after: 3f9c1a2\nLearned: it was compatible.\n",
    ],
)
def test_labels_on_lines_of_one_paragraph_are_read_one_by_one(tmp_path, text):
    (tmp_path / "rollback.md").write_text(text)

    report = registry.inspect(Source("rollback.md", tmp_path / "rollback.md"))

    assert {str(finding.severity) for finding in report.findings} == {"good"}
    assert [report.facts[side]["version"] for side in ("before", "after")] == ["9d21e70", "3f9c1a2"]
    assert report.facts["duration_s"] == 220


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("From the decision to the last instance: 1 min 36 s", 96.0),
        ("From the decision to the first instance: 53 s", None),
        ("Took: 3 min", 180.0),
    ],
)
def test_the_duration_of_a_sentence_is_that_of_all_instances(sentence, written):
    found = moments.written([Entry(*sentence.split(": "), 1)])

    assert (found and found[0]) == written
