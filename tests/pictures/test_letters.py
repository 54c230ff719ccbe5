"""Words are cut to the room they have, whatever they are written in."""

import pytest

from app.pictures.letters import fitted, width_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("shop-app-2", "shop-app-2"),
        ("shop-7d9c5f6b8-x2x4z", "shop-7d9c5f6…"),
        ("AAAAAAAAAAAAAAAA", "AAAAAAAAAA…"),
        ("🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥", "🔥🔥🔥🔥🔥🔥…"),
        ("サーバーサーバーサーバー", "サーバーサー…"),
        ("e\u0301" * 10, "e\u0301" * 10),
        ("", ""),
    ],
)
def test_a_name_is_cut_by_how_wide_its_letters_are(text, shown):
    assert fitted(text, 102.0) == shown
    assert width_of(fitted(text, 102.0)) <= 102.0


@pytest.mark.parametrize("text", ["WWW", "\U0001f525"])
def test_nothing_is_shown_where_not_even_one_letter_has_room(text):
    assert fitted(text, 12.0) == ""
