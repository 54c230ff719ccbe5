"""A rubric edited in Chromium: saved as it is typed, two admins in two windows, criteria moved by the keyboard."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models import RubricDraft, RubricVersion

pytestmark = pytest.mark.browser

SLUG = "three-bottlenecks"


@pytest.fixture
def rubric(house):
    return house.make.rubric(SLUG) and house.course.capstone(SLUG).rubric


@pytest.fixture
def root(house, rubric):
    return house.window(house.make.person("Root", roles=("admin",)))


def draft_of(house):
    with house.sessions() as db:
        return db.scalar(select(RubricDraft))


def edit(window):
    window.page.goto("/admin/rubrics")
    window.page.locator(f"form[action='/admin/rubrics/{SLUG}/draft'] button").click()
    return window.page


def test_a_draft_is_saved_as_it_is_typed_and_published(house, root, rubric):
    first = rubric.criteria[0]
    page = edit(root)
    name = page.locator(f"[name='title-{first.key}']")
    name.fill("Better words")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved")
    expect(page.locator(".rubric-editor [name=tag]")).to_have_value("1")
    page.locator(f"[name='label-{first.key}-1']").fill("")
    page.locator(f"[name='label-{first.key}-1']").blur()
    expect(page.locator("#mistakes")).to_contain_text("level 1: `label` is empty.")
    root.look("rubric-editor")
    page.locator(f"[name='label-{first.key}-1']").fill("Not there")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.get_by_role("heading", name="What it changes in version 1")).to_be_visible()
    root.look("rubric-preview")

    page.get_by_label("Re-tag: show the new words everywhere").check()
    root.press("Publish the new version")

    expect(page.get_by_role("link", name="Version 2")).to_be_visible()
    root.look("rubrics")
    page.get_by_role("link", name="Version 1").last.click()
    root.look("rubric-version")
    with house.sessions() as db:
        assert db.scalars(select(RubricVersion.number).where(RubricVersion.capstone_slug == SLUG)).all() == [
            1,
            2,
        ]


def test_two_admins_write_the_same_line(house, root, rubric):
    first = rubric.criteria[0]
    other = house.window(house.make.person("Lin", roles=("admin",)))
    pages = [edit(root), other.page]
    pages[1].goto(pages[0].url)
    pages[0].locator(f"[name='title-{first.key}']").fill("Root's words")
    expect(pages[0].locator(".rubric-editor [name=tag]")).to_have_value("1")

    pages[1].locator(f"[name='title-{first.key}']").fill("Lin's words")

    conflict = pages[1].locator(".conflict")
    expect(conflict).to_contain_text("Root saved this in between:")
    expect(conflict.locator("pre")).to_have_text("Root's words")
    other.look("rubric-conflict")
    conflict.get_by_role("button", name="Keep mine").click()
    expect(pages[1].locator(".rubric-editor [name=tag]")).to_have_value("2")
    assert draft_of(house).content["criteria"][0]["title"] == "Lin's words"


def test_criteria_are_moved_and_added_by_the_keyboard_and_nothing_typed_is_lost(house, root, rubric):
    first, second = rubric.criteria[:2]
    page = edit(root)
    page.locator(f"[name='description-{first.key}']").fill("Typed a moment ago")
    page.get_by_role("button", name="Move down criterion 1").press("Enter")
    expect(page.locator("fieldset legend").first).to_have_text(f"Criterion 1: {second.title}")
    assert page.url.endswith(f"#criterion-{first.key}")
    page.get_by_label("Short name").fill("rollback")
    page.get_by_label("Short name").press("Enter")
    expect(page.locator("#criterion-rollback")).to_be_visible()

    content = draft_of(house).content
    keys = [each["key"] for each in content["criteria"]]
    assert keys[:2] == [second.key, first.key]
    assert keys[-1] == "rollback"
    assert content["criteria"][1]["description"] == "Typed a moment ago"


def test_without_a_script_the_same_form_works(house, rubric):
    first = rubric.criteria[0]
    window = house.window(house.make.person("Root", roles=("admin",)), java_script_enabled=False)
    page = edit(window)
    page.locator(f"[name='title-{first.key}']").fill("Better words")
    page.get_by_role("button", name="Save").first.click()

    assert draft_of(house).content["criteria"][0]["title"] == "Better words"
    expect(page.locator(f"[name='title-{first.key}']")).to_have_value("Better words")
