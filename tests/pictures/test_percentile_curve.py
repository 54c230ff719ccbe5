import math
from pathlib import Path

import pytest

from app.pictures.percentile_curve import percentile_curve
from tests.pictures.facts import latency, level
from tests.pictures.reading import Read


def plain(text):
    return text.replace("\u00a0", " ")


def test_two_runs_are_told_apart_without_colour_and_named_at_their_ends():
    picture = percentile_curve(latency(), latency(scale=0.1))
    read = Read(picture.svg)

    assert read.root.get("role") == "img"
    assert read.name == "Latency by percentile, before and after"
    assert [each.tag for each in read.has("before")] == ["g", "g"]
    assert [each.tag for each in read.has("after")] == ["g", "g"]
    assert read.texts[-5:-1] == ["before", "p99 100 ms", "after", "p99 10 ms"]
    assert (read.strange, read.outside) == (set(), [])


def test_times_of_zero_lie_on_an_axis_that_says_zero():
    read = Read(percentile_curve(None, latency(scale=0.0)).svg)

    assert [plain(text) for text in read.texts if text.endswith("ms")] == ["0 ms", "p99 0 ms"]
    assert read.outside == []


def test_the_stylesheet_dashes_before_and_not_after():
    sheet = (Path(__file__).parents[2] / "static/portal.css").read_text("utf-8")

    dashed = [line for line in sheet.splitlines() if "stroke-dasharray" in line and ".curve" in line]

    assert [line.split("{")[0].strip() for line in dashed] == [".plot .before .curve"]


def test_the_description_gives_p50_p99_and_n_of_each_run():
    read = Read(percentile_curve(latency(), latency(scale=0.1, n=2000)).svg)

    assert plain(read.description) == (
        "Before (dashed): p50 10 ms, p99 100 ms (90 ms to 110 ms), n 1,000. "
        "After (solid): p50 1 ms, p99 10 ms (9 ms to 11 ms), n 2,000."
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            (100, 90, 110),
            (20, 18, 22),
            "p99 went from 100 ms to 20 ms, 5 times lower; the 95 % intervals do not overlap.",
        ),
        (
            (100, 90, 110),
            (95, 80, 105),
            "p99 went from 100 ms to 95 ms, 5 % lower; the 95 % intervals overlap, so chance may be the reason.",
        ),
        (
            (100, 90, None),
            (200, 150, 250),
            "p99 went from 100 ms to 200 ms, 2 times higher; the sample is too small for an interval on both sides.",
        ),
        ((100, 90, 110), (None, None, None), "The p99 of one side is not known."),
    ],
)
def test_the_sentence_says_no_more_than_the_intervals_allow(before, after, said):
    picture = percentile_curve(latency(p99=level(*before)), latency(p99=level(*after)))

    assert plain(picture.conclusion) == said


def test_the_table_holds_every_number_and_says_where_an_interval_stays_open():
    table = percentile_curve(latency(errors=3, error_rate=0.003), latency(scale=0.1)).table

    assert table.columns == ("", "before", "after")
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("p50", "10 ms", "1 ms"),
        ("p90", "20 ms", "2 ms"),
        ("p95", "30 ms", "3 ms"),
        ("p99", "100 ms (90 ms to 110 ms)", "10 ms (9 ms to 11 ms)"),
        ("p99.9", "150 ms (at least 120 ms)", "15 ms (at least 12 ms)"),
        ("max", "200 ms", "20 ms"),
        ("requests", "1,000", "1,000"),
        ("errors", "3 (0.3 %)", "0"),
        ("requests a second", "25", "25"),
    ]


def test_labels_of_lines_that_end_together_stand_apart_in_their_order():
    read = Read(percentile_curve(latency(), latency(scale=0.99)).svg)

    names = {each.text: float(each.get("y")) for each in read.has("name")}

    assert names["after"] - names["before"] == pytest.approx(42)
    sides = [each for each in read.elements if each.get("class") in ("before", "after")]
    led = [part for side in sides for part in side if part.get("class") == "leader"]
    assert led == read.has("leader") != []  # a side gives it its colour
    assert read.outside == []


def test_a_run_alone_is_one_line_without_a_side():
    read = Read(percentile_curve(None, latency()).svg)

    assert read.name == "Latency by percentile"
    assert (read.has("before"), read.has("name")) == ([], [])
    assert "p99 100 ms" in read.texts


def test_an_interval_open_at_the_top_has_one_cap_and_no_interval_no_bar():
    opened = Read(percentile_curve(None, latency(p99=level(100.0, 90.0))).svg)
    without = Read(percentile_curve(None, latency(p99=level(100.0))).svg)

    assert [each.get("d").count("h8") for each in opened.has("interval")] == [1]
    assert without.has("interval") == []


@pytest.mark.parametrize(
    "curve", [None, [], [[99.0]], [[math.nan, 1.0]], [[101.0, 3.0]], "curve", [[50.0, -1.0]]]
)
def test_without_a_curve_there_is_no_picture(curve):
    assert percentile_curve(None, latency(curve=curve)) is None


def test_the_axis_reaches_as_far_as_the_sample_does():
    hundred, million = (Read(percentile_curve(None, latency(n=n)).svg).texts for n in (100, 1_000_000))

    assert ("99 %" in hundred, "99.9 %" in hundred) == (True, False)
    assert ("99.9999 %" in million, "50 %" in million) == (True, False)


def test_the_same_facts_draw_the_same_picture():
    assert percentile_curve(latency(), latency(scale=2)) == percentile_curve(latency(), latency(scale=2))
