"""The calendar of drills: a row a quarter, a mark a day, and words where a quarter is empty."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.drill_calendar import drill_calendar
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, WEIRD, require_sound


def calendar(*days):
    return {"drills": [{"day": day, "scenario": f"drill of {day}"} for day in days]}


FULL = calendar("2027-02-12", "2027-05-14", "2027-08-13", "2027-11-12")


def test_every_quarter_has_its_row_and_its_mark():
    picture = drill_calendar(FULL)

    assert picture.conclusion == "Each of the four quarters from the first drill on has a drill."
    assert [row[:2] for row in picture.table.rows] == [
        ("2027 Q1", "2027-02-12"),
        ("2027 Q2", "2027-05-14"),
        ("2027 Q3", "2027-08-13"),
        ("2027 Q4", "2027-11-12"),
    ]
    assert picture.svg.count('class="mark"') == 4
    assert "no drill" not in picture.svg


def test_an_empty_quarter_says_so_in_words():
    picture = drill_calendar(calendar("2027-02-12", "2027-11-12"))

    assert "No drill in 2027 Q2, 2027 Q3" in picture.conclusion
    assert picture.svg.count(">no drill<") == 2
    assert ("2027 Q3", "–", "no drill") in picture.table.rows


@pytest.mark.parametrize(
    "facts", [{}, {"drills": []}, {"drills": [{"day": "2027-13-40"}]}, {"drills": [{"day": None}]}]
)
def test_without_a_day_there_is_no_picture(facts):
    assert drill_calendar(facts) is None


def test_days_far_apart_do_not_stretch_the_picture():
    picture = drill_calendar(calendar("2027-02-12", "2999-01-01"))

    assert picture.svg.count("text-anchor") < 40
    assert picture.conclusion.endswith("should have one. 1 later drill is not drawn.")


DRILL = st.fixed_dictionaries(
    {"day": st.dates().map(str) | TEXT | WEIRD}, optional={"scenario": TEXT | WEIRD}
)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({"drills": st.lists(DRILL | WEIRD, max_size=30) | WEIRD}))
def test_any_facts_give_a_sound_picture_or_none(facts):
    picture = drill_calendar(facts)

    if picture is not None:
        require_sound(picture)
        assert Read(picture.svg) is not None
