import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.counted_bars import funnel, waits
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, require_sound

STEPS = [("Asked", 140), ("Let in", 96), ("Passed", 48), ("Certified", 19)]


def test_the_funnel_names_and_numbers_every_step_and_concludes_from_the_first_to_the_last():
    picture = funnel(STEPS)

    read = Read(picture.svg)
    assert [text for text in read.texts if text not in {"140", "96", "48", "19"}] == [
        name for name, _ in STEPS
    ]
    assert picture.conclusion == "Of 140 who took the first step, 19 reached “Certified”."
    assert picture.table.rows[1] == ("Let in", "96", "69\u00a0% of the first step")


def test_the_histogram_says_where_most_lie():
    picture = waits([("under a day", 3), ("1 to 2 days", 9)])

    assert picture.conclusion == "12 ratings; most often 1 to 2 days: 9, 75\u00a0%."
    assert picture.table.columns == ("Wait", "Ratings", "Share")


def test_a_long_name_has_room_beside_its_bar():
    name = "Abschlussprojekt abgegeben"

    bars = Read(funnel([("Zugelassen", 140), (name, 96)]).svg)

    starts = {float(bar.get("d")[1:].split()[0]) for bar in bars.has("amount")}
    assert starts == {round(8 + len(name) * 7.4, 1)}


@pytest.mark.parametrize("counted", [[], [("Asked", 0), ("Let in", 3)]])
def test_without_a_first_step_there_is_no_funnel(counted):
    assert funnel(counted) is None


def test_without_anything_counted_there_is_no_histogram():
    assert waits([("under a day", 0)]) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXT, st.integers(0, 10**9)), min_size=1, max_size=9))
def test_any_names_and_counts_make_a_sound_picture(counted):
    for picture in (funnel(counted), waits(counted)):
        if picture is not None:
            require_sound(picture)
