"""Two reviewers and one queue (UX requirement 13), and the pages where one passes work to another, in Chromium."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models import Review
from app.services import second_readings
from tests.clock import CLOCK

pytestmark = pytest.mark.browser


@pytest.fixture
def people(house):
    return {
        name: house.make.person(name, roles=(role,))
        for name, role in (("Ada", "reviewer"), ("Bo", "reviewer"), ("Root", "admin"))
    }


@pytest.fixture
def sent(house):
    return house.make.version(
        house.make.person("Mira Okafor"), state="submitted", queued_at=CLOCK["now"] - timedelta(hours=3)
    )


def test_the_second_sees_with_whom_it_is_and_takes_over_after_the_lease_has_ended(house, people, sent):
    ada, bo = house.window(people["Ada"]), house.window(people["Bo"])
    ada.page.goto("/queue")
    ada.page.keyboard.press("n")
    expect(ada.page.get_by_label("Summary to the learner")).to_be_visible()

    bo.page.goto("/queue")
    expect(bo.page.get_by_text("with Ada, 30 min left")).to_be_visible()
    bo.look("queue-with-ada")
    bo.page.keyboard.press("n")
    expect(bo.page.get_by_text("Nothing is free for you at this moment.")).to_be_visible()

    ada.page.get_by_label("Summary to the learner").fill("In time")
    expect(ada.page.locator("[data-draft-state], .draft-state").first).to_contain_text("Saved")
    CLOCK["now"] += timedelta(hours=1)
    bo.page.goto("/queue")
    bo.page.get_by_role("button", name="Claim").click()
    expect(bo.page.get_by_label("Summary to the learner")).to_have_value("")
    house.windows.expect("Failed to load resource: the server responded with a status of 409")
    ada.page.get_by_label("Summary to the learner").fill("Too late")
    ada.page.get_by_role("button", name="Save", exact=True).click()
    expect(ada.page.get_by_role("heading", name="This was not saved")).to_be_visible()
    expect(ada.page.get_by_text("Bo has the work now.")).to_be_visible()
    expect(ada.page.get_by_text("Too late", exact=True)).to_be_visible()
    expect(ada.page.get_by_text("In time", exact=True)).to_be_visible()


def test_work_is_handed_over_and_a_conflict_is_declared_without_a_script(house, people, sent):
    ada = house.window(people["Ada"], java_script_enabled=False)
    ada.page.goto("/queue")
    ada.page.get_by_role("button", name="Start next").click()
    ada.page.get_by_text("Put back, hand over, skip").click()
    ada.page.get_by_role("link", name="Hand it to a colleague").click()
    ada.page.get_by_label("To whom?").select_option(label="Bo")
    ada.page.get_by_label("What should they know?").fill("The plans are yours.")
    ada.page.get_by_role("button", name="Hand it over").click()
    with house.sessions() as db:
        review = db.scalar(select(Review.id).where(Review.reviewer_id == people["Bo"].id))

    bo = house.window(people["Bo"])
    bo.visit(f"/reviews/{review}/hand-over", "hand-over")
    bo.visit(f"/queue/{sent.id}/conflict", "conflict")
    bo.page.get_by_label("Everything of this learner").check()
    bo.page.get_by_label("What connects you?").fill("We share an office.")
    bo.press("Declare it")
    expect(bo.page.get_by_text("closed to you", exact=True)).to_be_visible()
    bo.look("conflicts")
    house.window(people["Root"]).visit("/admin/conflicts", "conflicts-of-all")


def test_two_ratings_are_settled_by_an_admin(house, people):
    version = house.make.version(house.make.person("Mira Okafor"), state="in_review")
    review = house.make.review(version, people["Ada"], state="decided")
    asking = _asking(house.course)
    with house.sessions.begin() as db:
        found, row = db.get(type(version), version.id), db.get(Review, review.id)
        second_readings.begin_if_asked(db, found, row, course=asking, now=CLOCK["now"])
    bo, root = house.window(people["Bo"]), house.window(people["Root"])

    bo.page.goto("/queue")
    bo.page.get_by_role("link", name="Second readings (1)").click()
    bo.look("second-readings")
    bo.page.goto(f"/second-readings/{review.id}")
    bo.page.get_by_text("Your levels, if you disagree").click()
    bo.look("second-reading")
    bo.page.get_by_label("I rate it otherwise").check()
    bo.page.get_by_label("What do you see otherwise, and where?").fill("Ten samples only.")
    bo.page.locator("[name^='level-']").first.check()
    bo.press("Send the answer")
    expect(bo.page.get_by_text("Nothing waits for a second reader")).to_be_visible()

    root.visit("/admin/second-readings", "in-dispute")
    root.visit(f"/admin/second-readings/{review.id}", "judge")
    assert root.page.locator("fieldset.criterion[data-open]:not(.folded)").count() == 1
    root.press("Decide and release")
    expect(root.page.get_by_text("No rating is in dispute")).to_be_visible()


def _asking(course):
    return replace(course, reviewing=replace(course.reviewing, second_reader=True))
