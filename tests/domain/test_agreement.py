"""Agreement and kappa against published examples, and what must hold for any two raters."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.agreement import agreement

LEVELS = some.integers(min_value=1, max_value=4)
PAIRS = some.lists(some.tuples(LEVELS, LEVELS), min_size=1, max_size=60)

# Artstein and Poesio (2008), "Inter-Coder Agreement for Computational Linguistics", tables 1 and 4.
STATEMENTS = {(0, 0): 20, (0, 1): 20, (1, 0): 10, (1, 1): 50}
THREE_TAGS = {(0, 0): 46, (1, 0): 6, (1, 1): 32, (1, 2): 6, (2, 2): 10}
# The example of "Cohen's kappa" in Wikipedia: fifty grant proposals read twice.
PROPOSALS = {(1, 1): 20, (1, 0): 5, (0, 1): 10, (0, 0): 15}
# The same share of equal answers, two kappas (same source).
LOPSIDED = {(1, 1): 45, (1, 0): 15, (0, 1): 25, (0, 0): 15}
BALANCED = {(1, 1): 25, (1, 0): 35, (0, 1): 5, (0, 0): 35}
# scikit-learn's own test of cohen_kappa_score: 0.9315 without weights, 0.9412 with linear ones.
ORDERED = {(0, 0): 46, (1, 0): 4, (1, 1): 40, (2, 2): 10}


@pytest.mark.parametrize(
    ("counts", "share", "kappa"),
    [
        (STATEMENTS, 0.70, 0.348),
        (THREE_TAGS, 0.88, 0.801),
        (PROPOSALS, 0.70, 0.400),
        (LOPSIDED, 0.60, 0.130),
        (BALANCED, 0.60, 0.259),
        (ORDERED, 0.96, 0.932),
    ],
    ids=["statements", "three tags", "proposals", "lopsided", "balanced", "ordered"],
)
def test_it_gives_what_was_published(counts, share, kappa):
    told = agreement(counts)

    assert told.equal_share == pytest.approx(share, abs=5e-4)
    assert told.kappa == pytest.approx(kappa, abs=5e-4)


def test_linear_weights_give_what_was_published():
    assert agreement(ORDERED).weighted == pytest.approx(0.9412, abs=5e-5)


def test_weights_by_hand():
    """Of 4 pairs one is two levels apart: disagreement 2 of 4; by chance (1*2*2 + 1*2*2) of 16 times two apart."""
    told = agreement({(1, 1): 1, (3, 3): 2, (1, 3): 1})

    assert told.weighted == pytest.approx(1 - (2 * 4) / (2 * 2 * 3 + 2 * 2 * 1))
    assert (told.pairs, told.equal, told.near) == (4, 3, 3)


@pytest.mark.parametrize(
    "counts", [{}, {(2, 2): 12}, {(2, 1): 5, (2, 3): 5}, {(1, 4): 3, (2, 4): 9}, {(1, 1): 4, (2, 2): 0}]
)
def test_where_one_side_never_varies_there_is_no_kappa(counts):
    told = agreement(counts)

    assert (told.kappa, told.weighted) == (None, None)


def test_ten_pairs_are_enough_to_be_shown_and_nine_are_not():
    assert (agreement({(1, 1): 9}).is_few, agreement({(1, 1): 10}).is_few) == (True, False)


@given(PAIRS)
def test_shares_lie_between_none_and_all_and_near_holds_equal(pairs):
    told = agreement(Counter(pairs))

    assert 0 <= told.equal_share <= told.near_share <= 1
    assert told.pairs == len(pairs)


@given(PAIRS)
def test_kappa_is_at_most_one_and_one_exactly_when_all_are_equal(pairs):
    told = agreement(Counter(pairs))

    for kappa in (told.kappa, told.weighted):
        assert kappa is None or kappa <= 1
        assert kappa is None or (kappa == 1) is (told.equal == told.pairs)


@given(PAIRS)
def test_who_is_called_first_makes_no_difference(pairs):
    one, other = agreement(Counter(pairs)), agreement(Counter((b, a) for a, b in pairs))

    assert (one.equal, one.near) == (other.equal, other.near)
    for mine, theirs in ((one.kappa, other.kappa), (one.weighted, other.weighted)):
        assert mine == theirs if mine is None else mine == pytest.approx(theirs)


@given(PAIRS)
def test_with_two_levels_weights_change_nothing(pairs):
    told = agreement(Counter((min(a, 2), min(b, 2)) for a, b in pairs))

    assert told.kappa == told.weighted if told.kappa is None else told.kappa == pytest.approx(told.weighted)


@given(PAIRS, some.integers(min_value=2, max_value=5))
def test_the_same_again_and_again_changes_no_share_and_no_kappa(pairs, times):
    once, often = agreement(Counter(pairs)), agreement(Counter(pairs * times))

    assert once.equal_share == pytest.approx(often.equal_share)
    assert once.kappa == often.kappa if once.kappa is None else once.kappa == pytest.approx(often.kappa)
