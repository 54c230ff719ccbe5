"""The cohort with the lists behind it, a verdict stopped on its way, own data and erasure, looked at in Chromium."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.domain.reviews import Verdict
from tests.browser import seeded
from tests.browser.windows import Windows
from tests.story.parts import embedded_portal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with embedded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="module")
def db(portal):
    """Two reviewers who rated some work each, and a verdict that is on its way."""
    with seeded.database(portal) as db:
        ada = seeded.signed_in_once(portal, db, "Ada", "reviewer")
        rosa = seeded.signed_in_once(portal, db, "Rosa", "reviewer")
        seeded.signed_in_once(portal, db, "Lin", "admin")
        seeded.signed_in_once(portal, db, "Omar")
        for number, reviewer in enumerate([ada, ada, ada, ada, rosa, rosa]):
            rated(db, number, reviewer)
        version = db.make.version(db.make.person("Mira Okafor"), state="in_review", files=2)
        later = db.make.now + timedelta(hours=1)
        db.make.review(version, ada, state="decided", verdict=Verdict.NOT_PASSED, release_at=later)
        yield db


def rated(db, number, reviewer):
    verdict, state = (Verdict.NEEDS_CHANGES, "needs_changes") if number % 3 else (Verdict.PASS, "passed")
    waited = timedelta(days=2 * number, hours=3)
    person = db.make.person(f"Learner {number}")
    version = db.make.version(person, state=state, queued_at=db.make.now - waited)
    criterion = db.make.course.capstone("three-bottlenecks").rubric.criteria[0]
    levels = {criterion.key: criterion.levels[number % len(criterion.levels)].key}
    db.make.review(version, reviewer, state="released", verdict=verdict, levels=levels)


@pytest.fixture
def windows(browser, portal):
    """Windows on the portal; at the end nothing may have been wrong with any page."""
    windows = Windows(browser, portal)
    yield windows
    windows.close()
    assert windows.faults == [], "\n".join(windows.faults)


def test_every_number_of_the_cohort_leads_to_its_list_and_a_verdict_is_stopped(windows, db):
    lin = windows.open("Lin").sign_in()
    page = lin.page
    lin.visit("/admin/ratings?shown=waiting", "ratings-waiting")
    lin.visit("/admin/cohort", "cohort")
    page.get_by_role("link", name="4 rated by Ada").click()
    expect(page.locator("#ratings tbody tr")).to_have_count(4)
    lin.look("ratings-of-one")

    page.goto("/admin")
    page.get_by_role("link", name="Ratings about to be sent").click()
    lin.press("Stop")
    expect(page.locator("#error-summary")).to_be_focused()
    lin.look("ratings-stop-without-a-reason")
    page.get_by_label("Why is it stopped?").fill("The wrong work was rated.")
    lin.press("Stop")
    expect(page.get_by_text("Nothing is in this list")).to_be_visible()
    lin.look("ratings-none-on-their-way")
    page.goto("/admin/audit")
    lin.press("Verify the chain")
    lin.look("audit-verified")


def test_ones_own_data_and_erasure(windows, db):
    omar, lin = (windows.open(name).sign_in() for name in ("Omar", "Lin"))
    omar.visit("/profile/data", "your-data")
    omar.page.get_by_text("What is in it").click()
    omar.look("your-data-open")
    with omar.page.expect_download() as begun:
        omar.press("Download my data")
    assert begun.value.suggested_filename.endswith(".zip")
    assert begun.value.failure() is None

    page = lin.page
    page.goto("/admin/people?q=Omar")
    page.get_by_role("link", name="Erase Omar").click()
    lin.look("erase")
    lin.press("Erase Omar")
    expect(page.locator("#error-summary")).to_be_focused()
    lin.look("erase-not-ticked")
    page.get_by_label("The person asked for this").check()
    lin.press("Erase Omar")
    expect(page.get_by_role("heading", name="Erased")).to_be_visible()
    lin.look("erased")
    omar.page.goto("/profile/data")
    expect(omar.page.get_by_role("heading", name="Sign in")).to_be_visible()
