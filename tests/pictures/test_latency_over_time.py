import pytest

from app.pictures.latency_over_time import latency_over_time
from tests.pictures.facts import latency, timed
from tests.pictures.reading import Read


def plain(text):
    return text.replace("\u00a0", " ")


def steady(count, *, requests=25, p99=50.0):
    return [(float(second), requests, 0, p99) for second in range(count)]


def test_a_steady_run_is_one_line_over_one_area():
    picture = latency_over_time(timed(*steady(60)))
    read = Read(picture.svg)

    assert read.name == "Latency over time"
    assert plain(read.description) == (
        "Whole recording: p50 10 ms, p99 100 ms, n 1,000. The slowest second has a p99 of 50 ms, 0 s into the run."
    )
    assert [each.get("d").count("M") for each in read.has("curve")] == [1]
    assert [each.get("d").count("M") for each in read.has("area")] == [1]
    assert [text for text in read.texts if "p99" in text or "/s" in text or "error" in text] == [
        "p99 100 ms",
        "no errors",
        "up to 25 /s",
    ]
    assert (read.strange, read.outside) == (set(), [])


def test_a_gap_breaks_the_line_and_says_that_there_is_no_data():
    points = [point for point in steady(60) if not 20 <= point[0] < 40]

    picture = latency_over_time(timed(*points))
    read = Read(picture.svg)

    assert [each.get("d").count("M") for each in read.has("curve")] == [2]
    assert [each.get("d").count("M") for each in read.has("area")] == [2]
    assert "no data" in read.texts
    assert plain(picture.conclusion).endswith("no data for 20 s.")


def test_a_step_without_a_p99_breaks_the_line_and_is_no_gap():
    points = steady(10)
    points[5] = (5.0, 3, 3, None)

    read = Read(latency_over_time(timed(*points)).svg)

    assert [each.get("d").count("M") for each in read.has("curve")] == [2]
    assert read.has("gap") == []


def test_errors_are_ticks_where_they_happened_and_a_count():
    points = steady(10)
    points[2], points[7] = (2.0, 25, 1, 50.0), (7.0, 25, 4, 50.0)

    picture = latency_over_time(timed(*points))
    read = Read(picture.svg)

    assert [each.get("d").count("M") for each in read.has("tick")] == [2]
    assert "5 errors" in read.texts
    assert "5 requests failed" in picture.conclusion


def test_a_stall_is_named_with_its_length():
    load = {"stalls": [{"start_s": 20.0, "length_s": 2.5, "waiting": 4}]}

    picture = latency_over_time(timed(*steady(60), load=load))
    read = Read(picture.svg)

    assert "stall 2.5 s" in read.texts
    assert plain(picture.conclusion).endswith("stalled for 2.5 s.")
    assert read.outside == []


def test_a_long_run_is_merged_without_losing_a_request_or_the_worst_step():
    points = steady(600)
    points[417] = (417.0, 25, 2, 900.0)

    picture = latency_over_time(timed(*points))
    read = Read(picture.svg)

    assert len(picture.svg) < 12_000
    assert (
        plain(picture.conclusion)
        == "The slowest 3 s has a p99 of 900 ms, 6:57 into the run; 2 requests failed."
    )
    assert sum(int(row[1].replace(",", "")) for row in picture.table.rows) == 600 * 25
    assert len(picture.table.rows) == 16
    assert read.outside == []


@pytest.mark.parametrize(
    "facts",
    [
        latency(),
        timed(),
        timed((0.0, 5, 0, 10.0)),
        timed((0.0, 5, 0, None), (1.0, 5, 0, None)),
        timed((0.0, 5, 0, 1.0), (1e12, 5, 0, 1.0)),
        timed((0.0, 5, 0, 1.0), (1.0, 5, 0, 1.0), step_s=0),
        latency(series={"points": "none"}),
        latency(series=None),
    ],
)
def test_without_times_there_is_no_picture(facts):
    assert latency_over_time(facts) is None
