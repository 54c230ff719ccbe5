"""The queue's search in Chromium: by keyboard, with its hints, saved as a link, in both colour schemes and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.windows import NARROW, Windows
from tests.story.parts import embedded_portal
from tests.story.people import Person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with embedded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def ruth(browser, portal):
    """A reviewer's window; at the end nothing may have been wrong with any page."""
    person = Person(portal, "Ruth", "ruth@example.org")
    person.sign_in()
    assert portal.flask("people", "appoint", person.email, "reviewer").returncode == 0
    windows = Windows(browser, portal)
    yield windows.open("Ruth").sign_in()
    windows.close()
    assert windows.faults == [], "\n".join(windows.faults)


def test_the_search_is_typed_by_keyboard_kept_and_saved_as_a_link(ruth):
    page = ruth.page
    page.goto("/queue")
    page.keyboard.press("/")
    expect(page.get_by_label("Search the queue")).to_be_focused()
    page.keyboard.type("round:2 is:waitin")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The nearest one is is:waiting.")).to_be_visible()
    expect(page.get_by_text("Nothing fits this search")).to_be_visible()
    ruth.look("queue-search-hint")

    page.get_by_label("Search the queue").fill("round:2 is:waiting")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Saved searches").click()
    page.get_by_label("Name of this search").fill("Second rounds")
    ruth.press("Save this search")
    ruth.look("queue-search-saved")
    page.get_by_role("link", name="Show the whole queue").click()
    expect(page.get_by_label("Search the queue")).to_have_value("")
    page.get_by_role("link", name="Second rounds", exact=True).click()
    expect(page.get_by_label("Search the queue")).to_have_value("round:2 is:waiting")

    page.goto("/?course=1")
    page.goto("/queue")
    expect(page.get_by_label("Search the queue")).to_have_value("round:2 is:waiting")
    page.get_by_text("Saved searches").click()
    ruth.press("Remove “Second rounds”")
    expect(page.get_by_role("link", name="Second rounds", exact=True)).to_have_count(0)


def test_on_a_narrow_screen_a_row_is_a_card_with_all_that_is_in_it(house):
    house.waiting(house.make.person("Mira Okafor"))
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    page = house.window(imani, viewport=NARROW).page
    page.goto("/queue")

    cells = page.locator("#queue tbody tr").first.locator("th, td").all()
    edges = [cell.bounding_box()["x"] + cell.bounding_box()["width"] for cell in cells]

    assert len(cells) == 6
    assert max(edges) <= NARROW["width"]
    assert page.get_by_role("button", name="Claim").first.bounding_box()["height"] >= 44  # for a thumb
    expect(page.get_by_role("cell", name="Waiting")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Reviewer")).to_have_count(1)
