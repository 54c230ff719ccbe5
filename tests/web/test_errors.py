"""Every way to fail is a page that says what happened, or a toast where a fragment was asked for."""

import logging
from dataclasses import replace

import pytest
from flask import abort
from sqlalchemy.exc import OperationalError

from app.domain import errors as domain
from app.factory import create_app
from app.web.access import PUBLIC, access
from app.web.errors import STATUS, status_of
from config import MIB

CANARY = "canary-7f3a"


RAISED = {
    "invalid": (domain.Invalid({"name": "Type a name."}), 422, "Type a name."),
    "not-found": (domain.NotFound(), 404, "There is nothing here that you can open."),
    "forbidden": (domain.Forbidden("Only an admin can do this."), 403, "Only an admin can do this."),
    "conflict": (domain.Conflict("This moved on."), 409, "This moved on."),
    "stale": (domain.Stale("Saved from elsewhere.", tag=2, theirs={}), 409, "Saved from elsewhere."),
    "paused": (domain.Paused("Back at noon."), 503, "Back at noon."),
    "unavailable": (domain.Unavailable("The store rests."), 503, "The store rests."),
    "refused": (domain.Refused("No."), 400, "No."),
    "database": (
        OperationalError("SELECT secret", {}, Exception("down")),
        503,
        "The database does not answer.",
    ),
    "broken": (RuntimeError(CANARY), 500, "Something broke on our side, and it has been recorded."),
}


@pytest.fixture(scope="module")
def failing(settings):
    """The portal with one page for every way to fail."""
    app = create_app(settings)
    for name, (error, _, _) in RAISED.items():
        app.add_url_rule(f"/fail/{name}", name, access(PUBLIC)(_raising(error)), methods=["GET", "POST"])
    app.add_url_rule("/fail/gone", "gone", access(PUBLIC)(lambda: abort(410)))
    app.add_url_rule("/fail/silent", "silent", lambda: "open to whom?")
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def _raising(error):
    def view():
        raise error

    return view


@pytest.mark.parametrize("name", RAISED)
def test_a_failure_is_a_page_with_its_sentence(failing, name):
    _, status, says = RAISED[name]

    answer = failing.test_client().get(f"/fail/{name}")

    assert answer.status_code == status
    assert says in answer.text
    assert "<html" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", RAISED)
def test_a_fragment_gets_a_toast(failing, name):
    _, status, says = RAISED[name]

    answer = failing.test_client().get(f"/fail/{name}", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (
        status,
        "#toasts",
        "beforeend",
    )
    assert says in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"X-Autosave": "1"}], ids=str)
def test_a_script_gets_json(failing, headers):
    answer = failing.test_client().get("/fail/conflict", headers=headers)

    assert (answer.status_code, answer.json) == (409, {"message": "This moved on.", "request_id": ""})


def test_our_mistake_shows_nothing_of_itself_and_is_recorded_with_a_number(failing, caplog):
    with caplog.at_level(logging.ERROR):
        answer = failing.test_client().get("/fail/broken")

    (record,) = [record for record in caplog.records if record.getMessage() == "request.broken"]
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    assert record.request_id in answer.text
    assert record.endpoint == "broken"
    assert CANARY in caplog.text


def test_sql_is_never_shown(failing):
    assert "SELECT" not in failing.test_client().get("/fail/database").text


@pytest.mark.parametrize("name", ["paused", "unavailable", "database"])
def test_what_passes_says_when_to_come_back(failing, name):
    assert failing.test_client().get(f"/fail/{name}").headers["Retry-After"] == "30"


def test_pages_that_are_not_there_or_gone(failing):
    client = failing.test_client()

    missing, gone = client.get("/no-such-page"), client.get("/fail/gone")

    assert (missing.status_code, gone.status_code) == (404, 410)
    assert "There is nothing at this address that you can open." in missing.text


def test_a_page_used_the_wrong_way_says_how(client):
    answer = client.post("/capstones")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_id_that_is_none_is_not_found_before_any_query(client, make, count_selects):
    client.sign_in(make.person(roles=("admin",)))

    with count_selects() as seen:
        answer = client.get("/admin/applications/not-an-id")

    assert answer.status_code == 404
    assert len(seen) <= 1


def test_a_view_that_does_not_say_who_may_open_it_is_refused(failing):
    answer = failing.test_client().get("/fail/silent")

    assert answer.status_code == 403
    assert "open to whom?" not in answer.text


def test_too_large_a_request_is_refused_before_it_is_read(client, make, settings):
    client.sign_in(make.person(roles=()))
    announced = {"CONTENT_LENGTH": str(settings.limits.file_bytes + 2 * MIB)}

    answer = client.post("/profile", data={"name": "x"}, environ_overrides=announced)

    assert answer.status_code == 413
    assert "Use the upload button for files." in answer.text


def test_every_error_class_has_its_status():
    classes = [
        kind for kind in vars(domain).values() if isinstance(kind, type) and issubclass(kind, domain.Refused)
    ]

    assert set(STATUS) == set(classes)
    assert status_of(domain.Stale("x", tag=1, theirs={})) == 409
    assert status_of(type("Odd", (domain.Conflict,), {})("x")) == 409


def test_without_a_database_pages_that_need_none_still_open(settings):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    app = create_app(replace(settings, database_url=nowhere))
    client = app.test_client()

    opened, ready = client.get("/capstones"), client.get("/readyz")
    app.extensions["touchstone"].sessions.kw["bind"].dispose()

    assert opened.status_code == 200
    assert (ready.status_code, ready.json["database"]) == (503, "down")


def test_without_a_database_a_signed_in_page_says_so(settings, client, make):
    client.sign_in(make.person(roles=()))
    cookie = client.get_cookie("touchstone").value
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    browser = create_app(replace(settings, database_url=nowhere)).test_client()
    browser.set_cookie("touchstone", cookie)

    answer = browser.get("/learn")

    assert answer.status_code == 503
    assert "The database does not answer. Nothing was lost" in answer.text


@pytest.mark.parametrize("path", ["/c/a%00b", "/admin/people?q=%00"])
def test_a_sign_that_no_row_can_hold_is_refused_in_words(client, make, path):
    client.sign_in(make.person(roles=("admin",)))

    answer = client.get(path)

    assert (answer.status_code, "a sign that cannot be kept" in answer.text) == (400, True)


def test_who_asked_for_access_is_led_from_a_learners_page_to_their_request(client, make):
    client.sign_in(make.person(roles=()))

    refused = client.get("/learn")

    assert refused.status_code == 403
    assert "It opens when free access is granted to you." in refused.text
    assert 'href="/apply"' in refused.text
