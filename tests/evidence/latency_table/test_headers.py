"""Tables as people of several countries and tools name and write their columns: the same requests are read in all."""

from datetime import UTC, datetime

import pytest

from app.evidence import registry
from app.evidence.source import Source

START = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC).timestamp()
REQUESTS = [(START + at, 20 + at % 37 + 0.25, 503 if at % 100 == 7 else 200) for at in range(1000)]
LONGEST = max(ms for _, ms, _ in REQUESTS)


def written(at, form):
    return datetime.fromtimestamp(at, UTC).strftime(form)


def comma(ms):
    return f"{ms:.2f}".replace(".", ",")


TABLES = {
    "German": (
        "Zeitstempel;Antwortzeit in ms;Statuscode",
        lambda at, ms, status: f"{written(at, '%d.%m.%Y %H:%M:%S')};{comma(ms)};{status}",
    ),
    "French": (
        "Horodatage;Durée (ms);Code HTTP",
        lambda at, ms, status: f"{written(at, '%d.%m.%Y %H:%M:%S')};{comma(ms)};{status}",
    ),
    "Spanish": (
        "Fecha;Tiempo de respuesta (ms);Estado",
        lambda at, ms, status: f"{written(at, '%Y-%m-%d %H:%M:%S')};{comma(ms)};{status}",
    ),
    "AM and PM": (
        "timestamp,latency_ms,status",
        lambda at, ms, status: f"{written(at, '%m/%d/%Y %I:%M:%S %p')},{ms},{status}",
    ),
    "status with its words": (
        "timestamp,latency_ms,status",
        lambda at, ms, status: (
            f"{written(at, '%Y-%m-%dT%H:%M:%SZ')},{ms},"
            f"{status} {'OK' if status == 200 else 'Service Unavailable'}"
        ),
    ),
    "a loop of curl": (
        None,
        lambda at, ms, status: f"{written(at, '%Y-%m-%dT%H:%M:%S+00:00')},{status},{ms / 1000:.6f}",
    ),
}


def report(tmp_path, lines):
    path = tmp_path / "times.csv"
    path.write_text("\n".join(lines) + "\n")
    return registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("way", TABLES)
def test_the_same_requests_are_read_however_their_columns_are_called_and_written(tmp_path, way):
    header, row = TABLES[way]

    found = report(tmp_path, [*([header] if header else []), *(row(*each) for each in REQUESTS)])

    assert found.kind == "latency_table"
    assert (found.facts["requests"], found.facts["errors"]) == (1000, 10)
    assert found.facts["max"] == pytest.approx(LONGEST)
    assert found.facts["duration_s"] == pytest.approx(999, abs=0.1)
    assert {one.code for one in found.findings} <= {"L2", "L7", "L13", "L15"}


def test_a_row_that_sums_up_the_others_is_no_request(tmp_path):
    rows = [f"{written(at, '%Y-%m-%dT%H:%M:%SZ')},{ms},{status}" for at, ms, status in REQUESTS]

    found = report(tmp_path, ["timestamp,latency_ms,status", *rows, "", "total,1000,", "p99,999.9,"])

    assert (found.facts["requests"], found.facts["unreadable_rows"]) == (1000, 0)
    assert found.facts["max"] == pytest.approx(LONGEST)


@pytest.mark.parametrize(
    "rows",
    [
        ["2026-11-20T10:00:0{0}Z,200,0.03{0},1{0}24"],
        ["2026-11-20T10:00:0{0}Z,0.03{0}"],
        ["web-{0},200,0.03{0}"],
    ],
    ids=["two numbers", "no status", "no time"],
)
def test_without_a_header_a_table_that_leaves_a_choice_is_not_guessed(tmp_path, rows):
    found = report(tmp_path, [row.format(at) for row in rows for at in range(10)] * 9)

    assert found.kind != "latency_table"
