"""Tables that say when a request began and when it ended: the latency is the difference, whatever the clock counts."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.evidence import registry
from app.evidence.source import Source

N = 400
START = 1_795_168_800_000_000  # microseconds


def iso(zone=UTC, timespec="milliseconds"):
    return lambda us: datetime.fromtimestamp(us / 1e6, zone).isoformat(timespec=timespec)


CLOCKS = {
    "ISO": ("start,end,status", iso()),
    "ISO without a zone": ("begin,end,status", lambda us: iso()(us).removesuffix("+00:00")),
    "two zones": ("started_at,finished_at,status", iso(timezone(timedelta(hours=5, minutes=30)))),
    "seconds": ("start_time,end_time,status_code", lambda us: f"{us / 1e6:.3f}"),
    "milliseconds": ("start_ms,end_ms,code", lambda us: us // 1000),
    "microseconds": ("sent_at,received_at,status", lambda us: us),
    "nanoseconds": ("startTime,endTime,status", lambda us: us * 1000),
    "seconds since the start": ("t0,t1,status", lambda us: f"{(us - START) / 1e6:.3f}"),
    "milliseconds since the start": ("request_start,response_end,status", lambda us: (us - START) // 1000),
    "Apache's form": (
        "start,end,status",
        lambda us: datetime.fromtimestamp(us / 1e6, UTC).strftime("%d/%b/%Y:%H:%M:%S.%f"),
    ),
}


def took(at):
    """In ms: 5 to 104, evenly."""
    return 5 + at * 37 % 100


def table(header, clock, *, length=took, status=lambda at: 500 if at % 40 == 0 else 200, n=N):
    rows = [
        f"{clock(START + at * 200_000)},{clock(START + at * 200_000 + length(at) * 1000)},{status(at)}"
        for at in range(n)
    ]
    return "\n".join([header, *rows]) + "\n"


def read(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("clock", CLOCKS)
def test_the_latency_is_the_end_less_the_start(tmp_path, clock):
    facts = read(tmp_path, table(*CLOCKS[clock])).facts

    assert (facts["requests"], facts["n"], facts["errors"]) == (N, N, N // 40)
    assert (facts["min"], facts["p50"]["value"], facts["p99"]["value"], facts["max"]) == (5, 54, 103, 104)
    assert facts["duration_s"] == pytest.approx(0.2 * (N - 1) + took(N - 1) / 1000, abs=0.01)


def test_what_was_assumed_is_said(tmp_path):
    said = [
        one.message for one in read(tmp_path, table(*CLOCKS["milliseconds"])).findings if one.code == "L13"
    ]

    assert [" ".join(message.split()[-5:]) for message in said] == ["latency is `end_ms` less `start_ms`."]


def test_requests_that_end_before_they_start_are_told_with_their_line(tmp_path):
    text = table("start,end,status", iso(), length=lambda at: -3 if at in (7, 9) else took(at))

    report = read(tmp_path, text)

    found = next(one for one in report.findings if one.code == "L18")
    assert found.message.startswith("2 of 400 requests end before they start,")
    assert found.where.line == 9
    assert report.facts["n"] == N - 2


def test_a_request_without_an_end_failed_when_its_status_says_so(tmp_path):
    lines = table("start,end,status", iso(), status=lambda _: 200).splitlines()
    lines[5] = lines[5].split(",")[0] + ",,504"

    report = read(tmp_path, "\n".join(lines) + "\n")

    assert "L18" not in {one.code for one in report.findings}
    assert (report.facts["requests"], report.facts["n"], report.facts["errors"]) == (N, N - 1, 1)


def test_columns_that_changed_places_are_named(tmp_path):
    report = read(tmp_path, table("end,start,status", iso()))

    assert [one.code for one in report.findings if one.severity == "block"] == ["G1"]
    assert "in none of the 400 rows `end` is a time after `start`" in report.findings[0].message


def test_whole_seconds_show_requests_and_no_latencies(tmp_path):
    report = read(tmp_path, table("start,end,status", iso(timespec="seconds")))

    assert (report.facts["requests"], "p99" in report.facts) == (N, False)
    assert "L4" in {one.code for one in report.findings}


def test_a_log_with_the_same_two_times_is_read_too(tmp_path):
    starts = range(START, START + N * 10**6, 10**6)
    entries = [
        {"start": iso()(us), "end": iso()(us + took(at) * 1000), "status": 200}
        for at, us in enumerate(starts)
    ]
    rows = "\n".join(map(json.dumps, entries))

    assert read(tmp_path, rows, "log.jsonl").facts["p99"]["value"] == 103


@pytest.mark.parametrize(
    ("header", "minutes", "status"),
    [
        ("start,end,status", 4, "success"),
        ("started_at,completed_at,conclusion", 3, "success"),
        ("start,end,status", 15, "200"),
    ],
)
def test_spans_of_minutes_are_no_requests(tmp_path, header, minutes, status):
    text = table(header, iso(), length=lambda _: minutes * 60_000, status=lambda _: status)

    assert read(tmp_path, text).kind != "latency_table"


def test_one_zone_named_and_the_other_not_are_no_span(tmp_path):
    lines = [
        row.replace("+00:00,200", ",200")
        for row in table("start,end,status", iso(), status=lambda _: 200).split("\n")
    ]

    assert read(tmp_path, "\n".join(lines)).kind == "unknown"
