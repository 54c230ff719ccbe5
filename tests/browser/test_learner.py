"""The learner's pages in Chromium: pasting evidence, times that say their zone, and long German words."""

import re

import pytest
from playwright.sync_api import expect

from app.services import checks
from tests.browser.house import SHELF
from tests.clock import CLOCK

pytestmark = pytest.mark.browser

PLAN = SHELF["db-plan-before"].decode()


@pytest.fixture
def mira(house):
    return house.make.person("Mira Okafor")


def test_what_is_pasted_becomes_a_file_that_is_read(house, mira):
    house.make.version(mira)
    page = house.window(mira).page
    page.goto("/work/three-bottlenecks")
    slot = page.locator("#slot-db-plan-before")
    slot.locator("summary", has_text="Add a file").click()
    slot.locator("summary", has_text="Paste it instead").click()

    slot.get_by_label("The whole output").fill(PLAN)
    slot.get_by_role("button", name="Keep as a file").click()
    expect(slot.locator(".evidence-file .file-name")).to_have_text("pasted-db-plan-before.txt")
    house.read()

    expect(slot.get_by_text("rows read by Seq Scan")).to_be_visible(timeout=10_000)
    expect(slot).to_be_in_viewport()


def test_an_empty_paste_is_refused_at_its_slot(house, mira):
    house.make.version(mira)
    page = house.window(mira).page
    page.goto("/work/three-bottlenecks")
    slot = page.locator("#slot-db-plan-before")
    slot.locator("summary", has_text="Add a file").click()
    slot.locator("summary", has_text="Paste it instead").click()

    slot.get_by_role("button", name="Keep as a file").click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(slot.get_by_label("The whole output")).to_be_visible()
    expect(slot.locator(".field-error")).to_be_visible()


def test_what_is_typed_into_a_slot_stays_while_its_file_is_read_and_when_it_has_been(house, mira):
    version = house.make.version(mira)
    file = house.make.file(version, slot="db-plan-before", name="plan.txt", data=SHELF["db-plan-before"])
    house.storage.put_bytes(f"evidence/{file.sha256}", SHELF["db-plan-before"], media_type="text/plain")
    with house.sessions.begin() as db:
        checks.promise_check(db, file.id, now=CLOCK["now"])
    page = house.window(mira).page
    polls = []
    page.on("response", lambda answer: polls.append(answer.url) if "/slots/" in answer.url else None)
    page.goto("/work/three-bottlenecks")
    slot = page.locator("#slot-db-plan-before")
    slot.locator("summary", has_text="Replace the file").click()
    slot.locator("summary", has_text="Paste it instead").click()
    box = slot.get_by_label("The whole output")

    box.click()
    page.keyboard.type("Seq Scan")
    expect(slot.locator("[hx-get*='wait=2000']")).to_be_visible()
    page.keyboard.type(" on orders")
    house.read()
    expect(slot.get_by_text("rows read by Seq Scan")).to_be_visible(timeout=10_000)
    page.keyboard.type(" (cost=0")

    expect(box).to_have_value("Seq Scan on orders (cost=0")
    expect(box).to_be_focused()
    assert len(polls) >= 3


def test_the_list_of_what_is_needed_counts_a_claim_as_soon_as_it_has_saved_itself(house, mira):
    house.make.version(mira)
    page = house.window(mira).page
    page.goto("/work/three-bottlenecks")
    total = sum(claim.required for claim in house.course.capstone("three-bottlenecks").claims)
    row = page.locator("#tasks li", has_text="Claims")
    after = page.locator("#db-p99-after")
    after.click()

    page.keyboard.type("20.3")
    expect(row).to_contain_text(f"1 of {total}")
    with page.expect_response("**/claims"):
        page.keyboard.type("5")

    expect(after).to_have_value("20.35")
    expect(after).to_be_focused()


def test_the_list_of_what_is_needed_keeps_the_focus_and_counts_after_the_next_save(house, mira):
    house.make.version(mira)
    page = house.window(mira).page
    page.goto("/work/three-bottlenecks")
    total = sum(claim.required for claim in house.course.capstone("three-bottlenecks").claims)
    link = page.locator("#tasks a[href='#claims']")
    page.locator("#db-p99-after").fill("20.3")
    link.focus()

    expect(page.locator("#claims [data-draft-state]")).to_have_text(re.compile(r"^Saved \d"))

    expect(link).to_be_focused()
    page.locator("#db-p99-before").fill("40")
    expect(page.locator("#tasks li", has_text="Claims")).to_contain_text(f"2 of {total}")


@pytest.mark.parametrize(
    ("profile", "shown"),
    [("UTC", "20 Nov 2026, 17:30 GMT+5:30"), ("America/Toronto", "20 Nov 2026, 07:00 GMT-5")],
    ids=["the computer's zone", "the profile's zone"],
)
def test_times_are_absolute_and_relative_and_say_their_zone(house, clock, profile, shown):
    mira = house.make.person("Mira Okafor")
    with house.sessions.begin() as db:
        db.merge(mira).time_zone = profile
    version = house.waiting(mira)
    page = house.window(mira, timezone_id="Asia/Kolkata").page

    page.goto(f"/versions/{version.id}/receipt")

    moment = page.locator(".moment").first
    expect(moment).to_have_text(re.compile(rf"^{re.escape(shown)} \((now|\d+ minutes? ago)\)$"))
    assert moment.locator("time").get_attribute("title").endswith(" UTC")
    assert moment.locator("time").get_attribute("datetime").endswith("Z")


NATURAL_WIDTH = """
  (list) => {
    const copy = list.cloneNode(true);
    list.after(copy);
    copy.style.cssText = "width: max-content; min-width: 0";
    const width = copy.offsetWidth;
    copy.remove();
    return width;
  }
"""


def test_german_words_are_neither_broken_nor_cut(house, mira):
    page = house.window(mira, locale="de-DE", viewport={"width": 1280, "height": 900}).page

    page.goto("/learn")
    assert {round(label.bounding_box()["height"]) for label in page.locator(".strip-label").all()} == {25}

    page.goto("/profile")
    languages = page.locator("#language")
    assert languages.bounding_box()["width"] >= languages.evaluate(NATURAL_WIDTH)
