"""When a rating of an example counts as calibrated: each part of the rule alone decides."""

from dataclasses import replace

import pytest

from app.course.values import Calibration
from app.domain.calibration import compare, known_levels
from app.domain.errors import Invalid

RULE = Calibration(required=True, most_apart=1, most_different=2)


@pytest.fixture
def capstone(course):
    return course.capstone("launch-plan")


@pytest.fixture
def pack(capstone):
    return capstone.packs[0]


def moved(capstone, pack, **steps):
    """The known levels, some of them moved up or down; a hyphen is written as an underscore."""
    levels = known_levels(pack)
    for name, step in steps.items():
        key = name.replace("_", "-")
        places = [level.key for each in capstone.rubric.criteria if each.key == key for level in each.levels]
        levels[key] = places[places.index(levels[key]) + step]
    return levels


def test_the_known_levels_themselves_pass(capstone, pack):
    told = compare(capstone.rubric, pack, known_levels(pack), RULE)

    assert (told.different, told.furthest, told.is_same_outcome, told.is_passed) == (0, 0, True, True)


@pytest.mark.parametrize(
    ("steps", "passed"),
    [
        ({"start": 1}, True),
        ({"start": 1, "objectives": 1}, True),
        ({"start": 1, "objectives": 1, "milestones": 1}, False),
        ({"start": 2}, False),
        ({"objectives": -1, "wrong_first": -1}, True),
    ],
    ids=["one differs", "two differ", "three differ", "two levels apart", "stricter"],
)
def test_the_rule_decides(capstone, pack, steps, passed):
    assert compare(capstone.rubric, pack, moved(capstone, pack, **steps), RULE).is_passed is passed


def test_another_outcome_does_not_pass_however_near_the_levels(capstone, pack):
    highest = {each.key: each.levels[-1].key for each in capstone.rubric.criteria}
    good = replace(pack, levels=tuple(replace(each, level=highest[each.criterion]) for each in pack.levels))
    first = capstone.rubric.criteria[0]
    below = highest | {first.key: first.levels[1].key}

    told = compare(capstone.rubric, good, below, Calibration(True, most_apart=3, most_different=6))

    assert (told.different, told.is_same_outcome, told.is_passed) == (1, False, False)


def test_a_rating_is_complete_and_of_this_rubric(capstone, pack):
    levels = known_levels(pack) | {"start": "elsewhere"}
    del levels["objectives"]

    with pytest.raises(Invalid) as refused:
        compare(capstone.rubric, pack, levels, RULE)

    assert set(refused.value.errors) == {"level-start", "level-objectives"}
