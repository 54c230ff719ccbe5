"""Where German is longer than English, and where a German keyboard has other names on its keys."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(house):
    """The desk of a German reviewer on a small laptop."""
    imani = house.make.person("Imani Weber", roles=("reviewer",))
    version = house.waiting(house.make.person("Mira Okafor"))
    window = house.window(imani, locale="de-DE", viewport={"width": 1280, "height": 900})
    window.page.goto(house.claim(version, imani))
    return window.page


def test_the_buttons_of_the_desk_stand_beside_each_other(desk):
    foot = desk.locator(".desk-foot")
    tops = {round(button.bounding_box()["y"]) for button in foot.locator(".actions .button").all()}

    assert len(tops) == 1
    saying = foot.locator("[data-draft-state]").bounding_box()
    skip = foot.get_by_role("link", name="Überspringen …").bounding_box()
    assert saying["y"] < skip["y"] + skip["height"] / 2 < saying["y"] + saying["height"]


def test_keys_have_the_names_that_are_printed_on_them(desk):
    finish = desk.get_by_role("button", name="Abschließen")

    expect(finish.locator("kbd")).to_have_text("Strg+Enter")
    expect(finish).to_have_attribute("aria-keyshortcuts", "Control+Enter")
    desk.keyboard.press("?")
    listed = desk.locator("#keys-dialog kbd").all_inner_texts()
    assert {"Strg+Enter", "Umschalt+N"} <= set(listed)
    assert [key for key in listed if "Ctrl" in key or "Shift" in key] == []
