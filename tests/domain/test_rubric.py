"""The rule that turns levels into an outcome: a submission passes if, and only if, the rule says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.errors import Invalid
from app.domain.reviews import Verdict
from app.domain.rubric import Criterion, Level, outcome, require_verdict

LEVELS = tuple(
    Level(key, key.capitalize(), points, position)
    for position, (key, points) in enumerate([("missing", 0), ("thin", 1), ("solid", 3), ("strong", 4)])
)


def criterion(key, *, must_pass=False, pass_level=None):
    return Criterion(key, key.capitalize(), must_pass, pass_level, LEVELS)


@some.composite
def rubrics(draw):
    """Criteria with levels whose points need not rise, some of them must-pass, and a choice for some of them."""
    criteria, chosen = [], {}
    for number in range(draw(some.integers(1, 6))):
        points = draw(some.lists(some.integers(0, 10), min_size=2, max_size=5))
        levels = tuple(Level(f"l{at}", f"L{at}", worth, at) for at, worth in enumerate(points))
        must_pass = draw(some.booleans())
        named = some.sampled_from([level.key for level in levels])
        pass_level = draw(named if must_pass else some.none() | named)
        criteria.append(Criterion(f"c{number}", f"C{number}", must_pass, pass_level, levels))
        if draw(some.integers(0, 9)):  # nine in ten are rated
            chosen[f"c{number}"] = draw(named)
    return criteria, chosen, draw(some.integers(0, 30))


@given(rubrics())
def test_the_outcome_is_the_rule_and_nothing_else(drawn):
    criteria, chosen, threshold = drawn

    told = outcome(criteria, chosen, threshold=threshold)

    worth = {(c.key, level.key): level.points for c in criteria for level in c.levels}
    place = {(c.key, level.key): level.position for c in criteria for level in c.levels}
    points = sum(worth[pair] for pair in chosen.items())
    short = [
        c.title
        for c in criteria
        if c.must_pass and c.key in chosen and place[c.key, chosen[c.key]] < place[c.key, c.pass_level]
    ]
    unrated = [c.title for c in criteria if c.key not in chosen]
    passes = not unrated and not short and points >= threshold
    assert (told.points, list(told.short), list(told.unrated), told.met) == (points, short, unrated, passes)
    assert told.possible == sum(max(level.points for level in c.levels) for c in criteria)


@given(rubrics())
def test_exactly_the_verdicts_the_rule_leaves_open_are_accepted(drawn):
    criteria, chosen, threshold = drawn
    told = outcome(criteria, chosen, threshold=threshold)

    accepted = {verdict for verdict in Verdict if is_accepted(told, verdict)}

    if told.unrated:
        assert accepted == set()
    elif told.met:
        assert accepted == {Verdict.PASS}
    else:
        assert accepted == {Verdict.NEEDS_CHANGES, Verdict.NOT_PASSED}
    assert accepted == set(told.verdicts)


def is_accepted(told, verdict):
    try:
        require_verdict(told, verdict)
    except Invalid:
        return False
    return True


@given(rubrics(), some.data())
def test_a_higher_level_never_makes_an_outcome_worse(drawn, data):
    criteria, chosen, threshold = drawn
    before = outcome(criteria, chosen, threshold=threshold)
    raised = data.draw(some.sampled_from(criteria))
    if raised.key not in chosen:
        return
    level = raised.level(chosen[raised.key])
    better = [one for one in raised.levels if one.position >= level.position and one.points >= level.points]

    after = outcome(
        criteria, chosen | {raised.key: data.draw(some.sampled_from(better)).key}, threshold=threshold
    )

    assert after.met or not before.met
    assert set(after.short) <= set(before.short)


CRITERIA = [criterion("plan", must_pass=True, pass_level="solid"), criterion("words")]


@pytest.mark.parametrize(("chosen", "verdict", "says"), [
    ({"plan": "solid"}, Verdict.PASS, "Rate every criterion first. Not rated yet: Words."),
    ({}, Verdict.NOT_PASSED, "Rate every criterion first. Not rated yet: Plan, Words."),
    ({"plan": "strong", "words": "strong"}, Verdict.NEEDS_CHANGES,
     "By the rubric this work passes. Lower a level if it should not."),
    ({"plan": "thin", "words": "strong"}, Verdict.PASS,
     "By the rubric this work does not pass: Plan is below its pass level."),
    ({"plan": "solid", "words": "missing"}, Verdict.PASS,
     "By the rubric this work does not pass: 3 of the 5 points needed."),
    ({"plan": "missing", "words": "thin"}, Verdict.PASS,
     "By the rubric this work does not pass: Plan is below its pass level; 1 of the 5 points needed."),
])  # fmt: skip
def test_a_refusal_says_exactly_why(chosen, verdict, says):
    with pytest.raises(Invalid) as refused:
        require_verdict(outcome(CRITERIA, chosen, threshold=5), verdict)

    assert refused.value.errors == {"verdict": says}


def test_the_pass_level_itself_is_enough_and_so_is_the_last_point():
    assert outcome(CRITERIA, {"plan": "solid", "words": "solid"}, threshold=6).met
    assert not outcome(CRITERIA, {"plan": "solid", "words": "solid"}, threshold=7).met


def test_points_do_not_make_up_for_a_must_pass():
    many = [CRITERIA[0], *(criterion(f"c{number}") for number in range(9))]
    chosen = {one.key: "strong" for one in many} | {"plan": "thin"}

    assert outcome(many, chosen, threshold=5).short == ("Plan",)
    assert not outcome(many, chosen, threshold=5).met


def test_an_unknown_level_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        outcome(CRITERIA, {"plan": "heroic"}, threshold=5)


def test_the_shipped_rubrics_can_be_passed_and_can_be_failed(course):
    for capstone in course.capstones:
        rules = [
            Criterion(c.key, c.title, c.must_pass, c.pass_level,
                      tuple(Level(one.key, one.label, one.points, at) for at, one in enumerate(c.levels)))
            for c in capstone.rubric.criteria
        ]  # fmt: skip
        best = {one.key: one.levels[-1].key for one in rules}
        worst = {one.key: one.levels[0].key for one in rules}

        assert outcome(rules, best, threshold=capstone.rubric.threshold).met, capstone.slug
        assert not outcome(rules, worst, threshold=capstone.rubric.threshold).met, capstone.slug
