from datetime import timedelta
from itertools import count

import pytest
from markupsafe import Markup

from app.web.filters import once, span


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=29), "under a minute"),
        (timedelta(seconds=31), "1 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=90), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_a_span_is_said_in_its_largest_sensible_unit(length, words):
    assert span(length) == words


def test_a_sign_is_drawn_once_for_the_same_arguments():
    drawn = count()
    sign = once(lambda name, label="": f"{name} {label} {next(drawn)}")

    assert [sign("x"), sign("x"), sign("y", label="Close"), sign("y", label="Close")] == [
        "x  0",
        "x  0",
        "y Close 1",
        "y Close 1",
    ]


def test_safe_html_never_stands_in_for_text_of_the_same_letters(client):
    template = client.application.jinja_env.from_string(
        '{% import "macros/parts.html" as parts %}{{ parts.tag(word) }}'
    )

    safe, text = template.render(word=Markup("<b>7</b>")), template.render(word="<b>7</b>")

    assert safe == '<span class="tag quiet"><b>7</b></span>'
    assert text == '<span class="tag quiet">&lt;b&gt;7&lt;/b&gt;</span>'
