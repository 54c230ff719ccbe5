from datetime import timedelta

import pytest

from app.domain.waiting import Wait, Waits
from app.web.learner_pages import is_misplaced, kind_words, waiting_words

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "waits", "words"),
    [
        (None, None, ""),
        (0, None, "next in the queue"),
        (
            3,
            Waits(Wait(48 * HOUR, False), Wait(120 * HOUR, False), 9),
            "3 before this one, usually 2 days, nine in ten within 5 days",
        ),
        (
            None,
            Waits(Wait(HOUR, False), Wait(5 * HOUR, True), 4),
            "usually an hour, one in ten longer than 5 hours",
        ),
        (
            None,
            Waits(Wait(72 * HOUR, True), Wait(72 * HOUR, True), 4),
            "usually more than 3 days",
        ),
    ],
)
def test_the_wait_is_told_as_far_as_it_is_known(before, waits, words):
    assert waiting_words(before, waits) == words


@pytest.mark.parametrize(
    ("kind", "wanted", "misplaced"),
    [
        ("postgres_plan", ("latency_table", "load_report"), True),
        ("latency_table", ("latency_table", "load_report"), False),
        ("latency_table", ("kill_log",), True),
        ("latency_table", ("star_chart",), False),  # a kind that is not read yet: the file may well be one
        ("runbook", ("markdown",), False),
        ("unknown", ("latency_table",), False),
        ("latency_table", (), False),
    ],
)
def test_only_a_file_that_is_surely_something_else_is_called_misplaced(kind, wanted, misplaced):
    assert is_misplaced(kind, wanted) is misplaced
    assert ("asks for something else" in kind_words(kind, wanted)) is misplaced


def test_a_file_that_was_not_recognised_names_what_its_slot_asks_for():
    assert kind_words("unknown", ("capacity_table",)) == "Not recognised. This slot asks for: Capacity table."
    assert kind_words("unknown", ()) == "Not recognised."
