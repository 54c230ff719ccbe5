"""Percentiles and their intervals against Hahn and Meeker's ranks and the standard library."""

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.quantiles import LEVELS, Distribution, Step, interval, nearest_rank, ranks_needed, summary


@pytest.mark.parametrize(
    ("n", "ranks"),
    [
        (100, (97, None)),
        (299, (292, None)),
        (367, (359, None)),
        (368, (360, 368)),
        (500, (490, 500)),
        (1_000, (983, 997)),
        (2_000, (1971, 1989)),
        (5_000, (4936, 4964)),
        (10_000, (9880, 9920)),
        (100_000, (98938, 99062)),
    ],
)
def test_the_interval_of_the_p99_has_the_published_ranks(n, ranks):
    assert interval(n, LEVELS["p99"]) == ranks


def test_nearest_rank_counts_in_whole_numbers():
    assert nearest_rank(100, Fraction(99, 100)) == 99
    assert nearest_rank(1, Fraction(1, 2)) == 1


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=400))
def test_definitions_agree_with_the_standard_library(values):
    found = summary(Distribution(Step(value, value, 1) for value in values))

    inclusive = statistics.quantiles(values, n=100, method="inclusive")
    exclusive = statistics.quantiles(values, n=100, method="exclusive")
    ordered = sorted(values)
    for name, percent in (("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99)):
        definitions = found[name]["definitions"]
        assert definitions["linear"] == pytest.approx(inclusive[percent - 1])
        inside = 1 <= (len(values) + 1) * percent / 100 <= len(values)
        assert not inside or definitions["weibull"] == pytest.approx(exclusive[percent - 1])
        assert definitions["nearest_rank"] == ordered[-(-len(values) * percent // 100) - 1]


def test_the_wanted_ranks_lie_inside_the_table():
    assert ranks_needed(1) == {1}
    assert max(ranks_needed(120)) == 120
