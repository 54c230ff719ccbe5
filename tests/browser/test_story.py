"""The main job in Chromium: with its scripts, without any, and every page of it looked at."""

import re

import pytest
from playwright.sync_api import expect

from app import course as courses
from app.domain.calibration import known_levels
from tests.browser.windows import Windows
from tests.conftest import ROOT
from tests.story import applying, certifying, proving, telling
from tests.story.parts import embedded_portal
from tests.story.people import Person

pytestmark = pytest.mark.browser

SLOT = "#slot-db-latency-after"
PUBLIC = (
    "/",
    "/fit-check",
    "/capstones",
    "/capstones/three-bottlenecks",
    "/sign-in",
    "/verify",
    "/no-such-page",
)
ADMINS = (
    "/admin",
    "/admin/people",
    "/admin/applications",
    "/admin/switches",
    "/admin/checks",
    "/admin/audit",
    "/admin/certificates",
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with embedded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def windows(browser, portal):
    """Windows on the portal; at the end nothing may have been wrong with any page."""
    windows = Windows(browser, portal)
    yield windows
    windows.close()
    assert windows.faults == [], "\n".join(windows.faults)


@pytest.fixture(scope="module")
def staff(portal):
    """An admin and a reviewer, appointed by the operator."""
    for name, role in (("Abena", "admin"), ("Ruth", "reviewer")):
        person = Person(portal, name, f"{name.lower()}@example.org")
        person.sign_in()
        assert portal.flask("people", "appoint", person.email, role).returncode == 0
    return "Abena", "Ruth"


def test_from_a_visitor_to_a_rating(windows, staff):
    visitor = windows.open("visitor")
    for address in PUBLIC:
        visitor.visit(address)
    abena, ruth = (windows.open(name).sign_in() for name in staff)
    nia = windows.open("Nia")

    asks(nia)
    grants(abena, "Nia")
    learns(nia)
    proves(nia)
    sends(nia)
    rates(ruth)
    reads_the_rating(nia)


def test_every_page_once_the_certificate_is_there(windows, portal):
    story = telling.begin(portal)
    telling.until_the_certificate(story)
    mira, ada, imani = (windows.open(name).sign_in() for name in ("Mira", "Ada", "Imani"))

    mira.visit("/learn", "learn-with-certificate")
    mira.visit("/profile")
    mira.visit("/work/three-bottlenecks", "work-passed")
    mira.visit(f"/versions/{story.kept['version']}", "version-one-of-two")
    mira.visit(f"/c/{story.kept['code']}", "certificate")
    imani.visit("/queue", "queue-empty")
    imani.visit(f"{story.kept['desk']}", "feedback-for-reviewer")
    for address in ADMINS:
        ada.visit(address)
    certifying.a_stranger_verifies_the_certificate(story)
    certifying.the_admin_revokes_it_and_everybody_sees(story)
    mira.visit(f"/c/{story.kept['code']}", "certificate-revoked")


def test_without_scripts_one_can_ask_upload_send_and_rate(windows, portal, staff):
    abena = windows.open(staff[0]).sign_in()
    ola = windows.open("Ola", java_script_enabled=False).sign_in("/apply")
    ruth = windows.open(staff[1], java_script_enabled=False).sign_in()

    writes_a_request(ola)
    grants(abena, "Ola")
    ola.page.goto(proving.WORK)
    ola.press("Start this capstone")
    ola.page.locator(f"{SLOT} summary", has_text="Add a file").click()
    ola.page.locator(f"{SLOT} input[type=file]").set_input_files(proving.AFTER)
    ola.page.locator(SLOT).get_by_role("button", name="Upload").click()
    expect(ola.page.locator(f"{SLOT} .file-name")).to_have_text(proving.AFTER.name)
    person_waits_for_the_check(ola)
    sends(ola)
    rates_the_example(ruth)
    ruth.page.goto("/queue")
    ruth.press("Start next")
    fills_the_rubric(ruth)
    ruth.press("Finish")
    ruth.page.get_by_label("Needs changes").check()
    ruth.press("Send to the learner")

    expect(ruth.page.get_by_role("heading", name="Three bottlenecks, version 1")).to_be_visible()
    ola.page.goto("/learn")
    expect(ola.page.get_by_text("Three bottlenecks, waits for version 2")).to_be_visible()


def asks(nia):
    nia.sign_in("/apply")
    nia.look("apply")
    nia.press("Check and send")
    expect(nia.page).to_have_title("Error: Ask for free access – Touchstone")
    expect(nia.page.locator("#error-summary")).to_be_focused()
    nia.look("apply-errors")
    writes_a_request(nia)
    nia.look("application")


def writes_a_request(person):
    for name, words in applying.ANSWERS.items():
        person.page.locator(f"#{name}").fill(words)
    person.press("Check and send")
    expect(person.page.get_by_role("heading", name="Check your request")).to_be_visible()
    person.press("Send the request")
    expect(person.page).to_have_url(f"{person.windows.portal.base_url}/application")


def grants(abena, name):
    abena.page.goto("/admin/applications")
    card = abena.page.locator("article", has=abena.page.get_by_role("heading", name=name))
    abena.look("decisions")
    card.get_by_role("button", name="Grant").click()
    expect(card.get_by_text("pending: grant", exact=True)).to_be_visible()
    abena.page.goto("/admin/applications/outbox")
    abena.look("outbox")
    abena.press("Send all that are ticked")
    abena.look("decisions-sent")


def learns(nia):
    nia.visit("/learn", "learn-new")
    nia.page.get_by_role("link", name="Go to module 1").click()
    nia.look("module")
    move = nia.page.locator("article.move").first
    move.get_by_role("button", name="Mark as done").click()
    expect(move.get_by_role("button", name="Not done after all")).to_be_visible()


def proves(nia):
    page = nia.page
    nia.visit(proving.WORK, "work-start")
    nia.press("Start this capstone")
    nia.look("work-new")
    page.locator(f"{SLOT} input[type=file]").set_input_files(proving.AFTER)
    expect(page.locator(SLOT).get_by_text("requests put the p99 between")).to_be_visible(timeout=60_000)
    page.get_by_label("Database fix: p99 after").fill("12")
    expect(page.locator("#claims").get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    nia.press("Save and compare")
    expect(page.locator("#ledger").get_by_text("contradicts")).to_be_visible()
    nia.look("work")


def sends(person):
    person.page.get_by_role("link", name="Continue to check and send").click()
    if person.name == "Nia":
        person.look("check")
        person.press("Send to review")
        expect(person.page).to_have_title("Error: Check before you send – Touchstone")
        person.look("check-errors")
    person.page.get_by_label("Why is it sent as it is?").fill(
        "Only one of the three fixes is measured so far."
    )
    person.page.get_by_label("These numbers come from my own runs").check()
    person.press("Send to review")
    expect(person.page.get_by_role("heading", name="Version 1 was received")).to_be_visible()


def rates(ruth):
    ruth.visit("/queue")
    ruth.press("Start next")
    expect(ruth.page.get_by_role("heading", name="Examples to calibrate on")).to_be_visible()
    ruth.look("examples")
    rates_the_example(ruth)
    ruth.look("example-compared")
    ruth.page.get_by_role("link", name="To the queue").click()
    ruth.press("Start next")
    ruth.look("desk")
    fills_the_rubric(ruth)
    expect(ruth.page.locator("#review-form").get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    ruth.look("desk-rated")
    ruth.press("Finish")
    ruth.look("preview")
    ruth.page.get_by_label("Needs changes").check()
    ruth.press("Send to the learner")
    ruth.look("feedback-sent")


def rates_the_example(ruth):
    """As it is known to be rated; whoever has done so may do it again."""
    (pack,) = courses.load(ROOT / "course").capstone("three-bottlenecks").packs
    ruth.page.goto("/calibration")
    ruth.page.get_by_role("link", name=pack.title, exact=True).click()
    expect(ruth.page.get_by_role("heading", name=pack.title, level=1)).to_be_visible()
    for criterion, level in known_levels(pack).items():
        ruth.page.locator(f"input[name=level-{criterion}][value={level}]").check()
    ruth.press("Hand it in and compare")
    expect(ruth.page.get_by_text("Every level is the known one.")).to_be_visible()


def fills_the_rubric(ruth):
    expect(ruth.page.get_by_label("Summary to the learner")).to_be_visible()  # `all` waits for nothing
    for criterion in ruth.page.locator("fieldset.criterion").all():
        criterion.locator("input[type=radio]").nth(1).check()
    ruth.page.get_by_label("Summary to the learner").fill(
        "Measured well; the claim is not what the file says."
    )


def reads_the_rating(nia):
    nia.look("receipt")
    nia.page.goto(proving.WORK)
    nia.look("work-second-version")
    nia.page.get_by_role("link", name="Read the whole review").click()
    nia.look("feedback")
    expect(nia.page.get_by_text("the claim is not what the file says")).to_be_visible()


def person_waits_for_the_check(person):
    """Without scripts one looks again."""
    for _ in range(60):
        if person.page.locator(f"{SLOT} .waiting").count() == 0:
            return
        person.page.wait_for_timeout(500)
        person.page.reload()
    raise AssertionError("the file was not read within half a minute")
