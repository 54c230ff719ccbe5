"""A draft that saves itself, with the server and the network misbehaving."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COPY = "localStorage.getItem('draft:/styleguide/draft')"
SAVED = {"tag": 2, "saved_at": "2026-11-22T14:05:00Z"}


def field(post_data, name):
    """One field of a multipart body."""
    return post_data.split(f'name="{name}"\r\n\r\n')[1].split("\r\n--")[0]


@pytest.fixture
def draft(open_page, styleguide):
    """The style guide's form; `answers` are given to its saves in turn, `sent` is what they carried."""
    page = open_page(styleguide, timezone_id="UTC")
    page.sent, page.answers = [], []

    def answer(route):
        page.sent.append(route.request.post_data)
        status, body = page.answers.pop(0) if page.answers else (200, SAVED)
        route.fulfill(status=status, json=body)

    page.route("**/styleguide/draft", answer)
    yield page
    open_page.complaints[:] = [one for one in open_page.complaints if "Failed to load resource" not in one]


def test_typing_is_saved_once_with_the_tag_and_the_next_save_carries_the_new_one(draft):
    draft.locator("#building").press_sequentially("abc")
    expect(draft.locator("[data-draft-state]")).to_have_text("Saved 14:05")

    with draft.expect_response("**/styleguide/draft"):
        draft.locator("#start-2").check()

    assert [field(body, "tag") for body in draft.sent] == ["1", "2"]
    assert field(draft.sent[1], "start") == "month"
    assert draft.evaluate(COPY) is None


def test_offline_is_said_and_kept_and_coming_back_saves(draft):
    draft.unroute("**/styleguide/draft")
    draft.context.set_offline(True)
    draft.locator("#hours").fill("9")
    expect(draft.locator("[data-draft-state]")).to_have_text(
        "Not saved – offline, kept in this browser", timeout=2500
    )
    assert '"hours":"9"' in draft.evaluate(COPY)

    draft.route("**/styleguide/draft", lambda route: route.fulfill(json=SAVED))
    draft.context.set_offline(False)

    expect(draft.locator("[data-draft-state]")).to_have_text("Saved 14:05")
    assert draft.evaluate(COPY) is None


def test_what_was_saved_in_part_says_so_and_the_next_save_carries_the_new_tag(draft):
    draft.answers.append((422, {"message": "Hours: Type a number.", "tag": 7, "fields": {"hours": ""}}))
    draft.locator("#hours").fill("many")
    expect(draft.locator("[data-draft-state]")).to_have_text(
        "Not all saved – Hours: Type a number, kept in this browser"
    )
    assert '"hours":"many"' in draft.evaluate(COPY)

    draft.locator("#hours").fill("9")

    expect(draft.locator("[data-draft-state]")).to_have_text("Saved 14:05")
    assert [field(body, "tag") for body in draft.sent] == ["1", "7"]


def test_what_could_not_be_saved_is_there_after_a_reload(draft):
    draft.answers.append((500, {}))
    draft.locator("#hours").fill("11")
    expect(draft.locator("[data-draft-state]")).to_have_text(
        "Not saved – the portal did not answer, kept in this browser"
    )

    draft.reload()

    expect(draft.locator("#hours")).to_have_value("11")
    expect(draft.locator("[data-draft-state]")).to_have_text("Saved 14:05")
    assert draft.evaluate(COPY) is None


@pytest.mark.parametrize(("button", "kept"), [("Keep mine", "mine"), ("Take theirs", "theirs")])
def test_a_conflict_shows_both_texts_and_saves_the_choice(draft, button, kept):
    theirs = {"building": "theirs", "hours": "12"}
    draft.answers.append((409, {"tag": 7, "fields": theirs, "by": "Ada"}))
    draft.locator("#building").fill("mine")
    expect(draft.locator(".conflict pre")).to_have_text("theirs")
    expect(draft.locator("#building")).to_have_value("mine")
    assert len(draft.sent) == 1

    draft.get_by_role("button", name=button).click()

    expect(draft.locator("[data-draft-state]")).to_have_text("Saved 14:05")
    assert draft.locator(".conflict").count() == 0
    assert field(draft.sent[1], "building") == kept
    assert field(draft.sent[1], "hours") == "12", "what only they changed is taken over"
    assert field(draft.sent[1], "tag") == "7"


def test_what_is_typed_before_the_script_is_there_is_saved_too(open_page, styleguide, browser):
    context = browser.new_context(timezone_id="UTC")
    page, sent, held = context.new_page(), [], []
    page.route("**/js/autosave.js", lambda route: held.append(route))
    page.route("**/styleguide/draft", lambda route: (sent.append(1), route.fulfill(json=SAVED)))
    with page.expect_request("**/js/autosave.js"):
        page.goto(styleguide, wait_until="commit")
    page.locator("#hours").fill("7")

    held[0].continue_()

    expect(page.locator("[data-draft-state]")).to_have_text("Saved 14:05")
    assert len(sent) == 1
    context.close()


def test_what_could_never_be_sent_goes_after_a_month(draft):
    keep = "([key, at]) => localStorage.setItem(key, JSON.stringify({at, tag: '1', fields: {}, words: 'x'}))"
    now, day = draft.evaluate("Date.now()"), 24 * 3600 * 1000
    for key, age in (("draft:old", 31), ("draft:young", 29), ("line:old", 31), ("line:young", 29)):
        draft.evaluate(keep, [key, now - age * day])
    draft.evaluate("localStorage.setItem('line:broken', 'no JSON')")

    draft.reload()

    assert draft.evaluate("Object.keys(localStorage).sort()") == ["draft:young", "line:young"]
