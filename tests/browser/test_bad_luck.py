"""Bad luck in mid-form, for everybody who writes: no connection, signed out, two tabs, back, a second click."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.models import AuditEntry
from tests.browser.house import SHELF
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

SAVED = re.compile(r"^Saved \d\d:\d\d")
PLAN = ROOT / "demo" / "evidence" / "plan-before.txt"
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


@dataclass
class Writing:
    """Somebody at a form that saves itself: where it stands, a field of it and the button that sends it."""

    window: object
    person: object
    address: str
    field: str
    words: str
    button: str
    onward: object

    @property
    def page(self):
        return self.window.page

    def box(self, page=None):
        return (page or self.page).locator(self.field)

    def state(self, page=None):
        form = "form:has([data-draft-state])"
        return (page or self.page).locator(f"{form} [data-draft-state]")


def reviewer(house):
    """A reviewer on the desk."""
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    address = house.claim(version, imani)
    return Writing(
        house.window(imani),
        imani,
        address,
        "#summary",
        "Clear, and short.",
        "Finish",
        re.compile("/preview$"),
    )


def applicant(house):
    """Somebody who asks for free access."""
    omar = house.make.person("Omar", roles=())
    words = "Three or four sentences about a delivery app. " * 3
    return Writing(
        house.window(omar), omar, "/apply", "#building", words.strip(), "Keep for later", "/apply?kept=1"
    )


def learner(house):
    """A learner at the claims."""
    mira = house.make.person("Mira Okafor")
    house.make.version(mira)
    work = "/work/three-bottlenecks"
    return Writing(house.window(mira), mira, work, "#db-p99-after", "20.3", "Save and compare", work)


def sender(house):
    """A learner about to send."""
    mira = house.make.person("Mira Okafor")
    version = house.make.version(mira)
    check = f"/versions/{version.id}/check"
    onward = re.compile("/submit$")
    return Writing(house.window(mira), mira, check, "#question", "Is it enough?", "Send to review", onward)


@pytest.fixture(params=[reviewer, applicant, learner, sender], ids=lambda who: who.__name__)
def writing(request, house):
    writing = request.param(house)
    writing.page.goto(writing.address)
    return writing


def test_without_a_connection_nothing_is_sent_and_all_is_kept(house, writing):
    house.windows.expect(OFFLINE, "htmx: htmx:error: Failed to fetch")
    writing.page.context.set_offline(True)

    writing.box().fill(writing.words)
    writing.page.get_by_role("button", name=writing.button).click()
    expect(writing.state()).to_have_text("Not saved – offline, kept in this browser")
    expect(writing.page.locator("#toasts")).to_contain_text("Not sent – offline.")
    writing.page.context.set_offline(False)
    expect(writing.state()).to_have_text(SAVED, timeout=8000)
    writing.page.goto(writing.address)

    expect(writing.box()).to_have_value(writing.words)
    assert writing.page.evaluate("localStorage.length") == 0


def test_a_toast_that_comes_up_under_a_pressed_button_lets_the_click_through(house):
    house.windows.expect(OFFLINE, "htmx: htmx:error: Failed to fetch")
    desk = reviewer(house)
    desk.page.goto(desk.address)
    desk.page.context.set_offline(True)
    desk.box().fill(desk.words)

    finish = desk.page.get_by_role("button", name="Finish").bounding_box()
    desk.page.mouse.move(finish["x"] + 20, finish["y"] + 20)
    desk.page.mouse.down()
    expect(desk.page.locator("#toasts")).to_contain_text("The portal could not be reached.")
    desk.page.mouse.up()

    expect(desk.page.locator("#toasts")).to_contain_text("Not sent – offline.")
    toasts = desk.page.locator("#toasts").bounding_box()
    assert toasts["x"] + toasts["width"] <= finish["x"]
    desk.page.get_by_role("button", name="Close").first.click()
    expect(desk.page.locator("#toasts .toast")).to_have_count(1)


def test_signed_out_in_mid_form_it_is_said_and_the_words_are_there_after_signing_in(house, writing):
    house.windows.expect("Failed to load resource: the server responded with a status of 401")
    house.sign_out_everywhere()

    writing.box().fill(writing.words)
    if (
        writing.button != "Finish"
    ):  # the desk asks for more while one types, and is led to the sign-in by that
        writing.page.get_by_role("button", name=writing.button).click()
        expect(writing.state()).to_have_text("Not saved – signed out, kept in this browser")
        expect(writing.page.locator("#toasts")).to_contain_text("Not sent – signed out.")
        writing.page.goto(writing.address)
    else:
        writing.page.keyboard.press("Escape")
    expect(writing.page).to_have_url(re.compile(f"/sign-in.next={re.escape(writing.address)}"))
    expect(writing.page.get_by_role("heading", name="Sign in")).to_be_visible()
    house.sign_in(writing.window, writing.person)
    writing.page.goto(writing.address)

    expect(writing.box()).to_have_value(writing.words)
    expect(writing.state()).to_have_text(SAVED)


def test_signed_out_without_a_script_the_answer_keeps_the_words_and_sends_them_again(house):
    house.windows.expect("Failed to load resource: the server responded with a status of 401")
    omar, words = (
        house.make.person("Omar", roles=()),
        ("An app for 900 shops on one small server. " * 3).strip(),
    )
    window = house.window(omar, java_script_enabled=False)
    window.page.goto("/apply")
    window.page.locator("#building").fill(words)
    house.sign_out_everywhere()

    window.press("Keep for later")
    expect(window.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(window.page.locator("p.as-typed")).to_have_text(words)
    house.sign_in(window, omar)
    window.press("Send it again")

    expect(window.page.locator("#building")).to_have_value(words)


def test_two_tabs_show_both_texts_and_one_is_chosen(house, writing):
    other = writing.page.context.new_page()
    other.goto(writing.address)
    theirs = "99" if writing.words.isdigit() or "." in writing.words[:3] else "From the other tab."
    writing.box(other).fill(theirs)
    expect(writing.state(other)).to_have_text(SAVED)

    writing.box().fill(writing.words)
    expect(writing.page.locator(".conflict pre")).to_have_text(theirs)
    expect(writing.box()).to_have_value(writing.words)
    writing.page.get_by_role("button", name="Keep mine").click()
    expect(writing.state()).to_have_text(SAVED)
    other.goto(writing.address)

    expect(writing.box(other)).to_have_value(writing.words)


def test_a_page_left_at_once_and_come_back_to_has_the_words(writing):
    writing.box().fill(writing.words)
    writing.page.goto("/")
    writing.page.go_back()

    expect(writing.box()).to_have_value(writing.words)
    expect(writing.state()).to_have_text(SAVED)


def test_what_is_sent_at_once_is_saved_first(writing):
    writing.box().fill(writing.words)
    with writing.page.expect_response(is_of_the_form):
        writing.page.get_by_role("button", name=writing.button).dblclick()

    expect(writing.page).to_have_url(writing.onward)
    writing.page.wait_for_load_state("networkidle")
    writing.page.goto(writing.address)
    expect(writing.box()).to_have_value(writing.words)
    assert writing.page.evaluate("localStorage.length") == 0


def is_of_the_form(response):
    """The answer to the form itself, not to a save of its draft."""
    return response.request.method == "POST" and "x-autosave" not in response.request.headers


def test_a_claim_lost_in_mid_form_shows_both_texts(house, clock):
    imani, tomas = (house.make.person(name, roles=("reviewer",)) for name in ("Imani Weber", "Tomas Rehn"))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    window, address = house.window(imani), house.claim(version, imani)
    page = window.page
    page.goto(address)
    page.get_by_label("Summary to the learner").fill("Saved in time.")
    expect(page.locator("#review-form [data-draft-state]")).to_have_text(SAVED)
    clock["now"] += timedelta(hours=1)
    house.claim(version, tomas)

    page.get_by_label("Summary to the learner").fill("Typed too late.")
    expect(page.locator("#review-form [data-draft-state]")).to_contain_text("kept in this browser")
    assert tomas.name in page.locator("#review-form [data-draft-state]").inner_text()
    page.get_by_role("button", name="Finish").click()

    expect(page.get_by_role("heading", name="This was not saved")).to_be_visible()
    assert page.locator(".conflict pre").all_inner_texts() == ["Saved in time.", "Typed too late."]
    window.look("too-late")


def test_a_comment_at_a_line_outlives_the_connection_and_the_page(house):
    house.windows.expect(OFFLINE, "htmx: htmx:error: Failed to fetch")
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    page = house.window(imani).page
    page.goto(house.claim(version, imani))
    page.locator("#file-1-L2 a").click()
    page.get_by_label("Comment on line 2").fill("Which index?")

    page.context.set_offline(True)
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator("#toasts")).to_contain_text("The portal could not be reached.")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("Comment on line 2")).to_have_value("Which index?")
    page.get_by_role("button", name="Add the comment").click()

    expect(page.locator(".said-line .said")).to_have_text("Which index?")
    assert page.evaluate("localStorage.length") == 0


def test_a_plain_form_is_not_sent_without_a_connection_and_keeps_its_words(house):
    imani, tomas = (house.make.person(name, roles=("reviewer",)) for name in ("Imani Weber", "Tomas Rehn"))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    page = house.window(imani).page
    page.goto(f"{house.claim(version, imani)}/hand-over")
    page.get_by_label("To whom?").select_option(label=tomas.name)
    page.get_by_label("What should they know?").fill("The plans are yours.")
    page.wait_for_load_state("networkidle")

    page.context.set_offline(True)
    page.get_by_role("button", name="Hand it over").click()
    expect(page.locator("#toasts")).to_contain_text("Not sent – offline. What you typed is still here")
    expect(page.get_by_label("What should they know?")).to_have_value("The plans are yours.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hand it over").click()

    expect(page.get_by_label("Search the queue")).to_be_visible()


def test_a_decision_pressed_twice_is_made_once(house):
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    page = house.window(imani).page
    page.goto(house.claim(version, imani))
    for criterion in page.locator("fieldset.criterion").all():
        criterion.locator("[data-level]").last.check()
    page.get_by_role("button", name="Finish").click()

    page.get_by_role("button", name="Send to the learner").dblclick()

    expect(page.get_by_role("heading", name="Decided, and not sent yet")).to_be_visible()
    with house.sessions() as db:
        decided = select(func.count()).where(AuditEntry.action == "review.decide")
        assert db.scalar(decided.select_from(AuditEntry)) == 1


def test_without_a_script_two_tabs_show_both_texts(house):
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    version = house.waiting(house.make.person(), {"db-plan-before": SHELF["db-plan-before"]})
    window = house.window(imani, java_script_enabled=False)
    first, second = window.page, window.page.context.new_page()
    address = house.claim(version, imani)
    for page in (first, second):
        page.goto(address)
    first.get_by_label("Summary to the learner").fill("From the first.")
    first.get_by_role("button", name="Save", exact=True).click()

    second.get_by_label("Summary to the learner").fill("From the second.")
    second.get_by_role("button", name="Save", exact=True).click()

    expect(second.locator(".conflict pre")).to_have_text("From the first.")
    expect(second.locator("#summary")).to_have_value("From the second.")
    second.get_by_role("button", name="Save what stands in the boxes").click()
    expect(second.get_by_label("Summary to the learner")).to_have_value("From the second.")


def test_a_file_whose_connection_breaks_or_whose_session_ends_goes_on_with_another_try(house):
    house.windows.expect(OFFLINE, "Failed to load resource: the server responded with a status of 401")
    mira = house.make.person("Mira Okafor")
    house.make.version(mira)
    window = house.window(mira)
    page = window.page
    page.goto("/work/three-bottlenecks")
    slot = page.locator("#slot-db-plan-before")
    slot.locator("summary", has_text="Add a file").click()
    page.wait_for_load_state("networkidle")  # the script that sends is there
    page.context.set_offline(True)

    slot.locator("input[type=file]").set_input_files(PLAN)
    expect(slot.locator(".sending")).to_contain_text("The connection broke while the file was on its way.")
    page.context.set_offline(False)
    house.sign_out_everywhere()
    slot.get_by_role("button", name="Try again").click()
    expect(slot.locator(".sending")).to_contain_text("The session has ended. Sign in again in another tab")
    house.sign_in(window, mira)
    slot.get_by_role("button", name="Try again").click()

    expect(slot.locator(".evidence-file .file-name")).to_have_text(PLAN.name)
    expect(page.locator("#status")).to_have_text(f"{PLAN.name} received.")


def test_a_file_chosen_before_the_script_is_there_is_sent_when_it_is(house):
    mira = house.make.person("Mira Okafor")
    house.make.version(mira)
    page = house.window(mira).page
    asked = []
    page.route("**/upload.js*", lambda route: asked.append(route))
    page.goto("/work/three-bottlenecks", wait_until="domcontentloaded")
    slot = page.locator("#slot-db-plan-before")
    slot.locator("summary", has_text="Add a file").click()

    slot.locator("input[type=file]").set_input_files(PLAN)
    page.wait_for_timeout(300)
    assert len(asked) == 1
    asked[0].continue_()

    expect(slot.locator(".evidence-file .file-name")).to_have_text(PLAN.name)


def test_a_file_removed_twice_is_removed_without_a_word_of_failure(house):
    mira = house.make.person("Mira Okafor")
    house.evidence(house.make.version(mira), {"db-plan-before": SHELF["db-plan-before"]})
    page = house.window(mira).page
    page.goto("/work/three-bottlenecks")
    slot, sent = page.locator("#slot-db-plan-before"), []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    slot.get_by_role("button", name="Remove").dblclick()

    expect(slot.locator(".evidence-file")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    expect(page.locator("#toasts")).to_be_empty()
