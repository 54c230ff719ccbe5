"""Rates of requests in sentences."""

import pytest

from app.evidence.objectives.traffic import stated


@pytest.mark.parametrize(
    ("text", "per_s", "written"),
    [
        ("The shop answers about 1,200 requests a day.", 1200 / 86_400, "1,200 requests a day"),
        ("1.200 requests per day", 1200 / 86_400, "1.200 requests per day"),
        ("some 2.5 million requests per month", 2.5e6 / 2_592_000, "2.5 million requests per month"),
        ("40k API requests/hour", 40_000 / 3600, "40k API requests/hour"),
        ("0.5 requests/s", 0.5, "0.5 requests/s"),
        ("600 requests a day, 60 requests an hour at noon", 60 / 3600, "60 requests an hour"),
    ],
)
def test_a_rate_is_read_and_of_several_the_highest(text, per_s, written):
    found = stated([(7, text)])

    assert found == {"per_s": pytest.approx(per_s), "written": written, "line": 7}


@pytest.mark.parametrize("text", ["99.9 % of requests in a month", "5 requests", "100 users a day", ""])
def test_what_is_no_rate_of_requests_is_left_alone(text):
    assert stated([(1, text)]) is None
