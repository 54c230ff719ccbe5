"""Signing in and out, on real session rows."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.models import SignIn
from config import Provider


def test_a_stranger_is_sent_to_sign_in_and_back(client):
    answer = client.get("/profile?saved=1")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/profile?saved%3D1"


def test_a_cookie_copied_before_sign_out_is_dead_afterwards(client, make, sessions):
    token = client.sign_in(make.person())
    before = client.get("/profile").status_code

    client.post("/sign-out")
    with client.session_transaction() as session:
        session["_user_id"] = token

    assert before == 200
    assert client.get("/profile").status_code == 303
    with sessions() as db:
        assert db.scalar(select(SignIn.ended_at)) is not None


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client):
    answer = client.post("/apply", headers={"Referer": "http://localhost/apply?from=mail"})

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/apply?from%3Dmail")


def test_what_was_typed_before_the_session_ended_can_be_sent_again_from_the_answer(client, make):
    person = make.person(roles=())
    typed = {"building": "\nA queue for a food bank <b>in Rust</b>. " * 5, "link": "", "then": "keep"}

    answer = client.post("/apply?from=mail", data=typed, headers={"Referer": "http://localhost/apply"})
    fields = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL))
    client.sign_in(person)
    client.post("/apply", data={name: unescape(value) for name, value in fields.items()})

    assert answer.status_code == 401
    assert 'action="/apply?from=mail"' in answer.text
    assert 'href="/sign-in?next=/apply" target="_blank"' in answer.text
    assert {name: unescape(value) for name, value in fields.items()} == typed
    assert "<b>" not in answer.text
    assert "A queue for a food bank &lt;b&gt;in Rust" in client.get("/apply").text


def test_a_script_that_saves_after_the_session_ended_is_sent_to_sign_in(client):
    answer = client.post("/apply", data={"building": "Words"}, headers={"X-Autosave": "1"})

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")


@pytest.mark.parametrize(("names", "is_warned"), [(["github"], False), (["github", "google"], True)])
def test_with_several_providers_one_is_told_that_each_is_an_account(
    client, app, monkeypatch, names, is_warned
):
    offered = {name: Provider(name, name.title(), "oidc", "", "id", "") for name in names}
    monkeypatch.setattr(app.extensions["touchstone"].providers, "by_name", offered)

    page = client.get("/sign-in").text

    assert page.count("Continue with") == len(names)
    assert ("Two providers are two accounts" in page) is is_warned
