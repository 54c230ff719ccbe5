"""What no set of latencies can have, and what rounding excuses."""

import pytest

from app.evidence.load_report.figures import Reading
from app.evidence.load_report.order import out_of_order
from app.evidence.load_report.summary import Summary


def said(levels, step=0.0, **numbers):
    """(first, second) of the pair that is named, None when all can be true."""
    summary = Summary(
        tool="x",
        form="x",
        levels={level: Reading(value, step, "line 3") for level, value in levels.items()},
        numbers={name: Reading(value, step, "line 4") for name, value in numbers.items()},
    )
    found = [(finding.numbers["first"], finding.numbers["second"]) for finding in out_of_order(summary)]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("levels", "numbers", "expected"),
    [
        ({50.0: 10, 99.0: 50}, {"min": 1, "mean": 12, "max": 90}, None),
        ({50.0: 10, 99.0: 9}, {}, ("p50", "p99")),
        ({95.0: 300, 99.0: 120}, {"max": 400}, ("p95", "p99")),
        ({99.0: 50}, {"max": 40}, ("p99", "max")),
        ({50.0: 10}, {"min": 11}, ("min", "p50")),
        ({50.0: 10}, {"mean": 4}, ("p50", "mean")),
        ({50.0: 10}, {"mean": 5}, None),
        ({99.0: 1_000}, {"mean": 9}, ("p99", "mean")),
        ({99.0: 1_000}, {"mean": 10}, None),
        ({}, {"mean": 12, "max": 10}, ("mean", "max")),
        ({}, {"mean": 1, "min": 2}, ("min", "mean")),
        ({}, {}, None),
    ],
)
def test_the_pair_that_cannot_be_is_named(levels, numbers, expected):
    assert said(levels, **numbers) == expected


def test_two_steps_apart_is_rounding_and_three_are_not():
    assert said({95.0: 12, 99.0: 10}, step=1.0) is None
    assert said({95.0: 13, 99.0: 10}, step=1.0) == ("p95", "p99")


def test_the_finding_points_at_the_line():
    summary = Summary("x", "x", levels={50.0: Reading(9, 0, "line 7"), 99.0: Reading(1, 0, "latency.p99")})

    (finding,) = out_of_order(summary)

    assert finding.where.line == 7
    assert finding.message.endswith("p50 is 9 ms (line 7) and p99 is 1 ms (latency.p99).")
