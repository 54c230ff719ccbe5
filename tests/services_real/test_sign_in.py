"""Signing in through an OpenID provider that shares no code with ours."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from app.models import Identity, Person, SignIn
from tests.browser_client import Browser
from tests.real_parts import OIDC, PROVIDER, needed, sign_in_at_peer, without_host


@pytest.fixture
def begun(browser):
    """A sign-in under way: the browser, and where it was sent."""
    return browser, browser.get(f"/sign-in/{PROVIDER}?next=/profile").location


def counted(sessions, table):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_the_browser_is_sent_with_a_challenge_a_nonce_and_a_state(begun):
    _, address = begun
    sent = parse_qs(urlsplit(address).query)

    assert address.startswith(needed(OIDC[0]))
    assert sent["code_challenge_method"] == ["S256"]
    assert len(sent["code_challenge"][0]) == 43
    assert len(sent["nonce"][0]) >= 20
    assert len(sent["state"][0]) >= 20
    assert sent["redirect_uri"] == [f"http://localhost/sign-in/{PROVIDER}/callback"]


def test_a_person_signs_in_and_is_known_by_issuer_and_subject(begun, sessions):
    browser, address = begun

    answer = browser.get(without_host(sign_in_at_peer(address, "ada@example.org")))

    assert (answer.status_code, answer.location) == (303, "/profile")
    assert browser.get("/profile").status_code == 200
    with sessions() as db:
        person = db.scalars(select(Person)).one()
        identity = db.scalars(select(Identity)).one()
        assert (person.name, person.email) == ("ada", "ada@example.org")
        assert (identity.issuer, identity.subject) == (needed(OIDC[0]), "ada@example.org")
        assert db.scalars(select(SignIn)).one().provider == PROVIDER


def test_the_same_person_is_met_once(browser, sessions):
    for _ in range(2):
        address = browser.get(f"/sign-in/{PROVIDER}").location
        browser.get(without_host(sign_in_at_peer(address, "ada@example.org")))
        browser.post("/sign-out")

    assert counted(sessions, Person) == 1
    assert counted(sessions, Identity) == 1
    assert counted(sessions, SignIn) == 2


def test_a_code_is_taken_once(begun, sessions):
    browser, address = begun
    callback = without_host(sign_in_at_peer(address, "ada@example.org"))
    browser.get(callback)
    browser.post("/sign-out")

    answer = browser.get(callback)

    assert answer.status_code == 400
    assert browser.get("/profile").status_code == 303
    assert counted(sessions, SignIn) == 1


def test_a_code_begun_in_another_browser_signs_nobody_in(begun, real_app, sessions):
    """The state is bound to the session that began: a link with somebody's code is of no use (login CSRF)."""
    _, address = begun
    callback = without_host(sign_in_at_peer(address, "mallory@example.org"))

    victim = Browser(real_app, sessions)
    answer = victim.get(callback)

    assert answer.status_code == 400
    assert counted(sessions, SignIn) == 0
    assert counted(sessions, Person) == 0


def test_a_code_for_a_forged_state_signs_nobody_in(begun, sessions):
    browser, address = begun
    callback = without_host(sign_in_at_peer(address, "ada@example.org"))

    answer = browser.get(callback.replace("state=", "state=x"))

    assert answer.status_code == 400
    assert counted(sessions, SignIn) == 0


def test_a_refusal_at_the_provider_is_a_page_of_ours(begun, sessions):
    browser, address = begun
    state = parse_qs(urlsplit(address).query)["state"][0]

    answer = browser.get(f"/sign-in/{PROVIDER}/callback?error=access_denied&state={state}")

    assert answer.status_code == 400
    assert counted(sessions, SignIn) == 0
