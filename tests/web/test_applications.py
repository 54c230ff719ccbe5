"""The applicant's pages. The admins' are in test_decisions.py."""

import re

from sqlalchemy import select

from app.domain.applications import State
from app.models import Application
from tests.factories import ANSWERS


def test_an_applicant_writes_checks_and_sends(client, make, sessions):
    client.sign_in(make.person(roles=()))

    saved = client.post("/apply", data=ANSWERS | {"link": "", "then": "check"})
    checked = client.get("/apply/check")
    sent = client.post("/apply/send")
    status = client.get("/application")

    assert (saved.status_code, saved.location) == (303, "/apply/check")
    assert ANSWERS["building"] in checked.text
    assert (sent.status_code, sent.location) == (303, "/application")
    assert "Decided by" in status.text
    with sessions() as db:
        assert db.scalars(select(Application.state)).all() == [State.RECEIVED]


def test_too_short_answers_come_back_as_typed_with_a_summary(client, make):
    client.sign_in(make.person(roles=()))

    answer = client.post(
        "/apply", data={"building": "Too <b>short", "change": "", "start": "", "then": "check"}
    )

    assert answer.status_code == 422
    assert "<title>Error: Ask for free access" in answer.text
    assert "Too &lt;b&gt;short</textarea>" in answer.text
    assert 'href="#building"' in answer.text


def test_two_pages_cannot_overwrite_each_other_silently(client, make, sessions):
    client.sign_in(make.person(roles=()))
    seen = seen_by(client.get("/apply"))
    client.post("/apply", data=ANSWERS | {"link": "", "tag": seen, "then": "keep"})
    mine = ANSWERS | {"building": "What the second page says, long enough to be told apart.", "link": ""}

    refused = client.post("/apply", data=mine | {"tag": seen, "then": "keep"})
    again = client.post("/apply", data=mine | {"tag": seen_by(refused), "then": "keep"})

    assert refused.status_code == 409
    assert mine["building"] in refused.text
    assert ANSWERS["building"] in refused.text
    assert again.status_code == 303
    with sessions() as db:
        assert db.scalars(select(Application.building)).one() == mine["building"]


def seen_by(page):
    return re.search(r'name="tag" value="([0-9a-f]+)"', page.text)[1]


def test_a_link_may_be_typed_without_https(client, make, sessions):
    client.sign_in(make.person(roles=()))

    sent = client.post("/apply", data=ANSWERS | {"link": "github.com/ünsal/stallboard", "then": "check"})
    odd = client.post("/apply", data=ANSWERS | {"link": "ask me", "then": "check"})

    assert (sent.status_code, odd.status_code) == (303, 422)
    assert "Start the link with https://" in odd.text


def test_what_is_typed_stays_as_it_is_while_it_saves_itself(client, make, sessions):
    client.sign_in(make.person(roles=()))

    client.post("/apply", data=ANSWERS | {"link": "github.com"}, headers={"X-Autosave": "1"})
    with sessions() as db:
        typed = db.scalars(select(Application.link)).one()
    client.post("/apply", data=ANSWERS | {"link": "github.com", "then": "keep"})

    assert typed == "github.com"
    with sessions() as db:
        assert db.scalars(select(Application.link)).one() == "https://github.com"


def test_keeping_a_request_for_later_says_that_it_is_kept(client, make):
    client.sign_in(make.person(roles=()))

    kept = client.post("/apply", data=ANSWERS | {"link": "", "then": "keep"})

    assert "Kept here until you send it." in client.get(kept.location).text
    assert "Kept here until you send it." not in client.get("/apply").text
