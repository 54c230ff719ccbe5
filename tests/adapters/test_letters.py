"""Letters from templates: every one that is shipped, and what makes one unsendable."""

import pytest

from app.adapters import letters
from app.adapters.letters import TEMPLATES, Letter, Unwritable, render, surroundings

KNOWN = surroundings(
    base_url="https://portal.example.org", person_name="Mira <Okafor>", course_title="Scaling"
)


def test_a_letter_has_a_subject_a_text_and_html_that_is_escaped():
    letter = render("application-question", KNOWN | {"body": "What is <b>it</b>?"})

    assert isinstance(letter, Letter)
    assert "\n" not in letter.subject
    assert "Mira <Okafor>" in letter.text
    assert "What is <b>it</b>?" in letter.text
    assert "Mira &lt;Okafor&gt;" in letter.html
    assert "<b>it</b>" not in letter.html


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(Unwritable, match="body"):
        render("application-question", KNOWN)


def test_a_mail_that_does_not_exist_is_an_error():
    with pytest.raises(Unwritable, match="no-such-mail"):
        render("no-such-mail", KNOWN)


@pytest.mark.parametrize(
    "subject", ["", "  \n", "Hello\nBcc: all@example.org", "Hello\rX", "a\u2028b", "a\x00"]
)
def test_a_subject_is_one_line(subject):
    with pytest.raises(Unwritable, match="one line"):
        letters._one_line(subject, "any")


def test_every_mail_has_its_three_parts():
    folders = sorted(path for path in (TEMPLATES / "emails").iterdir() if path.is_dir())

    assert folders != []
    for folder in folders:
        assert {path.name for path in folder.iterdir()} >= {"subject.txt", "body.txt", "body.html"}, folder


def test_times_are_written_for_people_from_their_iso_form():
    write = letters.environment().from_string("{{ at|date }} / {{ at|moment }}").render

    assert write(at="2026-11-02T14:03:00+00:00") == "2 Nov 2026 / 2 Nov 2026, 14:03 UTC"
