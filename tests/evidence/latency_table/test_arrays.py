"""Requests as one JSON array, alone or under a key, are read as the same requests on lines of their own."""

import gzip
import json

import pytest

from app.evidence import registry
from app.evidence.latency_table import arrays
from app.evidence.source import Source

N = 400
ROWS = [
    {
        "timestamp": 1795168800000 + at * 200,
        "duration_ms": 5.5 + at * 37 % 100,
        "status": 502 if at == 9 else 200,
    }
    for at in range(N)
]
FORMS = {
    "on one line": json.dumps(ROWS),
    "indented": json.dumps(ROWS, indent=2),
    "one entry a line": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "below results": json.dumps({"tool": "ours", "users": 10, "results": ROWS}),
    "below two keys": json.dumps({"run": {"data": ROWS}, "done": True}, indent=1),
    "after another array": json.dumps({"checks": [{"name": "home", "passes": 3}], "requests": ROWS}),
}


def read(tmp_path, data, name="requests.json"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("form", FORMS)
def test_an_array_is_read_like_lines(tmp_path, form):
    table = "timestamp,duration_ms,status\n" + "".join(
        f"{row['timestamp']},{row['duration_ms']},{row['status']}\n" for row in ROWS
    )
    known = (
        "requests",
        "errors",
        "p50",
        "p99",
        "max",
        "mean",
        "duration_s",
        "first_time",
        "throughput",
        "statuses",
    )

    report, rows = read(tmp_path, FORMS[form]), read(tmp_path, table, "table.csv")

    assert {name: report.facts[name] for name in known} == {name: rows.facts[name] for name in known}
    assert {one.code for one in report.findings} == {one.code for one in rows.findings}


@pytest.mark.parametrize(
    "data",
    [
        FORMS["indented"].replace("\n", "\r\n").encode("utf-8-sig"),
        FORMS["on one line"].encode("utf-16"),
        gzip.compress(FORMS["indented"].encode()),
    ],
)
def test_whatever_it_is_encoded_in(tmp_path, data):
    assert read(tmp_path, data).facts["requests"] == N


def test_an_entry_without_a_latency_is_named_by_its_number(tmp_path):
    rows = [*ROWS[:7], ROWS[7] | {"duration_ms": "fast"}, *ROWS[8:]]

    found = next(one for one in read(tmp_path, json.dumps(rows, indent=1)).findings if one.code == "L18")

    assert found.message.startswith("1 of 400 rows has no usable latency. The first is entry 8: `{ ")
    assert found.where.line is None


def test_what_is_there_of_a_cut_array_is_counted_and_the_cut_is_told(tmp_path):
    text = FORMS["indented"]

    report = read(tmp_path, text[: len(text) // 2])

    assert N / 3 < report.facts["requests"] < N
    assert "G9" in {one.code for one in report.findings}


def test_an_array_that_is_broken_in_the_middle_is_refused_with_the_reason(tmp_path):
    report = read(tmp_path, FORMS["on one line"].replace('"status": 502', '"status": '))

    assert [one.code for one in report.findings] == ["G1"]
    assert "an entry of its JSON is broken" in report.findings[0].message


def test_no_more_than_a_piece_is_held_whatever_the_length(tmp_path, monkeypatch):
    monkeypatch.setattr("app.evidence.source.CHUNK", 1000)
    path = tmp_path / "requests.json"
    path.write_text(FORMS["after another array"])

    written = list(arrays.lines(Source(path.name, path), 1))

    assert [json.loads(line) for line in written] == ROWS


def test_an_archive_of_a_browser_is_read(tmp_path):
    entries = [
        {
            "startedDateTime": f"2026-11-20T10:00:{at // 10:02d}.{at % 10}00+01:00",
            "time": 30.25 + at % 7,
            "request": {
                "method": "GET",
                "url": "https://shop.example/cart",
                "headers": [{"name": "a", "value": "b"}],
            },
            "response": {"status": 503 if at == 3 else 200, "content": {"size": 12}},
        }
        for at in range(50)
    ]

    facts = read(
        tmp_path, json.dumps({"log": {"version": "1.2", "pages": [{"id": "1"}], "entries": entries}})
    ).facts

    assert (facts["tool"], facts["requests"], facts["errors"], facts["max"]) == ("HAR", 50, 1, 36.25)


@pytest.mark.parametrize(
    "rows",
    [
        [
            {
                "version": f"1.{at}",
                "started_at": f"2026-11-20T{at:02d}:00:00Z",
                "duration_s": 62,
                "status": "success",
            }
            for at in range(12)
        ],
        [{"name": f"test {at}", "status": "passed", "duration": 12} for at in range(60)],
        [{"name": "job", "status": "completed", "elapsed": 12} for _ in range(60)],
    ],
)
def test_arrays_of_deploys_tests_and_jobs_are_no_requests(tmp_path, rows):
    assert read(tmp_path, json.dumps(rows)).kind != "latency_table"


def test_a_test_that_passed_did_not_fail(tmp_path):
    text = "url,duration_ms,status\n" + "".join(f"/a,{5 + at},passed\n" for at in range(50))

    assert read(tmp_path, text, "tests.csv").facts["errors"] == 0


def test_digits_of_a_double_are_no_digits_of_a_clock(tmp_path):
    rows = [ROWS[at % N] | {"duration_ms": (5123 + at * 37 % 9871) / 1000 * 1.1} for at in range(3000)]

    said = [one.message for one in read(tmp_path, json.dumps(rows)).findings]

    assert not any(message.startswith("The last digits are uneven") for message in said)
