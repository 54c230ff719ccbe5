"""Nothing moves under the reader: the layout shifts of the eight screens while they load, swap, poll and save."""

import pytest
from playwright.sync_api import expect

from app.services import checks
from tests.browser.house import SHELF
from tests.browser.test_desk import SAVED
from tests.clock import CLOCK

pytestmark = pytest.mark.browser

WIDTHS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 320, "height": 700}}
WATCH = """
  window.shifts = [];
  const name = ({ node }) => node?.id || node?.className || node?.nodeName || "?";
  const seen = (entry) => ({ size: entry.value, input: entry.hadRecentInput, what: entry.sources.map(name) });
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(seen)))
    .observe({ type: "layout-shift", buffered: true });
"""
MOST = 0.01


@pytest.fixture(params=WIDTHS, ids=WIDTHS)
def watched(house, request):
    """A window of this person in which every shift is noted, also one that follows a key or a click."""

    def open_one(person):
        options = {"viewport": WIDTHS[request.param], "reduced_motion": "no-preference"}
        window = house.window(person, **options) if person else house.windows.open("a stranger", **options)
        window.page.add_init_script(WATCH)
        return window.page

    return open_one


def moved(page):
    """What moved since the page began, the part that followed an input apart."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.shifts")
    return round(sum(each["size"] for each in shifts), 4), shifts


def still(page):
    total, shifts = moved(page)
    return [] if total < MOST else [page.url, total, *shifts]


@pytest.fixture
def people(house):
    make = house.make
    people = {
        "mira": make.person("Mira Okafor"),
        "imani": make.person("Imani Weber", roles=("reviewer",)),
        "root": make.person("Root", roles=("admin",)),
        "omar": make.person("Omar", roles=()),
    }
    make.application(make.person("Noor", roles=()))
    return people


def test_a_shift_would_be_noticed(watched):
    page = watched(None)
    page.goto("/")
    page.evaluate(
        "document.querySelector('main').prepend(Object.assign(document.createElement('p'), {innerText: 'New'}))"
    )

    assert still(page)[0] == page.url


def test_no_screen_moves_while_it_loads(house, watched, people):
    sent = house.waiting(house.make.person("Ines"))
    draft = house.evidence(house.make.version(people["mira"]))
    house.make.application(people["omar"])
    certificate = house.make.certificate(people["mira"], base_url=house.base_url)
    screens = [
        ("mira", "/learn"), ("mira", "/work/three-bottlenecks"), ("mira", f"/versions/{draft.id}/check"),
        ("imani", "/queue"), ("imani", house.claim(sent, people["imani"])),
        ("omar", "/application"), ("root", "/admin/applications"), (None, f"/c/{certificate.code}"),
    ]  # fmt: skip
    found = []
    for name, address in screens:
        page = watched(people.get(name))
        page.goto(address)
        found += still(page)
    assert found == []


def test_a_font_that_comes_late_moves_nothing(house, watched, people):
    house.evidence(house.make.version(people["mira"]))
    held = []

    def hold(route):
        held.append(route)

    for address in ("/learn", "/work/three-bottlenecks"):
        page = watched(people["mira"])
        page.route("**/inter-latin.woff2", hold)
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_timeout(1000)
        held.pop().continue_()

        assert moved(page)[1] == []


def test_the_desk_does_not_move_while_it_is_rated_and_saved(house, watched, people):
    page = watched(people["imani"])
    page.goto(house.claim(house.waiting(house.make.person("Ines")), people["imani"]))
    state = page.locator("#review-form [data-draft-state]")

    page.locator("#summary").scroll_into_view_if_needed()
    page.locator("#summary").click()
    page.wait_for_timeout(600)
    page.evaluate("window.shifts = []")
    page.keyboard.type("Clear.")
    expect(state).to_have_text(SAVED)

    assert still(page) == []


def test_a_claim_does_not_move_its_page_while_it_is_saved(house, watched, people):
    house.evidence(house.make.version(people["mira"]))
    page = watched(people["mira"])
    page.goto("/work/three-bottlenecks")
    field = page.locator("#db-p99-after")
    field.click()
    page.wait_for_timeout(600)
    page.evaluate("window.shifts = []")

    page.keyboard.type("20.3")
    expect(page.locator("#claims [data-draft-state]")).to_have_text(SAVED)

    assert still(page) == []


def test_words_to_the_reviewer_and_a_request_do_not_move_while_they_are_saved(house, watched, people):
    draft = house.make.version(people["mira"])
    fields = (
        (people["mira"], f"/versions/{draft.id}/check", "#question"),
        (people["omar"], "/apply", "#building"),
    )
    for person, address, field in fields:
        page = watched(person)
        page.goto(address)
        page.locator(field).click()
        page.wait_for_timeout(600)
        page.evaluate("window.shifts = []")

        page.keyboard.type("A delivery service.")
        expect(page.locator("form:has([data-draft-state]) [data-draft-state]")).to_have_text(SAVED)

        assert still(page) == []


def test_a_slot_that_polls_does_not_move_until_there_is_news(house, watched, people):
    version = house.make.version(people["mira"])
    file = house.make.file(version, slot="db-plan-before", name="plan.txt", data=SHELF["db-plan-before"])
    with house.sessions.begin() as db:
        checks.promise_check(db, file.id, now=CLOCK["now"])
    page = watched(people["mira"])
    polls = []
    page.on("response", lambda answer: polls.append(answer.url) if "/slots/" in answer.url else None)

    page.goto("/work/three-bottlenecks")
    expect(page.locator("#slot-db-plan-before .waiting")).to_be_visible()
    page.evaluate("document.querySelector('#slot-db-plan-before').scrollIntoView()")
    for _ in range(30):
        page.wait_for_timeout(100)
        if len(polls) >= 3:
            break

    assert len(polls) >= 3
    assert page.evaluate("window.shifts") == []
