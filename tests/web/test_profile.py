"""One's own name, zone and keys; where one is signed in, and how to end it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.models import AuditEntry, Person, SignIn

FORM = {
    "name": "Mira O.",
    "certificate_name": "Mira Okafor-Lind",
    "time_zone": "Europe/Berlin",
    "keys_enabled": "on",
}


@pytest.fixture
def mira(make):
    return make.person()


@pytest.fixture
def browser(client, mira):
    client.sign_in(mira)
    return client


def held(sessions, person):
    with sessions() as db:
        row = db.get(Person, person.id)
        return row.name, row.certificate_name, row.time_zone, row.keys_enabled


def live(sessions, person):
    with sessions() as db:
        return db.scalar(
            select(func.count())
            .select_from(SignIn)
            .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        )


def test_what_one_says_of_oneself_is_kept_and_on_record(browser, mira, sessions):
    answer = browser.post("/profile", data=FORM)

    assert (answer.status_code, answer.location) == (303, "/profile?saved=1")
    assert held(sessions, mira) == ("Mira O.", "Mira Okafor-Lind", "Europe/Berlin", True)
    assert "Saved" in browser.get(answer.location).text
    with sessions() as db:
        assert db.scalars(select(AuditEntry.action).where(AuditEntry.action == "person.describe")).all() == [
            "person.describe"
        ]


def test_a_name_is_one_line(browser, mira, sessions):
    browser.post(
        "/profile", data=FORM | {"name": " Eve\r\nBcc: all@x.example", "certificate_name": "Eve\u2028 Ng"}
    )

    with sessions() as db:
        person = db.get_one(Person, mira.id)
    assert (person.name, person.certificate_name) == ("Eve Bcc: all@x.example", "Eve Ng")


def test_an_empty_certificate_name_means_the_usual_one(browser, mira, sessions):
    browser.post("/profile", data=FORM | {"certificate_name": "  "})

    assert held(sessions, mira)[1] is None


@pytest.mark.parametrize(("field", "typed", "says"), [
    ("name", "  ", "Type the name you want to be called."),
    ("name", "x" * 201, "200 characters"),
    ("certificate_name", "y" * 201, "200 characters"),
    ("time_zone", "Middle-earth/Shire", "Choose a time zone from the list"),
    ("time_zone", "../../etc/passwd", "Choose a time zone from the list"),
])  # fmt: skip
def test_a_mistake_is_named_and_everything_typed_stays(browser, mira, sessions, field, typed, says):
    before = held(sessions, mira)

    answer = browser.post("/profile", data=FORM | {field: typed})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#{field}"' in answer.text
    kept = [value for name, value in FORM.items() if name not in {field, "keys_enabled", "time_zone"}]
    assert [value for value in kept if f'value="{value}"' not in answer.text] == []
    assert held(sessions, mira) == before


def test_markup_in_a_name_is_text(browser):
    browser.post("/profile", data=FORM | {"name": '<script>alert(1)</script>"'})

    page = browser.get("/profile").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_keys_switch_answers_with_nothing(browser, mira, sessions):
    off = browser.post("/profile/keys", data={})
    is_off = held(sessions, mira)[3]
    on = browser.post("/profile/keys", data={"keys": "on"})

    assert (off.status_code, off.data, on.status_code) == (204, b"", 204)
    assert (is_off, held(sessions, mira)[3]) == (False, True)


def test_one_of_ones_sign_ins_is_ended_and_dead_at_once(app, client, browser, mira, sessions):
    other = type(client)(app, sessions)
    other.sign_in(mira)
    with sessions() as db:
        theirs = db.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()

    answer = browser.post(f"/profile/sign-ins/{theirs}/end")

    assert answer.status_code == 303
    assert other.get("/profile").status_code == 303
    assert browser.get("/profile").status_code == 200
    assert live(sessions, mira) == 1


def test_all_the_others_are_ended_at_once(app, client, browser, mira, sessions):
    others = [type(client)(app, sessions) for _ in range(3)]
    for other in others:
        other.sign_in(mira)

    browser.post("/profile/sign-ins/end-others")

    assert [other.get("/profile").status_code for other in others] == [303] * 3
    assert browser.get("/profile").status_code == 200
    assert live(sessions, mira) == 1


def test_somebody_elses_sign_in_is_not_found_and_stays(app, client, browser, make, sessions):
    noor = make.person("Noor")
    theirs = type(client)(app, sessions)
    theirs.sign_in(noor)
    with sessions() as db:
        sign_in_id = db.scalar(select(SignIn.id).where(SignIn.person_id == noor.id))

    answer = browser.post(f"/profile/sign-ins/{sign_in_id}/end")

    assert answer.status_code == 404
    assert theirs.get("/profile").status_code == 200
    assert live(sessions, noor) == 1


def test_a_session_remembers_that_it_is_used_at_most_once_a_minute(browser, sessions, clock, now):
    seen = []
    for seconds in (30, 61, 90, 130):
        clock["now"] = now + timedelta(seconds=seconds)
        browser.get("/capstones")
        with sessions() as db:
            seen.append((db.scalar(select(SignIn.last_seen_at)) - now).total_seconds())

    assert seen == [0, 61, 61, 130]
