"""Calendars of drills in Markdown, CSV and iCalendar: quarters without a drill, what each drill lacks, repetitions."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.claims import FileFacts
from app.evidence.drill_schedule import KIND, between, calendar, rules
from app.evidence.findings import Severity
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "drill_schedule" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def file(name):
    return FileFacts("drills", name, "drill_schedule", name, read(name).facts)


def alerts(*names):
    return FileFacts("alert-rules", "a", "alert_rules", "a", {"alerts": [{"name": name} for name in names]})


def days(rule, start="20270131"):
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{start}\nRRULE:{rule}\nEND:VEVENT\nEND:VCALENDAR\n"
    (event,) = calendar.events(text)
    return [day.isoformat() for day in event.days]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("# Game day checklist\n\n- [ ] Tell support\n- [ ] Open the dashboards\n", False),
        ("# Guide to chaos days\n\n| Phase | Lasts |\n|---|---|\n| Briefing | 30 min |\n", False),
        ("# Game day checklist\n\n| Day | What |\n|---|---|\n| 2027-02-12 | Kill Redis |\n", True),
        ("# Game days\n\nWe hold them when there is time.\n", True),
    ],
)
def test_a_guide_without_a_day_is_no_calendar(text, is_ours, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(text)

    assert (KIND.sniff(Source(path.name, path)) > 0.3) is is_ours


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_of_one_file_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in rules.SINGLE} == shown


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("clean-year.csv", ["2027-02-12", "2027-05-14", "2027-08-13", "2027-11-12"]),
        ("clean-year.md", ["2027-02-12", "2027-04-01", "2027-08-13", "2027-11-12"]),
        ("clean-year.ics", ["2027-02-12", "2027-05-12", "2027-08-12", "2027-11-12"]),
    ],
)
def test_every_quarter_has_its_drill_however_it_is_written(name, dates):
    facts = read(name).facts

    assert [drill["day"] for drill in facts["drills"]] == dates
    assert [(one["name"], one["drills"]) for one in facts["quarters"]] == [
        ("2027-Q1", 1),
        ("2027-Q2", 1),
        ("2027-Q3", 1),
        ("2027-Q4", 1),
    ]
    assert facts["drills"][0]["hypothesis"] == "no user-visible error"


def test_the_empty_quarter_is_named():
    (found,) = read("H1-trigger-empty-quarter.csv").findings

    assert found.message == "No drill in 2027-Q3, which is one of the four quarters from 2027-Q1 on."


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", ["2027-01-31", "2027-07-31", "2027-10-31", "2028-01-31"]),
        ("FREQ=YEARLY;COUNT=2", ["2027-01-31", "2028-01-31"]),
        ("FREQ=WEEKLY;INTERVAL=13;UNTIL=20270801", ["2027-01-31", "2027-05-02", "2027-08-01"]),
        ("FREQ=MONTHLY;BYDAY=1FR", ["2027-01-31"]),
        ("FREQ=SECONDLY", ["2027-01-31"]),
        ("FREQ=DAILY;COUNT=99999999", [f"2027-{'01-31' if n == 0 else f'02-{n:02}'}" for n in range(24)]),
    ],
)
def test_repetitions(rule, expected):
    assert days(rule) == expected


def test_a_repetition_at_the_end_of_time_ends():
    assert days("FREQ=YEARLY;INTERVAL=9999;COUNT=5") == ["2027-01-31"]


def test_drills_that_name_an_alert_of_the_package():
    year = file("clean-year.csv")

    assert list(between.together([year], [])) == []
    (good,) = between.together([year, alerts("ReplicaLag", "Other")], [])
    (spaced,) = between.together([year, alerts("replica_lag")], [])
    (bad,) = between.together([year, alerts("DiskFull")], [])
    assert (good.code, good.numbers["count"], good.numbers["total"]) == ("H4", 1, 4)
    assert spaced == good
    assert (bad.code, bad.severity, bad.numbers["alerts"]) == ("H4", Severity.NOTE, "DiskFull")


@pytest.mark.parametrize(
    "line",
    [
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nRRULE:FREQ=DAILY\nEND:VEVENT",
        "BEGIN:VCALENDAR\n " + "x" * 900,
        "date,scenario,hypothesis",
        "2027-01-01,a,b,c,d",
        "| 2027-01-01 | drill |",
        '"',
    ],
)
@pytest.mark.parametrize("size", budget.SIZES)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line, size):
    path = tmp_path / "drills"
    path.write_text((line + "\n") * (size // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("drills", path), KIND.name)

    assert "G11" not in {finding.code for finding in report.findings}


def test_a_date_counts_before_the_quarter_beside_it():
    facts = read("H3-near-miss-quarter-and-date.md").facts

    assert [drill["day"] for drill in facts["drills"]] == [
        "2027-02-10",
        "2027-05-12",
        "2027-08-11",
        "2027-11-10",
    ]


PAST = """date,scenario,hypothesis,blast radius,abort,owner
2026-02-10,kill one instance,nobody sees an error,one instance,error rate over 1 %,Ada
2026-11-10,fail over the database,writes fail for 30 s,one database,writes fail for 60 s,Lin
"""


@pytest.mark.parametrize(("today", "is_over"), [("2026-11-11", False), ("2026-11-12", True), (None, False)])
def test_a_calendar_whose_last_day_has_passed_is_said_to_be_over(tmp_path, today, is_over):
    path = tmp_path / "drills.csv"
    path.write_text(PAST)
    day = date.fromisoformat(today) if today else None

    report = registry.inspect(Source(path.name, path), today=day)

    messages = [finding.message for finding in report.findings if finding.code == "H3"]
    assert messages == ["All 2 drills lie in the past: the last was on 2026-11-10."] * is_over
