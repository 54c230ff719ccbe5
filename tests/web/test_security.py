"""What every response carries, whatever it is about; and cookies that travel only where they should."""

import re
from dataclasses import replace

import pytest

from app.factory import create_app
from app.web.security import content_policy
from app.web.sign_in import local_path
from tests.web.addresses import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def secure_client(settings):
    app = create_app(replace(settings, base_url="https://portal.example"))
    yield app.test_client()
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def policy(settings):
    return dict(part.partition(" ")[::2] for part in content_policy(settings).split("; "))


def test_the_policy_trusts_us_alone_and_the_bucket_for_uploads(settings):
    assert policy(settings) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self' http://127.0.0.1:9",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_the_bucket_is_named_by_its_public_origin_only(settings):
    storage = replace(settings.storage, public_endpoint="https://files.example:8443/some/path")

    named = policy(replace(settings, storage=storage))["connect-src"]

    assert named == "'self' https://files.example:8443"


def test_every_answer_carries_the_headers(app, client, sessions, make):
    """Pages, errors, redirects and downloads alike; a stricter policy of their own is fine."""
    world = World(app, sessions, make)
    client.sign_in(make.person("All", roles=("learner", "reviewer", "admin")))
    bare = {}

    for path in [
        *(address.path for address in world.addresses("GET")),
        "/no-such-page",
        "/static/portal.css",
    ]:
        with client.get(path) as answer:
            headers = answer.headers
        lacks = [name for name, value in ALWAYS.items() if headers.get(name) != value]
        lacks += [] if "default-src 'none'" in headers.get("Content-Security-Policy", "") else ["policy"]
        lacks += [] if "camera=()" in headers.get("Permissions-Policy", "") else ["permissions"]
        bare[path] = lacks

    assert {path: lacks for path, lacks in bare.items() if lacks} == {}
    assert len(bare) > 30


def test_private_pages_are_kept_by_nobody_in_between(app, client, sessions, make):
    world = World(app, sessions, make)
    client.sign_in(make.person("All", roles=("learner", "reviewer", "admin")))

    kept = {
        address.path: control
        for address in world.addresses("GET")
        if (control := client.get(address.path).headers.get("Cache-Control", "")) not in
        {"private, no-cache", "no-store", "private, no-store"}
        and not address.path.startswith(("/issuer", "/c/", "/healthz", "/readyz", "/sign-in"))
    }  # fmt: skip

    assert {path: control for path, control in kept.items() if client.get(path).status_code < 300} == {}


def test_a_fragment_is_never_shown_as_a_page_from_a_cache(client, make):
    client.sign_in(make.person(roles=("admin",)))

    answer = client.fragment("GET", "/admin/checks")

    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.headers["Vary"].split(", ")) >= {"HX-Request", "HX-Request-Type", "Cookie"}


def test_a_static_file_named_with_its_hash_is_kept_for_ever_and_otherwise_not(client):
    page = client.get("/").text
    named = re.search(r'href="(/static/portal\.css\?v=[0-9a-f]{12})"', page)[1]

    with client.get(named) as kept, client.get("/static/portal.css") as asked_again:
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "immutable" not in asked_again.headers["Cache-Control"]


def test_over_https_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay(secure_client):
    answer = secure_client.get("/sign-in/demo", base_url="https://portal.example")
    page = secure_client.get("/", base_url="https://portal.example")

    assert answer.status_code == 503  # nothing listens at the provider's address
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-touchstone=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain=" not in cookie


def test_over_plain_http_on_this_machine_the_cookie_still_hides_from_scripts(client):
    (cookie,) = client.get("/sign-in/demo").headers.getlist("Set-Cookie")

    assert cookie.startswith("touchstone=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Strict-Transport-Security" not in client.get("/").headers


def test_a_visitor_gets_no_cookie(client):
    for path in ("/", "/capstones", "/fit-check", "/sign-in", "/verify"):
        assert client.get(path).headers.getlist("Set-Cookie") == []


def test_who_is_signed_in_is_given_the_cookie_once_and_not_with_every_file(client, make):
    client.sign_in(make.person())
    with client.session_transaction() as session:
        session.permanent = True  # as a sign-in leaves it

    for path in ("/static/portal.css", "/profile"):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers.getlist("Set-Cookie") == []


ELSEWHERE = [
    "//x.example", "///x.example", "////x.example", "/\\x.example", "\\\\x.example",
    "\\/x.example", "/\\/x.example", "/\t/x.example", "/\n/x.example", "/\r/x.example",
    "\t//x.example", " //x.example", "/ /x.example", "\x00//x.example", "\x01/profile",
    "https://x.example", "http:///x.example", "http:x.example", "https:/x.example",
    "HTTPS://x.example", "//x.example/profile", "//localhost@x.example", "//x.example#/profile",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "file:///etc/passwd", "ftp://x.example", "//[::1]", "//2130706433", "x.example",
    "profile", "./profile", "?next=//x.example", "#profile", "", "/\u2028/x.example",
    "/profile\r\nSet-Cookie: a=b", "/profile\u202e", "/no-such-page", "/sign-out", "/%2f%2fx.example",
    "/capstones//x.example", "/../..//x.example",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE, ids=repr)
def test_a_sign_in_never_leads_elsewhere(app, path):
    """Only what a GET of our own answers; everything else is the home page."""
    with app.test_request_context():
        assert local_path(path) == "/"


@pytest.mark.parametrize(
    "path", ["/", "/profile", "/profile?saved=1", "/capstones/stateless", "/fit-check?product=a%20b"]
)
def test_a_sign_in_leads_back_to_our_own_pages(app, path):
    with app.test_request_context():
        assert local_path(path) == path


@pytest.mark.parametrize("path", ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example"])
def test_the_sign_in_page_links_nowhere_else(client, path):
    assert "elsewhere.example" not in client.get("/sign-in", query_string={"next": path}).text


def test_addresses_of_proxies_are_believed_only_when_told(settings, client):
    claimed = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"}
    trusting = create_app(replace(settings, proxies=1))

    refused = client.get("/profile", headers=claimed)
    told = trusting.test_client().post("/sign-out", headers=claimed | {"Origin": "https://elsewhere.example"})
    untold = trusting.test_client().post("/sign-out", headers={"Origin": "https://elsewhere.example"})
    trusting.extensions["touchstone"].sessions.kw["bind"].dispose()

    assert refused.location == "/sign-in?next=/profile"
    assert (told.status_code, untold.status_code) == (303, 403)
