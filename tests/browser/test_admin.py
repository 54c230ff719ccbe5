"""Requests for access decided by keyboard: ten notes, all mails seen, sent together, taken back in time (S7)."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.db import new_id
from app.domain.applications import State
from app.models import Application
from tests.browser import seeded
from tests.browser.windows import Windows
from tests.factories import ANSWERS
from tests.story.parts import embedded_portal

pytestmark = pytest.mark.browser

NAMES = ["Omar", "Lin", "Nia", "Kofi", "Ines", "Jun", "Vera", "Sami", "Tara", "Yuri"]
KEYS = "aaaaaaaqxa"
QUESTION = "Which stack is it built on?"
SUBJECTS = {"a": "Granted: your access", "q": "A question about your request", "x": "Declined: your request"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with embedded_portal(tmp_path_factory.mktemp("portal"), REVIEW_UNDO_SECONDS="600") as portal:
        yield portal


@pytest.fixture(scope="module")
def db(portal):
    """Ten requests, the first of them the oldest, and an admin."""
    with seeded.database(portal) as db:
        people = [seeded.signed_in_once(portal, db, name) for name in NAMES]
        seeded.signed_in_once(portal, db, "Ada", "admin")
        for hours, person in enumerate(reversed(people), start=1):
            asked(db, person, hours)
        yield db


def asked(db, person, hours):
    received = db.make.now.replace(microsecond=hours)
    with db.sessions.begin() as session:
        session.add(
            Application(
                id=new_id(),
                person_id=person.id,
                course_slug=db.make.course.slug,
                state=State.RECEIVED,
                created_at=received,
                received_at=received.replace(microsecond=100 - hours),
                due_at=received.replace(year=received.year + 1),
                **ANSWERS,
            )
        )


@pytest.fixture
def windows(browser, portal):
    """Windows on the portal; at the end nothing may have been wrong with any page."""
    windows = Windows(browser, portal)
    yield windows
    windows.close()
    assert windows.faults == [], "\n".join(windows.faults)


def test_ten_notes_are_decided_by_keyboard_and_nothing_is_mailed_until_all_is_sent(windows, portal, db):
    ada = windows.open("Ada").sign_in()
    page = ada.page
    page.goto("/admin/applications")
    ada.look("requests-waiting")

    decides_by_keyboard(page)
    undoes_one_and_decides_again(page)
    ada.look("requests-pending")
    assert decided(portal) == (0, 0)

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Decisions to send")).to_be_visible()
    page.get_by_label("Words to Omar").fill("Welcome, Omar.")
    ada.look("outbox")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="10 decisions are on their way")).to_be_visible()
    ada.look("decisions-on-their-way")
    ada.visit("/admin/applications", "requests-on-their-way")
    ada.visit("/admin/applications/outbox", "outbox-on-its-way")
    page.keyboard.press("z")
    expect(page.get_by_label("Words to Omar")).to_have_value("Welcome, Omar.")
    page.wait_for_timeout(2500)  # two rounds of the worker
    assert decided(portal) == (0, 0)

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="10 decisions are on their way")).to_be_visible()
    ten_minutes_pass(db)
    every_mail_arrives_in_both_forms(portal)
    page.goto("/admin/applications")
    expect(page.get_by_text("1 open, 1 of them waiting for an answer.")).to_be_visible()
    expect(page.get_by_role("link", name="8 granted")).to_be_visible()
    expect(page.get_by_role("link", name="1 declined")).to_be_visible()


def decides_by_keyboard(page):
    """One key a note, and one to the next; a question needs its words."""
    for key, name in zip(KEYS, NAMES, strict=True):
        page.keyboard.press("j")
        row = page.locator("article", has=page.get_by_role("heading", name=name, exact=True))
        expect(row.get_by_role("link", name=name, exact=True)).to_be_focused()
        page.keyboard.press(key)
        if key == "q":
            expect(row.get_by_label(f"What {name} is asked")).to_be_focused()
            page.keyboard.type(QUESTION)
            page.keyboard.press("Control+Enter")
        expect(row.get_by_text("Nothing is sent yet.")).to_be_visible()
        assert page.evaluate("document.activeElement.closest('article')?.id") == row.get_attribute("id")
    expect(page.locator("#pending")).to_contain_text("8 to grant")
    expect(page.locator("#pending")).to_contain_text("1 to ask")
    expect(page.get_by_role("link", name="Read and send 10 decisions")).to_be_visible()


def undoes_one_and_decides_again(page):
    """`k` goes up to the one before; `z` takes the draft of it back."""
    page.keyboard.press("k")
    page.keyboard.press("z")
    row = page.locator("article", has=page.get_by_role("heading", name="Tara", exact=True))
    expect(row.get_by_role("button", name="Grant")).to_be_visible()
    expect(page.get_by_role("link", name="Read and send 9 decisions")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_role("link", name="Read and send 10 decisions")).to_be_visible()


def decided(portal):
    """How many mails about decisions there are, and how many places in the course."""
    ((mails, places),) = portal.rows(
        "SELECT (SELECT count(*) FROM outgoing_mail), (SELECT count(*) FROM enrolment)"
    )
    return mails, places


def ten_minutes_pass(db):
    with db.sessions.begin() as session:
        session.execute(text("UPDATE drafted_decision SET send_at = send_at - interval '10 minutes'"))


def every_mail_arrives_in_both_forms(portal):
    for key, name in zip(KEYS, NAMES, strict=True):
        mail = portal.mail(f"{name.lower()}@example.org", SUBJECTS[key])
        assert mail.links == mail.links_of_the_page
        assert (QUESTION in mail.text) == (key == "q")
        assert ("Welcome, Omar." in mail.text) == (name == "Omar")
    assert decided(portal) == (10, 8)


def test_without_scripts_a_note_is_decided_all_the_same(windows, portal, db):
    person = seeded.signed_in_once(portal, db, "Zoe")
    asked(db, person, 1)
    ada = windows.open("Ada", java_script_enabled=False).sign_in()
    page = ada.page
    page.goto("/admin/applications")

    row = page.locator("article", has=page.get_by_role("heading", name="Zoe", exact=True))
    row.get_by_role("button", name="Decline").click()
    expect(row.get_by_text("Nothing is sent yet.")).to_be_visible()
    page.get_by_role("link", name="Read and send").click()
    page.get_by_role("button", name="Send all that are ticked").click()

    expect(page.get_by_role("heading", name="1 decision is on its way")).to_be_visible()
