"""An appeal and a question in Chromium, looked at as the learner, the two reviewers and an admin see them."""

import pytest
from playwright.sync_api import expect

from app.db import new_id
from app.domain.reviews import Verdict
from app.models import Enrolment
from tests.browser import seeded
from tests.browser.windows import Windows
from tests.story.parts import embedded_portal

pytestmark = pytest.mark.browser

CAPSTONE = "three-bottlenecks"
REASON = "The plan after the fix is in file three, line 12; the rating says that it is missing."
ANSWER = "The plan is there, as you say: both sides are shown."
QUESTION = "Which of the two plans do you mean, the one of the list or the one of the count?"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with embedded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="module")
def review(portal):
    """Ada's rating of Mira's work: the lowest level in a criterion that must pass."""
    with seeded.database(portal) as db:
        mira = seeded.signed_in_once(portal, db, "Mira")
        ada = seeded.signed_in_once(portal, db, "Ada", "reviewer")
        seeded.signed_in_once(portal, db, "Rosa", "reviewer")
        seeded.signed_in_once(portal, db, "Lin", "admin")
        with db.sessions.begin() as session:
            session.add(
                Enrolment(
                    id=new_id(), person_id=mira.id, course_slug=db.make.course.slug, enrolled_at=db.make.now
                )
            )
        criteria = db.make.course.capstone(CAPSTONE).rubric.criteria
        first = next(each for each in criteria if each.must_pass)
        version = db.make.version(mira, capstone=CAPSTONE, state="needs_changes", files=2)
        levels = {first.key: first.levels[0].key}
        rated = db.make.review(version, ada, state="released", levels=levels, verdict=Verdict.NEEDS_CHANGES)
        yield rated, first


@pytest.fixture
def windows(browser, portal):
    """Windows on the portal; at the end nothing may have been wrong with any page."""
    windows = Windows(browser, portal)
    yield windows
    windows.close()
    assert windows.faults == [], "\n".join(windows.faults)


def test_an_appeal_from_the_learner_to_the_answer(windows, review):
    rated, criterion = review
    address = f"/reviews/{rated.id}/feedback"
    mira, ada, rosa, lin = (windows.open(name).sign_in() for name in ("Mira", "Ada", "Rosa", "Lin"))

    rosa.visit("/appeals", "appeals-none")
    mira.visit(address, "feedback-before-an-appeal")
    appeals(mira, criterion)
    asks(mira)
    ada.visit(address, "feedback-of-the-reviewer-asked")
    ada.page.get_by_label("Your answer").fill("The one of the list.")
    ada.press("Send the answer")
    looks(ada, lin, rosa)
    answers(rosa, criterion)
    mira.visit(address, "feedback-that-was-replaced")
    mira.page.get_by_role("link", name="Read the rating that stands").click()
    expect(mira.page.get_by_text(ANSWER)).to_be_visible()
    mira.look("feedback-after-an-appeal")


def appeals(mira, criterion):
    """First too short, which is said beside what was typed; then with a reason."""
    page = mira.page
    page.get_by_text(f"Appeal against {criterion.title}").click()
    box = page.locator(f"#reason-{criterion.key}")
    box.fill("It is there")
    page.locator("details[open]").get_by_role("button", name="Send the appeal").click()
    expect(box).to_have_value("It is there")
    expect(page.locator("#error-summary")).to_be_focused()
    mira.look("feedback-appeal-too-short")
    box.fill(REASON)
    page.locator("details[open]").get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_text("you have 1 of 2 appeals left")).to_be_visible()


def asks(mira):
    mira.page.get_by_label("Ask for an explanation").fill(QUESTION)
    mira.press("Ask the reviewer")
    expect(mira.page.get_by_text("The reviewer has not answered yet.")).to_be_visible()
    mira.look("feedback-with-appeal-and-question")


def looks(ada, lin, rosa):
    """Whoever may not decide sees that it waits; who may, finds it from the queue."""
    ada.visit("/appeals", "appeals-of-the-reviewer")
    ada.page.locator("main .tasks a").click()
    expect(ada.page.get_by_text("Another reviewer answers the appeal.")).to_be_visible()
    ada.look("appeal-own-rating")
    lin.visit("/admin", "admin-with-an-appeal")
    lin.visit("/admin/appeals", "admin-appeals")
    rosa.page.goto("/queue")
    rosa.page.get_by_role("link", name="One appeal is waiting").click()
    rosa.look("appeals-waiting")


def answers(rosa, criterion):
    """The first level is filled in; without words the answer is refused and the chosen level kept."""
    page = rosa.page
    page.locator("main .tasks a").click()
    first, last = (
        page.locator(f"input[value='{level.key}']")
        for level in criterion.levels[:: len(criterion.levels) - 1]
    )
    expect(first).to_be_checked()
    rosa.look("appeal-to-answer")
    last.check()
    rosa.press("Answer the appeal")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(last).to_be_checked()
    rosa.look("appeal-answer-missing")
    page.get_by_label("Answer", exact=True).fill(ANSWER)
    address = page.url
    page.goto("/queue")
    page.goto(address)
    expect(page.get_by_label("Answer", exact=True)).to_have_value(ANSWER)
    expect(last).to_be_checked()
    rosa.press("Answer the appeal")
    expect(page.get_by_text("This appeal has ended")).to_be_visible()
    rosa.look("appeal-ended")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length") == 0
