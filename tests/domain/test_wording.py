"""What people write: how it is kept, and when it is refused."""

import pytest

from app.domain.errors import Invalid
from app.domain.wording import worded


def test_what_is_kept_has_plain_line_ends_and_nothing_around_it():
    kept = worded("reason", "  One.\r\nTwo.\x00 \n", longest=9, sentence="Say why.")

    assert kept == "One.\nTwo."


@pytest.mark.parametrize(
    ("text", "shortest"), [("", 1), (" \x00\r\n", 1), ("x" * 11, 1), ("x" * 11, 0), ("x" * 4, 5)]
)
def test_what_does_not_fit_is_refused_at_its_field(text, shortest):
    with pytest.raises(Invalid) as refused:
        worded("note", text, shortest=shortest, longest=10, sentence="Say why.")

    assert refused.value.errors == {"note": "Say why."}


def test_what_may_be_left_out_may_be_empty():
    assert worded("note", " ", shortest=0, longest=10, sentence="Say why.") == ""
