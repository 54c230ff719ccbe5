"""The face in a real browser: accessible, within 320 px, big enough to hit, calm in every medium."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGES = ["", "/errors", "/empty", "/desk"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(open_page, violations, styleguide, path, scheme):
    page = open_page(styleguide + path, color_scheme=scheme)

    assert violations(page) == []


def test_axe_finds_what_is_wrong(open_page, violations, styleguide):
    page = open_page(f"{styleguide}/empty")

    page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert [line.partition(":")[0] for line in violations(page)] == ["button-name"]


@pytest.mark.parametrize("width", [320, 768, 1120])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_never_scrolls_sideways(open_page, styleguide, path, width):
    page = open_page(styleguide + path, viewport={"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_controls_are_big_enough(open_page, styleguide, path):
    page = open_page(styleguide + path)

    small = page.evaluate(
        """[...document.querySelectorAll('.button:not(.small), .input')]
             .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
             .map((one) => one.outerHTML.slice(0, 100))"""
    )

    assert small == []


def test_an_error_summary_has_the_focus_and_leads_to_its_fields(open_page, styleguide):
    page = open_page(f"{styleguide}/errors")
    assert page.evaluate("document.activeElement.id") == "error-summary"

    reached = []
    for link in page.locator(".error-summary a").all():
        link.click()
        reached.append(page.evaluate("document.activeElement.id"))

    assert page.title().startswith("Error:")
    assert reached == ["building", "hours", "stack", "start", "quote", "file-p99-after"]


def test_the_counter_says_how_much_is_left_missing_or_too_much(open_page, styleguide):
    page = open_page(styleguide)
    area, counter = page.locator("#building"), page.locator("#building-count")
    said = []

    for text in ["", "x" * 30, "x" * 80, "x" * 1201]:
        area.fill(text)
        said.append(counter.inner_text())

    assert said == [
        "80 to 1,200 characters", "50 more characters needed", "1,120 characters left", "1 character too many",
    ]  # fmt: skip
    assert area.input_value() == "x" * 1201


def test_the_counter_counts_what_is_there_again_after_coming_back(open_page, styleguide):
    page = open_page(styleguide)
    page.locator("#building").fill("x" * 80)

    page.goto(f"{styleguide}/empty")
    page.go_back()

    expect(page.locator("#building")).to_have_value("x" * 80)
    expect(page.locator("#building-count")).to_have_text("1,120 characters left")
    open_page.complaints[:] = [one for one in open_page.complaints if "501" not in one]  # nothing saves there


def test_times_are_shown_in_the_readers_zone(open_page, styleguide):
    page = open_page(styleguide, timezone_id="Asia/Tokyo")

    time = page.locator("#states time").first

    assert time.inner_text() == "22 Nov 2026, 21:01 GMT+9"
    assert time.get_attribute("title") == "22 Nov 2026, 12:01 UTC"


def test_the_keys_dialog_lists_the_table_and_its_switch_stops_the_keys(open_page, styleguide):
    page = open_page(f"{styleguide}/desk")
    kept = []
    page.route(
        "**/profile/keys", lambda route: (kept.append(route.request.post_data), route.fulfill(status=204))
    )
    table = page.evaluate(
        "import('/static/js/shared.js').then((shared) => shared.KEYS.map((row) => row.does))"
    )

    page.keyboard.press("?")
    listed = page.locator("#keys-dialog dd").all_inner_texts()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")

    assert sorted(listed) == sorted(table)
    assert page.locator("#keys-dialog").is_hidden()
    assert kept == ["keys=off"]


def test_a_criterion_is_rated_by_keys_and_letters_in_a_text_stay_letters(open_page, styleguide):
    page = open_page(f"{styleguide}/desk")
    infra = page.locator("#criterion-infra")
    page.route(
        "**/styleguide/draft",
        lambda route: route.fulfill(json={"tag": 2, "saved_at": "2026-11-22T14:05:00Z"}),
    )

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("1 c ? n")

    assert infra.locator("input:checked").get_attribute("value") == "3"
    assert infra.locator("textarea").input_value() == "1 c ? n"
    assert page.locator("#criterion-db input:checked").get_attribute("value") == "3"
    assert page.locator("#keys-dialog").is_hidden()


def test_a_rated_criterion_folds_and_opens_again(open_page, styleguide):
    page = open_page(f"{styleguide}/desk")
    levels = page.locator("#criterion-db .level")
    folded = [level.is_visible() for level in levels.all()]

    page.locator("#criterion-db legend").click()

    assert folded == [False, False, True, False]
    assert [level.is_visible() for level in levels.all()] == [True] * 4
    expect(page.locator("#criterion-db input:checked")).to_be_focused()


def test_a_finding_leads_to_its_line(open_page, styleguide):
    page = open_page(f"{styleguide}/desk")

    page.locator(".finding-foot a").click()

    assert page.locator("tr:target").get_attribute("id") == "after-L412"
    assert page.locator("tr:target").is_visible()


def test_the_page_is_whole_without_javascript(open_page, styleguide):
    page = open_page(styleguide, java_script_enabled=False)

    assert page.locator(".upload button[type=submit]").is_visible()
    assert page.locator("[data-copy]").first.is_hidden()
    assert [key.inner_text() for key in page.locator("kbd").all() if key.is_visible()] == []
    assert page.locator("#states time").first.inner_text() == "22 Nov 2026, 12:01 UTC"


def test_print_shows_the_rubric_and_no_buttons(open_page, styleguide):
    page = open_page(f"{styleguide}/desk")

    page.emulate_media(media="print")

    assert page.locator("#rubric").is_visible()
    assert [one for one in page.locator(".button, nav, .rail").all() if one.is_visible()] == []


def test_nothing_moves_when_motion_is_not_wanted(open_page, styleguide):
    page = open_page(styleguide, reduced_motion="reduce")

    assert page.evaluate("document.getAnimations().length") == 0


def test_forced_colours_keep_the_signs(open_page, styleguide, violations):
    page = open_page(styleguide, forced_colors="active")

    assert page.locator(".tag .icon").first.is_visible()
    assert violations(page) == []
