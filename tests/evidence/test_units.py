"""Numbers as people write them."""

import pytest

from app.evidence.findings import Report
from app.evidence.summary import summary
from app.evidence.units import plainly, shown


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (3e-05, 3, "0.00003"),
        (2.3247588e-05, 3, "0.0000232"),
        (0.001, 4, "0.001"),
        (1234.0, 3, "1230"),
        (120.0, 2, "120"),
        (0.0, 3, "0"),
        (-3e-05, 3, "-0.00003"),
        (1e-300, 3, "1e-300"),
        (float("inf"), 3, "inf"),
    ],
)
def test_no_powers_of_ten(value, digits, written):
    assert plainly(value, digits) == written


def test_a_cost_per_request_is_summed_up_as_a_person_writes_it():
    group = {"layer": "db", "side": "before", "divided": 3e-05}
    report = Report("cost_sheet", 1.0, {"groups": [group], "currency": "USD"}, ())

    assert summary(report) == "db before 0.00003 USD a request"
    assert shown(3e-05) == "0.00003"
