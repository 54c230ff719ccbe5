"""The demo's OpenID provider, met by Authlib's own client and by hand."""

import base64
import hashlib
import json
import re
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

from embedded import identity
from embedded.process import LOOPBACK, free_port

CLIENT, SECRET = "touchstone-portal", "client-secret-client-secret"
BACK = "http://localhost/sign-in/demo/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PEOPLE = [
    {"id": "p-1", "name": "Ada Park", "email": "ada@example.org", "note": "learner, capstone 3 contradicts"},
    {"id": "p-2", "name": "<b>Bo</b>", "email": "bo@example.org"},
]


class Clock:
    def __init__(self):
        import time

        self.seconds = time.time()

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(tmp_path, clock):
    """The provider, answering on loopback; gives its address."""
    people = tmp_path / "people.json"
    people.write_text(json.dumps(PEOPLE))
    port = free_port()
    known = identity.provider(
        tmp_path / "identity", port=port, redirects=[BACK], people=people, client_id=CLIENT, secret=SECRET
    )
    server = make_server(LOOPBACK, port, identity.create_app(known, clock=clock), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield known.issuer
    server.shutdown()
    thread.join()


def wish(**other):
    values = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid email profile",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (values | other).items() if value is not None}


def ask(provider, **other):
    return requests.get(f"{provider}/authorize", params=wish(**other), allow_redirects=False)


def choose(provider, form=None, **other):
    address = f"{provider}/authorize?{urlencode(wish(**other))}"
    return requests.post(address, data=form or {"person": "p-1"}, allow_redirects=False)


def answered(response):
    """The parameters the browser is sent back with."""
    location = urlsplit(response.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == BACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def redeem(provider, code, *, secret=SECRET, **other):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return requests.post(f"{provider}/token", data=form | other, auth=(CLIENT, secret))


def test_a_person_is_chosen_and_the_portal_learns_who(provider):
    sent_back = answered(choose(provider))
    token = redeem(provider, sent_back["code"]).json()

    keys = KeySet.import_key_set(requests.get(f"{provider}/jwks").json())
    claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
    about = requests.get(f"{provider}/userinfo", headers={"Authorization": f"Bearer {token['access_token']}"})

    assert sent_back["state"] == "state-1"
    assert {
        name: claims[name] for name in ("iss", "aud", "nonce", "sub", "name", "email", "email_verified")
    } == {
        "iss": provider,
        "aud": CLIENT,
        "nonce": "nonce-1",
        "sub": "p-1",
        "name": "Ada Park",
        "email": "ada@example.org",
        "email_verified": True,
    }
    assert about.json() == {
        "sub": "p-1",
        "name": "Ada Park",
        "email": "ada@example.org",
        "email_verified": True,
    }


def test_the_page_lists_the_people_as_text_not_as_html(provider):
    page = ask(provider)

    assert page.status_code == 200
    assert re.findall(r'name="person" value="([^"]*)"', page.text) == ["p-1", "p-2"]
    assert "learner, capstone 3 contradicts" in page.text
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page.text
    assert "<b>" not in page.text


def test_the_page_runs_nothing_and_posts_only_here_and_back(provider):
    policy = ask(provider).headers["Content-Security-Policy"]

    assert policy == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' http://localhost"
    )
    assert requests.get(f"{provider}/parts.css").headers["Content-Type"].startswith("text/css")


def test_a_new_name_is_a_person_and_the_same_address_is_the_same_person(provider):
    def subject(email, nonce):
        code = answered(choose(provider, {"name": "New", "email": email}, nonce=nonce))["code"]
        token = redeem(provider, code).json()["access_token"]
        answer = requests.get(f"{provider}/userinfo", headers={"Authorization": f"Bearer {token}"})
        return answer.json()["sub"]

    assert subject("new@example.org", "1") == subject("New@Example.org", "2")
    assert subject("new@example.org", "3") != subject("other@example.org", "4")


@pytest.mark.parametrize(
    "form",
    [
        {"person": "p-9"},
        {"name": "", "email": "a@b"},
        {"name": "A", "email": "a"},
        {"name": "A", "email": "@b"},
    ],
)
def test_nobody_is_asked_again_with_what_was_typed(provider, form):
    answer = choose(provider, form)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'value="{form.get("email", "")}"' in answer.text


@pytest.mark.parametrize(
    "other",
    [
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?x=1"},
        {"redirect_uri": "http://localhost.evil.example/sign-in/demo/callback"},
        {"redirect_uri": None},
        {"client_id": "somebody-else"},
        {"client_id": None},
    ],
)
def test_an_unknown_client_or_address_is_refused_without_going_there(provider, other):
    for answer in (ask(provider, **other), choose(provider, **other)):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert "This sign-in request is not valid" in answer.text


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"scope": "email"}, "invalid_scope"),
    ],
)
def test_a_weak_request_is_sent_back_with_its_error(provider, other, error):
    for answer in (ask(provider, **other), choose(provider, **other)):
        assert answered(answer)["error"] == error
        assert answered(answer)["state"] == "state-1"


def test_a_nonce_is_used_once(provider):
    choose(provider)

    assert answered(ask(provider))["error"] == "invalid_request"


def test_a_code_works_once(provider):
    code = answered(choose(provider))["code"]

    first, second = redeem(provider, code), redeem(provider, code)

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": f"{BACK}/"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
    ],
)
def test_a_code_with_the_wrong_company_is_refused(provider, other, error):
    code = answered(choose(provider))["code"]

    answer = redeem(provider, code, **other)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert "access_token" not in answer.json()


def test_a_wrong_guess_uses_the_code_up(provider):
    code = answered(choose(provider))["code"]
    redeem(provider, code, code_verifier="w" * 64)

    assert redeem(provider, code).json()["error"] == "invalid_grant"


def test_a_code_lives_a_minute(provider, clock):
    code = answered(choose(provider))["code"]

    clock.seconds += 61

    assert redeem(provider, code).json()["error"] == "invalid_grant"


def test_a_wrong_client_secret_is_refused(provider):
    code = answered(choose(provider))["code"]

    assert redeem(provider, code, secret="wrong").status_code == 401


def test_an_access_token_lives_ten_minutes(provider, clock):
    token = redeem(provider, answered(choose(provider))["code"]).json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    before = requests.get(f"{provider}/userinfo", headers=header).status_code

    clock.seconds += 601

    assert (before, requests.get(f"{provider}/userinfo", headers=header).status_code) == (200, 401)
    assert requests.get(f"{provider}/userinfo").status_code == 401


def test_the_key_stays_the_same_and_is_private(tmp_path):
    first = identity.signing_key(tmp_path)

    second = identity.signing_key(tmp_path)

    assert first.as_dict(private=True) == second.as_dict(private=True)
    assert (tmp_path / "signing-key.json").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def portal(provider):
    """A small Flask application that signs in through Authlib's client, as the portal does."""
    app = Flask(__name__)
    app.secret_key = "x" * 32
    remote = OAuth(app).register(
        "demo",
        client_id=CLIENT,
        client_secret=SECRET,
        server_metadata_url=f"{provider}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )

    @app.get("/sign-in/demo")
    def sign_in():
        return remote.authorize_redirect(BACK)

    @app.get("/sign-in/demo/callback")
    def callback():
        try:
            session["who"] = dict(remote.authorize_access_token()["userinfo"])
        except OAuthError as error:
            return error.error, 400
        return redirect(url_for("me"))

    @app.get("/me")
    def me():
        return session["who"]["name"]

    return app.test_client()


def walk(portal):
    """Begin at the portal, choose Ada on the provider's page; gives the path and query to come back with."""
    begun = portal.get("/sign-in/demo").headers["Location"]
    back = urlsplit(requests.post(begun, data={"person": "p-1"}, allow_redirects=False).headers["Location"])
    return back.path, parse_qs(back.query)


def test_the_portals_client_signs_in(portal):
    path, query = walk(portal)

    answer = portal.get(path, query_string=query)

    assert answer.headers["Location"] == "/me"
    assert portal.get("/me").text == "Ada Park"


def test_the_portals_client_refuses_a_forged_state(portal):
    path, query = walk(portal)

    answer = portal.get(path, query_string=query | {"state": "forged"})

    assert (answer.status_code, answer.text) == (400, "mismatching_state")


def test_the_portals_client_refuses_a_replayed_answer(portal):
    path, query = walk(portal)
    portal.get(path, query_string=query)

    answer = portal.get(path, query_string=query)

    assert (answer.status_code, answer.text) == (400, "mismatching_state")


def test_a_code_stolen_from_another_browser_does_not_work(portal):
    """The thief's own sign-in has another verifier, and the nonce of the ID token would be another."""
    _, stolen = walk(portal)
    path, own = walk(portal)

    answer = portal.get(path, query_string=own | {"code": stolen["code"]})

    assert (answer.status_code, answer.text) == (400, "invalid_grant")
