"""Reading what people type: everything wrong is named at once, and nothing typed is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.datastructures import MultiDict

from app.domain.errors import Invalid
from app.domain.reviews import Verdict
from app.web.forms import Form


def form(**values):
    return Form(MultiDict(values))


def test_text_is_read_without_the_blanks_around_it_and_with_one_kind_of_line_end():
    typed = form(note="  one\r\ntwo\r\n\x00 ")

    assert typed.text("note", longest=100) == "one\ntwo"
    assert typed.errors == {}
    assert typed.value("note") == "  one\r\ntwo\r\n\x00 "


def test_length_is_counted_in_characters_after_trimming():
    typed = form(short=" ab ", long="é" * 11, right="é" * 10)

    for name in ("short", "long", "right"):
        typed.text(name, longest=10, shortest=3, label="The note")

    assert typed.errors == {
        "short": "The note needs at least 3 characters; it has 2.",
        "long": "The note may have at most 10 characters; it has 11.",
    }


def test_large_counts_are_readable():
    typed = form(note="x" * 4001)

    typed.text("note", longest=4000)

    assert typed.errors == {"note": "This may have at most 4,000 characters; it has 4,001."}


def test_a_choice_is_one_of_the_words():
    typed = form(good="needs_changes", bad="excellent")

    assert typed.choice("good", Verdict) is Verdict.NEEDS_CHANGES
    assert typed.choice("bad", Verdict, label="verdict") is None
    assert typed.choice("absent", Verdict, label="verdict") is None
    assert typed.errors == {
        "bad": "Choose one of the answers for verdict.",
        "absent": "Choose one of the answers for verdict.",
    }


@pytest.mark.parametrize(("typed", "meant"), [("210", 210), ("0.0021", 0.0021), ("12,5", 12.5), ("", None)])
def test_a_number_is_read_as_people_type_it(typed, meant):
    """How exactly is in tests/domain/test_claims.py."""
    read = form(number=typed)

    assert (read.number("number"), read.errors) == (meant, {})


def test_what_is_no_number_is_named_and_nothing_typed_is_nothing():
    typed = form(bad="fast", two="1,234")

    assert (typed.number("bad", label="p99"), typed.number("two"), typed.number("absent")) == (
        None,
        None,
        None,
    )
    assert typed.errors == {
        "bad": "p99: Type a number, such as 96.5, without its unit.",
        "two": "This: “1,234” can be read as 1234 or as 1.234. Type the one you mean.",
    }


@given(some.text(max_size=30))
def test_any_text_is_a_finite_number_or_an_error(typed):
    read = form(number=typed)
    number = read.number("number")

    assert number is None or 0 <= number < float("inf")
    assert (number is None and typed.strip() != "") == bool(read.errors) or not typed.strip(" '’_")


@pytest.mark.parametrize(
    ("sent", "checked"), [("on", True), ("1", True), ("off", False), ("", False), (None, False)]
)
def test_a_box_is_ticked_or_not(sent, checked):
    assert form(**({} if sent is None else {"box": sent})).checked("box") == checked


def test_an_id_that_is_none_says_the_page_is_old():
    typed = form(id="not-an-id", good="01890000-0000-7000-8000-000000000001")

    assert typed.uuid("id") is None
    assert str(typed.uuid("good")) == "01890000-0000-7000-8000-000000000001"
    assert typed.errors == {"id": "This page is out of date. Open it again."}


def test_the_first_sentence_about_a_field_stays():
    typed = form()
    typed.fail("name", "Type a name.")
    typed.fail("name", "Too long.")

    assert typed.errors == {"name": "Type a name."}


def test_done_raises_with_everything_that_was_found():
    typed = form(a="", b="x")
    typed.text("a", longest=5, shortest=1, label="A")
    typed.choice("b", Verdict, label="B")

    with pytest.raises(Invalid) as invalid:
        typed.done()

    assert set(invalid.value.errors) == {"a", "b"}
    assert form().done() is None
