"""The curve of a plan: a mark a milestone, the load in words, and numbers as they were written."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import registry
from app.evidence.source import Source
from app.pictures.capacity_curve import capacity_curve
from tests.pictures.reading import Read
from tests.pictures.test_any_facts import TEXT, WEIRD, require_sound


def stage(users, **numbers):
    return {
        "users": users,
        "numbers": {
            role: {"value": value, "written": f"{value} as typed"} for role, value in numbers.items()
        },
    }


PLAN = {
    "stages": [
        stage(100, mean_rps=0.02, peak_rps=0.2, cost=12),
        stage(1000, mean_rps=0.23, peak_rps=1.6, cost=12),
        stage(10_000, mean_rps=2.3, peak_rps=14.0, cost=60),
        stage(100_000, mean_rps=23.0, peak_rps=116.0, cost=600),
    ]
}


def test_peak_and_mean_are_drawn_at_each_milestone():
    picture = capacity_curve(PLAN)
    read = Read(picture.svg)

    assert picture.conclusion == (
        "1,000 times the users bring 580 times the load: the peak goes from 0.2 to 116 requests a second. "
        "The cost as written goes from 12 as typed to 600 as typed."
    )
    assert len(read.has("mark")) == 8
    assert [text for text in read.texts if text.endswith(",000")] == ["1,000", "10,000", "100,000"]
    assert read.name == "Load at each milestone"
    assert "Mean: 0.02 a second at 100 users" in read.description
    assert [cell.replace("\u00a0", " ") for cell in picture.table.rows[3]] == [
        "100,000", "23 /s", "116 /s", "–", "–", "600 as typed",
    ]  # fmt: skip


def test_a_peak_that_falls_while_users_grow_is_the_conclusion():
    picture = capacity_curve({"stages": [stage(100, peak_rps=5), stage(1000, peak_rps=2)]})

    assert picture.conclusion == (
        "The peak falls from 5 to 2 requests a second while users grow from 100 to 1,000."
    )


def test_of_many_milestones_some_are_drawn_from_the_first_to_the_last_and_it_is_said():
    picture = capacity_curve({"stages": [stage(100 * at, peak_rps=at) for at in range(1, 41)]})

    assert picture.conclusion.endswith("12 of 40 milestones are drawn.")
    assert len(Read(picture.svg).has("mark")) == 12
    assert [picture.table.rows[at][0] for at in (0, -1)] == ["100", "4,000"]


def test_very_small_rates_are_written_out_and_their_axis_in_powers():
    read = Read(capacity_curve({"stages": [stage(100, peak_rps=0.000001), stage(1000, peak_rps=0.0002)]}).svg)

    assert not any("e-" in text for text in (*read.texts, read.description))
    assert {"10⁻⁶", "10⁻⁵", "0.000001", "0.0002"} <= set(read.texts)


def test_prose_gives_its_highest_rate_and_no_mean():
    stages = [{"users": 100, "peaks": [0.023, 0.19]}, {"users": 1000, "peaks": [1.6]}]

    picture = capacity_curve({"stages": stages, "tables": []})

    assert [row[1:3] for row in picture.table.rows] == [("–", "0.19\u00a0/s"), ("–", "1.6\u00a0/s")]


def test_a_table_of_the_plan_is_drawn_before_its_prose():
    prose = [{"users": 100, "peaks": [9.0]}, {"users": 1000, "peaks": [99.0]}]

    assert capacity_curve({"stages": prose, "tables": [PLAN["stages"]]}) == capacity_curve(PLAN)


@pytest.mark.parametrize(
    "facts", [{}, {"stages": [stage(100, peak_rps=1)]}, {"stages": [stage(100, cost=1), stage(1000, cost=2)]}]
)
def test_with_fewer_than_two_rates_there_is_no_picture(facts):
    assert capacity_curve(facts) is None


@pytest.mark.parametrize("name", ["clean-all.csv", "clean-brief.csv", "clean-turned.md"])
def test_the_samples_of_a_capacity_table_are_drawn(name):
    path = Path(registry.__file__).parent / "capacity_table" / "samples" / name

    picture = capacity_curve(registry.inspect(Source(name, path)).facts)

    require_sound(picture)
    assert len(picture.table.rows) == 4


NUMBER = st.fixed_dictionaries({"value": st.floats() | WEIRD}, optional={"written": TEXT | WEIRD})
ROLES = dict.fromkeys(("users", "peak_rps", "mean_rps", "cost", "storage", "egress"), NUMBER | WEIRD)
STAGE = st.fixed_dictionaries(
    {"users": st.integers(0, 10**13) | WEIRD},
    optional={
        "numbers": st.fixed_dictionaries({}, optional=ROLES) | WEIRD,
        "peaks": st.lists(st.floats()) | WEIRD,
    },
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {"stages": st.lists(STAGE | WEIRD, max_size=20) | WEIRD},
        optional={"tables": st.lists(st.lists(STAGE, max_size=5) | WEIRD, max_size=3) | WEIRD},
    )
)
def test_any_facts_give_a_sound_picture_or_none(facts):
    require_sound(capacity_curve(facts))
