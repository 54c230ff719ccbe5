"""Burn rates as marks: long and short windows, the part of the budget, and nothing where there is none."""

from app.pictures.burn_rates import burn_rates
from tests.pictures.reading import Read

PAIR = [
    {"window_s": window, "threshold": 0.0144, "factor": 14.4, "budget": 0.001} for window in (3600.0, 300.0)
]
SLOW = [
    {"window_s": window, "threshold": 0.006, "factor": 6.0, "budget": 0.001} for window in (21_600.0, 1800.0)
]


def alerts(*burns):
    return {"alerts": [{"name": f"Burn{number}", "burns": one} for number, one in enumerate(burns)]}


def test_two_alerts_are_placed_and_their_part_of_the_budget_is_said():
    picture = burn_rates(alerts(PAIR, SLOW))

    assert picture.conclusion.replace("\u00a0", " ") == (
        "The first alert fires when 2 % of a 30-day budget is gone, the last at 5 %."
    )
    assert [row[0] for row in picture.table.rows] == ["1. Burn0", "2. Burn1"]
    assert picture.svg.count("<circle") == 4


def test_the_parts_of_the_budget_are_lines_and_the_short_window_is_hollow():
    read = Read(burn_rates(alerts(PAIR, SLOW)).svg)

    assert [len(read.has(kind)) for kind in ("guide", "mark", "hollow")] == [4, 4, 2]
    assert read.outside == []


def test_alerts_at_the_same_place_share_a_label_and_more_than_eight_are_counted():
    picture = burn_rates(alerts(*[PAIR, SLOW] * 5))

    assert picture.conclusion.endswith("8 of 10 thresholds are drawn.")
    assert {"1, 3, 5, 7", "2, 4, 6, 8"} <= set(Read(picture.svg).texts)
    assert len(picture.table.rows) == 8


def test_neighbours_in_their_order_are_a_range():
    assert "1–3" in Read(burn_rates(alerts(PAIR, PAIR, PAIR, SLOW)).svg).texts


def test_one_that_fires_too_late_is_the_conclusion():
    late = [{"window_s": 259_200.0, "threshold": 0.0144, "factor": 14.4, "budget": 0.001}]

    assert burn_rates(alerts(late)).conclusion == "Burn0 fires only when the whole budget of 30 days is gone."
    assert burn_rates(alerts(late)).svg.count("<circle") == 1


def test_without_burn_rates_there_is_no_picture():
    assert burn_rates(alerts([])) is None
    assert burn_rates({}) is None
