"""Which language a page is written in, and what that means for caches."""

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select

from app.models import Person
from app.web.languages import ENVIRONMENTS
from tests.web.test_profile import FORM

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language(answer):
    return answer.text.split('<html lang="')[1][:2]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB,en;q=0.9,de;q=0.5", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=banana", "en"),
        ("\x7f", "en"),
    ],
)
def test_the_browser_says_what_it_wants(client, asked, expected):
    answer = client.get("/sign-in", headers={"Accept-Language": asked})

    assert language(answer) == expected
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_visitor_chooses_below_the_page_and_comes_back_to_it(client):
    chosen = client.post(
        "/language", data={"language": "de"}, headers={"Referer": "http://localhost/fit-check?x=1"}
    )
    page = client.get("/fit-check")

    assert (chosen.status_code, chosen.location) == (303, "/fit-check?x=1")
    assert language(page) == "de"
    assert "Zum Inhalt springen" in page.text


@pytest.mark.parametrize(
    "before", ["https://evil.example//evil.example/", "http://localhost/no-such-page", "\\"]
)
def test_the_choice_leads_nowhere_else(client, before):
    assert client.post("/language", data={"language": "de"}, headers={"Referer": before}).location == "/"


def test_an_unknown_language_changes_nothing(client):
    chosen = client.post("/language", data={"language": "xx"})

    assert "Set-Cookie" not in chosen.headers


def test_the_own_choice_goes_before_cookie_and_browser(client, ada, sessions):
    client.sign_in(ada)
    client.post("/profile", data=FORM | {"language": "en"})
    client.set_cookie("language", "de")

    assert language(client.get("/profile", headers=GERMAN)) == "en"


def test_who_chose_nothing_reads_what_the_browser_asks_for(client, ada):
    client.sign_in(ada)

    assert language(client.get("/profile", headers=GERMAN)) == "de"
    assert language(client.get("/profile")) == "en"


def test_the_links_below_a_page_write_the_choice_into_the_profile(client, ada, sessions):
    client.sign_in(ada)
    client.post("/language", data={"language": "de"})

    with sessions() as db:
        assert db.scalar(select(Person.language).where(Person.id == ada.id)) == "de"
    client.delete_cookie("language")
    assert language(client.get("/profile")) == "de"


def test_a_language_from_nowhere_is_refused_in_the_language_of_the_page(client, ada):
    client.sign_in(ada)
    answer = client.post("/profile", data=FORM | {"language": "tlh"}, headers=GERMAN)

    assert answer.status_code == 422
    assert "Wählen Sie eine Sprache aus der Liste." in answer.text


def test_one_reader_s_language_never_leaks_to_the_next(client, ada):
    client.get("/sign-in", headers=GERMAN)

    assert language(client.get("/sign-in")) == "en"
    assert language(client.get("/no-such-page", headers=GERMAN)) == "de"
    assert language(client.get("/no-such-page")) == "en"


def test_a_name_that_a_page_was_not_given_is_an_error_in_every_language(client):
    for pages in client.application.extensions[ENVIRONMENTS].values():
        with pytest.raises(UndefinedError, match="mistyped"):
            pages.from_string("{{ viewer.mistyped }}").render(viewer={})
