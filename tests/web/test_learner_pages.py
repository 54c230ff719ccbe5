from datetime import timedelta

import pytest

from app.domain.waiting import Wait, Waits
from app.web.learner_pages import waiting_words

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
            "usually more than 3 days, one in ten longer than 3 days",
        ),
    ],
)
def test_the_wait_is_told_as_far_as_it_is_known(before, waits, words):
    assert waiting_words(before, waits) == words
