"""axe on every page of the portal, light and dark: full as the small world has them, empty, refused, and in German."""

import pytest

from tests.browser.house import SHELF
from tests.browser.windows import NARROW, violations_by_scheme, violations_of
from tests.web.addresses import World

pytestmark = pytest.mark.browser

EMPTY = {
    "applicant": ("/apply", "/apply/check"),
    "stranger": ("/learn", "/work/three-bottlenecks", "/profile", "/profile/data"),
    "reviewer": ("/queue", "/queue?q=round%3A9", "/appeals", "/second-readings", "/calibration"),
    "admin": (
        "/admin/applications",
        "/admin/applications/outbox",
        "/admin/checks",
        "/admin/certificates",
        "/admin/agreement",
        "/admin/agreement/readings",
        "/admin/calibration",
        "/admin/comments",
    ),
}
"""Pages on which there is nothing yet, and who sees them so."""
WRONG = {
    "applicant": (("/apply", {"building": "Short.", "then": "check"}),),
    "stranger": (("/profile", {"name": "", "time_zone": "Nowhere"}),),
    "reviewer": (("/queue/next", {}), ("/calibration/launch-plan/shopping-list", {})),
    "admin": (("/admin/people", {"email": "nobody"}), ("/admin/comments", {"place": "", "body": ""})),
}
"""What is sent that cannot be taken; the answer is looked at."""
SEND = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  const box = ([name, value]) => Object.assign(document.createElement("input"), { name, value });
  form.append(...Object.entries(fields).map(box));
  document.body.append(form);
  form.submit();
}"""
WHO = {
    "public": "learner",
    "signed_in": "learner",
    "learner": "learner",
    "reviewer": "reviewer",
    "admin": "admin",
}

BROKEN = """() => [...document.querySelectorAll("th, h1, h2, h3, legend, label, .button, .tag")].flatMap((part) => {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), broken = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const word of text.data.matchAll(/[^\\s–/-]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((line) => line.top));
      if (lines.size > 1 && !word[0].includes("_")) broken.push(word[0]);
    }
  }
  return broken;
})"""
"""The words in heads, labels and buttons that stand on two lines."""
SIDEWAYS = """() => [...document.querySelectorAll(".table-region:has(> .stacked)")]
  .filter((region) => region.scrollWidth > region.clientWidth).map((region) => region.firstElementChild.id)"""
"""The stacked tables that would have to be scrolled sideways."""
CUT = """() => {
  const edge = document.querySelector(".table-region:has(> .ledger)").getBoundingClientRect().right;
  const parts = [...document.querySelectorAll(".ledger :is(th, td, .tag)")];
  return parts.filter((part) => part.getBoundingClientRect().right > edge + 1).map((part) => part.textContent.trim());
}"""
"""What stands out of the claim ledger and could not be read without scrolling it."""
SMALL = """() => [...document.querySelectorAll(".button:not(.small), .input")]
  .filter((one) => one.checkVisibility() && !one.closest("#queue tr") && one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 100))"""
"""The main controls that are not 44 px high; the rows of the queue are close together on purpose."""


@pytest.fixture
def world(house):
    return World(house.app, house.sessions, house.make)


def judged(page, address):
    """What axe finds, in dark too, and whether the page is wider than its window; each line with its address."""
    found = [f"{address} ({scheme}): {each}" for scheme, each in violations_by_scheme(page)]
    small = [f"{address}: less than 44 px high: {each}" for each in page.evaluate(SMALL)]
    return [*found, *small, *too_wide(page, address)]


def too_wide(page, address):
    if (width := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        yield f"{address} is {width} px wide"


def is_page(answer):
    return "text/html" in (answer.headers.get("content-type") or "")


def test_no_page_of_the_url_map_has_a_violation(house, world):
    pages = {name: house.window(world.people[name]).page for name in set(WHO.values())}
    found, seen = [], set()
    for address in world.addresses("GET"):
        page = pages[WHO[address.access.value]]
        answer = page.request.get(address.path, max_redirects=0)
        if answer.status in {200, 404, 409} and is_page(answer) and "<!doctype" in answer.text():
            page.goto(address.path, wait_until="load")
            found += judged(page, address.path)
            seen.add(address.endpoint)

    assert found == []
    assert len(seen) >= 35, sorted(seen)


def test_no_empty_page_has_a_violation(house, world):
    found = []
    for name, addresses in EMPTY.items():
        page = house.window(world.people[name]).page
        for address in addresses:
            page.goto(address, wait_until="load")
            found += judged(page, address)

    assert found == []


def test_no_answer_to_a_wrong_form_has_a_violation(house, world):
    house.windows.expect("Failed to load resource: the server responded with a status of")
    found = []
    for name, sendings in WRONG.items():
        page = house.window(world.people[name]).page
        for path, fields in sendings:
            page.goto("/profile", wait_until="load")
            with page.expect_navigation(wait_until="load"):
                page.evaluate(SEND, [path, fields])
            found += judged(page, f"{path} with {fields}")

    assert found == []


def test_no_main_page_in_german_has_a_violation_or_a_broken_word(house):
    make = house.make
    mira, omar = make.person("Mira Okafor"), make.person("Omar", roles=())
    imani, root = make.person("Imani Weber", roles=("reviewer",)), make.person("Root", roles=("admin",))
    draft = house.evidence(make.version(mira))
    make.application(omar)
    desk = house.claim(house.waiting(make.person("Ines")), imani)
    certificate = make.certificate(mira, base_url=house.base_url)
    screens = {
        mira: ("/", "/learn", "/work/three-bottlenecks", f"/versions/{draft.id}/check", "/profile"),
        imani: ("/queue", desk, f"{desk}/preview"),
        omar: ("/application", "/fit-check", f"/c/{certificate.code}"),
        root: ("/admin", "/admin/applications", "/admin/cohort", "/admin/people", "/admin/switches"),
    }
    found = []
    for person, addresses in screens.items():
        page = house.window(person, locale="de-DE", viewport=NARROW).page
        for address in addresses:
            page.goto(address, wait_until="load")
            assert page.locator("html").get_attribute("lang") == "de"
            found += [f"{address}: {each}" for each in violations_of(page)]  # dark is no other in German
            found += too_wide(page, address)
            found += [f"{address} breaks the word {word}" for word in page.evaluate(BROKEN)]
            found += [f"{address} scrolls its table {table}" for table in page.evaluate(SIDEWAYS)]

    assert found == []


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_nothing_of_the_ledger_has_to_be_scrolled_to(house, locale):
    imani, plan = house.make.person("Imani Weber", roles=("reviewer",)), "db-plan-before"
    ines, joon = house.make.person("Ines"), house.make.person("Joon")
    desk = house.claim(house.waiting(ines, {plan: SHELF[plan]}), imani)
    draft = house.claim_numbers(house.evidence(house.make.version(joon), {plan: SHELF[plan]}), joon)
    places = (imani, desk), (joon, "/work/three-bottlenecks"), (joon, f"/versions/{draft.id}/check")
    cut = {}
    for person, address in places:
        page = house.window(person, locale=locale).page
        page.goto(address)
        for width in (320, 600, 768, 1120, 1180, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            cut[address, width] = page.evaluate(CUT)
        assert page.locator(".ledger tbody tr:not(.agrees, .contradicts)").count() > 1

    assert {place: parts for place, parts in cut.items() if parts} == {}
