"""What the page does when htmx swaps, fails or polls: focus, toasts, waiting while hidden."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FORM = """
  <form id="box" method="post" action="/box" hx-post="/box" hx-target="#box" hx-swap="outerHTML">
    <label for="note">Note</label> <input id="note" name="note">
    <button id="go" type="submit">Send</button>
  </form>"""
REFUSED = """
  <form id="box" method="post" action="/box" hx-post="/box" hx-target="#box" hx-swap="outerHTML">
    <div id="error-summary" role="alert" tabindex="-1" data-focus><a href="#note">Write a note</a></div>
    <label for="note">Note</label> <input id="note" name="note"><button id="go" type="submit">Send</button>
  </form>"""
INSERT = "html => { const main = document.querySelector('main'); main.innerHTML = html; htmx.process(main); }"

POLLING = """
  <p id="news" hx-get="/news" hx-target="#news" hx-swap="outerHTML" hx-trigger="load delay:50ms, resume"
     data-poll>…</p>"""
WATCH = """() => {
  window.tried = new Promise((done) => document.addEventListener("htmx:before:request", () => done(), { once: true }));
}"""


@pytest.fixture
def box(open_page, styleguide):
    """A page whose only content is a form that htmx sends; `answer(...)` says what comes back."""
    page = open_page(f"{styleguide}/empty")
    page.evaluate(INSERT, FORM)
    page.answer = lambda **reply: page.route("**/box", lambda route: route.fulfill(**reply))
    yield page
    open_page.complaints[:] = [one for one in open_page.complaints if "Failed to" not in one]


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_a_refused_form_moves_the_focus_to_its_summary(box):
    box.answer(status=422, content_type="text/html", body=REFUSED)

    box.locator("#go").click()

    expect(box.locator("#error-summary")).to_be_focused()
    assert box.locator("[data-focus]").count() == 0


def test_a_swapped_part_takes_the_focus_that_its_form_had(box):
    box.answer(content_type="text/html", body='<section id="box"><h2 id="done">Sent</h2></section>')

    box.locator("#go").click()

    expect(box.locator("#done")).to_be_focused()


def test_a_field_that_is_there_again_keeps_the_focus(box):
    box.answer(content_type="text/html", body=FORM)

    box.locator("#note").press("Enter")
    box.wait_for_load_state("networkidle")

    assert focused(box) == "note"


def test_a_server_error_leaves_the_page_and_shows_a_toast_with_the_request(box):
    box.answer(
        status=502, content_type="text/html", headers={"X-Request-Id": "r-4711"}, body="<h1>Bad gateway</h1>"
    )
    box.locator("#note").fill("kept")

    box.locator("#go").click()

    expect(box.locator("#toasts .toast")).to_contain_text("Request r-4711.")
    assert box.locator("#note").input_value() == "kept"
    assert box.get_by_text("Bad gateway").count() == 0


def test_the_portals_own_toast_is_shown_as_it_is(box):
    own = '<div class="toast fail" data-toast><p>Checks are paused.</p></div>'
    box.answer(status=503, content_type="text/html", body=own)

    box.locator("#go").click()

    expect(box.locator("#toasts .toast")).to_have_text("Checks are paused.")
    assert box.locator("#box").count() == 1


def test_a_broken_connection_is_said(box):
    box.route("**/box", lambda route: route.abort())

    box.locator("#go").click()

    expect(box.locator("#toasts")).to_contain_text("The portal could not be reached.")
    assert box.locator("#box").count() == 1


def test_polling_waits_while_the_tab_is_hidden(box):
    asked = []
    box.route("**/news", lambda route: (asked.append(1), route.fulfill(body='<p id="news">done</p>')))
    hide = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); "
    box.evaluate(hide + "document.dispatchEvent(new Event('visibilitychange')); }", True)
    box.evaluate(WATCH)
    box.evaluate(INSERT, POLLING)
    box.evaluate("window.tried")
    while_hidden = len(asked)

    box.evaluate(hide + "document.dispatchEvent(new Event('visibilitychange')); }", False)

    expect(box.locator("#news")).to_have_text("done")
    assert while_hidden == 0
    assert len(asked) == 1


COPY = '<button id="copy" type="button" data-copy="EXPLAIN (ANALYZE)">Copy</button>'


def test_what_is_copied_is_said_and_lies_in_the_clipboard(box):
    box.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.evaluate(INSERT, COPY)

    box.locator("#copy").click()

    expect(box.locator("#toasts")).to_contain_text("Copied.")
    assert box.evaluate("navigator.clipboard.readText()") == "EXPLAIN (ANALYZE)"


def test_a_browser_that_copies_nothing_is_named(box):
    """A clipboard is there on secure pages alone."""
    box.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    box.evaluate(INSERT, COPY)

    box.locator("#copy").click()

    expect(box.locator("#toasts")).to_contain_text("Select the text and copy it yourself.")
