"""Windows, budgets and targets as people write them."""

import pytest

from app.evidence.objectives import durations, targets


@pytest.mark.parametrize(
    ("text", "days"),
    [("30d", 30), ("rolling 30 days", 30), ("28-day", 28), ("four weeks", 28), ("4w", 28), ("calendar month", 30),
     ("1h", 1 / 24), ("quarterly", 91), ("weekly", 7), ("some time", None), ("0d", None)],
)  # fmt: skip
def test_windows(text, days):
    found = durations.window(text)

    assert (found and found.seconds / 86_400) == (days if days is None else pytest.approx(days))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("43 min 12 s", 2591.5, 2592.5),
        ("43m12s", 2591.5, 2592.5),
        ("43 min", 2550, 2610),
        ("7.2 hours", 25740, 26100),
    ],
)
def test_budgets_know_their_rounding(text, low, high):
    found = durations.amount(text)

    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_the_budget_of_three_nines_in_words():
    assert durations.said(0.001 * 30 * 86_400) == "43 min 12 s"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("99.9 %", 0.999),
        ("99,95%", 0.9995),
        ("0.995", 0.995),
        ("three nines", 0.999),
        ("1 % errors", None),
        ("0.2 s", None),
    ],
)
def test_targets(text, share):
    found = targets.share(text)

    assert (found and found[0]) == share
