"""The admins' pages: people, switches, the audit trail, exports; each at the same price for one row and for thirty."""

import csv
import io
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.adapters import anchors, signing
from app.domain.switches import Switch
from app.models import Appointment, AuditEntry, SwitchState
from app.queries import audit_chain
from app.queries.admin import PAGE
from app.services import audit
from tests.web.learners import browser as sign_in


@pytest.fixture
def admin(make):
    return make.person("Ada Admin", roles=("admin",))


@pytest.fixture
def browser(client, admin):
    client.sign_in(admin)
    return client


@pytest.fixture
def stored(portal, sessions, admin):
    """The admin at a portal whose store answers and which has a key."""
    path = portal.extensions["touchstone"].settings.signing_key_path
    signing.load(pem=None, path=path, may_create=True)
    return sign_in(portal, sessions, admin)


def actions(sessions):
    with sessions() as db:
        entries = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    return [action for action in entries if not action.startswith(("sign_in.", "rubric."))]


def live_roles(sessions, person):
    with sessions() as db:
        held = select(Appointment.role).where(
            Appointment.person_id == person.id, Appointment.ended_at.is_(None)
        )
        return sorted(db.scalars(held))


def test_the_start_page_counts_people_and_says_what_is_paused(browser, make, sessions):
    learner = make.person()
    make.version(learner, state="passed")
    make.application(make.person("Noor", roles=()), state="received")
    browser.post("/admin/switches/uploads/pause", data={"message": "The store moves until noon."})

    page = browser.get("/admin").text

    assert "Uploads are paused" in page
    assert "The store moves until noon." in page
    assert "1 open" in page
    assert re.findall(r'step=([a-z-]+)">(\d+)<', page) == [
        ("applied", "1"), ("let-in", "1"), ("active", "1"), ("handed-in", "1"), ("passed", "1"), ("certified", "0"),
    ]  # fmt: skip


def test_people_are_found_by_name_or_address_and_nothing_is_a_pattern(browser, make):
    make.person("Mira Okafor", email="mira@example.org")
    make.person("Noor", email="100%@example.org")

    def found(search):
        page = browser.get("/admin/people", query_string={"q": search}).text
        return [name for name in ("Mira Okafor", "Noor", "Ada Admin") if f'scope="row">{name}' in page]

    assert found("okafor") == ["Mira Okafor"]
    assert found("MIRA@example") == ["Mira Okafor"]
    assert found("%") == ["Noor"]
    assert found("_") == []
    assert found("") == ["Mira Okafor", "Noor", "Ada Admin"]


def test_appointing_gives_the_role_once_and_is_on_record(browser, make, sessions):
    person = make.person()

    answers = [
        browser.post(f"/admin/people/{person.id}/appoint", data={"role": "reviewer"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert live_roles(sessions, person) == ["reviewer"]
    assert actions(sessions) == ["appointment.begin"]


def test_an_appointment_ends_at_the_next_request(app, browser, client, make, sessions):
    reviewer = make.person("Rosa", roles=("reviewer",))
    theirs = type(client)(app, sessions)
    theirs.sign_in(reviewer)
    before = theirs.get("/queue").status_code

    browser.post(f"/admin/people/{reviewer.id}/dismiss", data={"role": "reviewer"})

    assert (before, theirs.get("/queue").status_code) == (200, 403)
    assert live_roles(sessions, reviewer) == []
    assert actions(sessions) == ["appointment.end"]


@pytest.mark.parametrize("role", ["learner", "emperor", "", None])
def test_only_appointments_are_appointed(browser, make, sessions, role):
    person = make.person(roles=())

    answer = browser.post(
        f"/admin/people/{person.id}/appoint", data={"role": role} if role is not None else {}
    )

    assert answer.status_code == 422
    assert live_roles(sessions, person) == []
    assert actions(sessions) == []


def test_an_admin_cannot_shut_the_last_door(browser, admin, sessions):
    answer = browser.post(f"/admin/people/{admin.id}/dismiss", data={"role": "admin"})

    assert answer.status_code == 403
    assert "Ask another admin" in answer.text
    assert live_roles(sessions, admin) == ["admin"]


def test_somebody_who_is_not_there_is_not_found(browser):
    answer = browser.post(f"/admin/people/{UUID(int=1)}/appoint", data={"role": "reviewer"})

    assert answer.status_code == 404


@pytest.mark.parametrize("switch", Switch)
def test_every_part_can_be_paused_with_a_message_and_resumed(browser, sessions, switch):
    paused = browser.post(f"/admin/switches/{switch}/pause", data={"message": " Back at noon. "})
    with sessions() as db:
        held = db.get(SwitchState, switch)
    resumed = browser.post(f"/admin/switches/{switch}/resume")

    assert (paused.status_code, resumed.status_code) == (303, 303)
    assert (held.paused, held.message) == (True, "Back at noon.")
    with sessions() as db:
        assert not db.get(SwitchState, switch).paused
    assert actions(sessions) == ["switch.pause", "switch.resume"]


@pytest.mark.parametrize("message", ["", "   ", "x" * 501])
def test_a_pause_without_a_fitting_message_keeps_what_was_typed(browser, sessions, message):
    answer = browser.post("/admin/switches/reviews/pause", data={"message": message})

    assert answer.status_code == 422
    assert f'value="{message}"' in answer.text
    assert 'href="#message"' in answer.text
    with sessions() as db:
        assert db.get(SwitchState, Switch.REVIEWS) is None


def test_a_switch_that_is_none_is_not_found(browser):
    assert browser.post("/admin/switches/telepathy/pause", data={"message": "x"}).status_code == 404


@pytest.mark.parametrize(("entries", "has_more"), [(PAGE, False), (PAGE + 1, True)])
def test_a_page_that_is_exactly_full_offers_no_more(browser, sessions, now, entries, has_more):
    with sessions.begin() as db:
        for number in range(entries):
            audit.record(db, None, "check.again", "check_run", f"r{number}", now=now)

    assert ("before=" in browser.get("/admin/audit?action=check").text) is has_more


def test_the_trail_is_narrowed_by_how_an_action_begins_and_pages_back(browser, sessions, now):
    with sessions.begin() as db:
        for number in range(PAGE + 5):
            audit.record(db, None, "check.again", "check_run", f"r{number}", now=now)
        audit.record(db, None, "mail.again", "mail", "m1", now=now)

    first = browser.get("/admin/audit?action=check").text
    more = first.partition("before=")[2].partition('"')[0]
    second = browser.get(f"/admin/audit?action=check&before={more}").text

    assert first.count("<code>check.again</code>") == PAGE
    assert second.count("<code>check.again</code>") == 5
    assert "mail.again" not in first + second
    assert "the portal" in first


def test_verifying_says_that_the_chain_holds_or_where_it_breaks(stored, sessions, superuser, now):
    with sessions.begin() as db:
        for number in range(4):
            audit.record(db, None, "check.again", "check_run", f"r{number}", now=now)
            db.flush()

    whole = stored.post("/admin/audit/verify").text
    with altered(superuser, "UPDATE audit_entry SET object_id = 'other' WHERE id = 3"):
        broken = stored.post("/admin/audit/verify").text

    assert "The chain holds" in whole
    assert "The chain is broken" in broken
    assert "Entry 3, or the one before it, is not what was written." in broken


@pytest.fixture
def present(clock):
    """The portal's clock as late as the store's own."""
    clock["now"] = datetime.now(UTC)
    return clock["now"]


def test_verifying_sees_that_the_end_was_cut_off_as_the_command_does(
    present, stored, portal, sessions, superuser, now
):
    with sessions.begin() as db:
        for number in range(4):
            audit.record(db, None, "check.again", "check_run", f"r{number}", now=now)
            db.flush()
        head = audit_chain.head(db)
    keys = signing.load(
        pem=None, path=portal.extensions["touchstone"].settings.signing_key_path, may_create=True
    )
    anchors.write(portal.extensions["touchstone"].storage, keys, head.number, head.hash, now=now)

    whole = stored.post("/admin/audit/verify").text
    with altered(superuser, f"DELETE FROM audit_entry WHERE id = {head.number}"):
        cut = stored.post("/admin/audit/verify").text

    assert "compared, the newest first: 1" in whole
    assert f"saw entry {head.number}, and the trail ends at {head.number - 1}" in cut


def test_verifying_without_the_anchors_does_not_claim_that_all_is_well(browser, sessions, now):
    with sessions.begin() as db:
        audit.record(db, None, "check.again", "check_run", "r", now=now)

    page = browser.post("/admin/audit/verify").text

    assert "The anchors cannot be read" in page
    assert "The chain holds" not in page


@contextmanager
def altered(superuser, statement):
    """The trail as somebody changed it who may do everything to the database."""
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
        connection.execute(text("SET session_replication_role = DEFAULT"))
    yield


def exported(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline="")))


def test_people_are_exported_with_nothing_to_calculate(browser, make):
    make.person("=HYPERLINK(1)", email="@sum", roles=("learner", "reviewer"))

    rows = {row["name"]: row for row in exported(browser.get("/admin/people.csv"))}

    assert rows["'=HYPERLINK(1)"]["email"] == "'@sum"
    assert rows["'=HYPERLINK(1)"]["roles"] == "learner reviewer"
    assert rows["Ada Admin"]["roles"] == "admin"


def test_the_trail_is_exported_whole(browser, sessions, now):
    with sessions.begin() as db:
        for number in range(PAGE * 2):
            audit.record(db, None, "check.again", "check_run", f"r{number}", now=now)

    rows = exported(browser.get("/admin/audit.csv"))

    assert len([row for row in rows if row["action"] == "check.again"]) == PAGE * 2


PAGES = ["/admin", "/admin/people", "/admin/people.csv", "/admin/switches", "/admin/audit", "/admin/audit.csv",
         "/admin/applications", "/admin/checks", "/admin/certificates"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_the_same_for_one_row_and_for_thirty(browser, make, count_selects, path):
    def price():
        with count_selects() as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    _row_of_each_kind(make, 0)
    one = price()
    for number in range(1, 30):
        _row_of_each_kind(make, number)

    assert price() == one
    assert one <= 8


def _row_of_each_kind(make, number):
    person = make.person(f"Person {number}")
    make.application(make.person(f"Applicant {number}", roles=()), state="received")
    make.version(person, state="submitted", files=1)
