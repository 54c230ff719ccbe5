"""A blind second reading and a calibration by keyboard in Chromium, and the pages that come of them."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.domain.blind_readings import OFFERED
from app.domain.calibration import known_levels
from app.domain.reviews import State
from app.models import Review, Score
from tests.clock import CLOCK

pytestmark = pytest.mark.browser


@pytest.fixture
def people(house):
    return {
        name: house.make.person(name, roles=(role,))
        for name, role in (("Ada", "reviewer"), ("Bo", "reviewer"), ("Root", "admin"))
    }


@pytest.fixture
def rated(house, people):
    """Ada's released rating, which colleagues are offered to read blind."""
    version = house.make.version(house.make.person("Mira Okafor"), state="passed", files=1)
    return house.make.review(
        version, people["Ada"], state="released", blind_until=CLOCK["now"] + OFFERED, summary="Convincing."
    )


def test_it_is_rated_by_keyboard_saved_as_it_is_typed_and_seen_beside_the_first(house, people, rated):
    bo = house.window(people["Bo"])
    bo.visit("/queue", "queue-with-a-blind-reading")
    bo.press("Read one blind")
    expect(bo.page.get_by_text("This is a blind second reading")).to_be_visible()
    bo.look("blind-reading")
    expect(bo.page.get_by_text("Convincing.")).to_have_count(0)

    for criterion in bo.page.locator("fieldset.criterion").all():
        criterion.locator("input[type=radio]").first.focus()
        bo.page.keyboard.press("3")
    bo.page.get_by_label("Summary to the learner").fill("As I see it.")
    expect(bo.page.locator("[data-draft-state], .draft-state").first).to_contain_text("Saved")
    with house.sessions() as db:
        blind = db.scalar(select(Review).where(Review.state == State.READING))
        chosen = db.scalars(select(Score.level_key).where(Score.review_id == blind.id)).all()
    assert (blind.summary, len(chosen), None in chosen) == ("As I see it.", 6, False)

    bo.page.keyboard.press("Control+Enter")
    expect(bo.page.get_by_role("heading", name="Hand in your blind reading")).to_be_visible()
    bo.look("hand-in")
    bo.page.get_by_role("radio", name="Passed").check()
    bo.page.keyboard.press("Control+Enter")
    expect(bo.page.get_by_role("heading", name="Two readings side by side")).to_be_visible()
    expect(bo.page.get_by_text("Convincing.")).to_be_visible()
    bo.look("compared")

    root = house.window(people["Root"])
    root.visit("/admin/agreement", "agreement")
    root.page.get_by_role("link", name="1 pairs").first.click()
    root.look("agreement-readings")
    house.window(people["Ada"]).visit("/second-readings", "second-readings-compared")


def test_an_example_is_rated_by_keyboard_and_compared(house, people):
    capstone = next(each for each in house.course.capstones if each.packs)
    pack = capstone.packs[0]
    bo = house.window(people["Bo"])
    bo.visit("/calibration", "calibration")
    bo.page.get_by_role("link", name=pack.title).click()
    bo.look("calibration-example")

    known = known_levels(pack)
    for criterion in capstone.rubric.criteria:
        place = [level.key for level in criterion.levels].index(known[criterion.key]) + 1
        bo.page.locator(f"#criterion-{criterion.key} input[type=radio]").first.focus()
        bo.page.keyboard.press(str(place))
    first = bo.page.locator(f"#criterion-{capstone.rubric.criteria[0].key}")
    first.locator("legend").click()
    note = first.locator("textarea")
    note.fill("Why this level")
    bo.visit("/calibration")
    bo.page.get_by_role("link", name=pack.title).click()
    expect(note).to_have_value("Why this level")
    bo.page.keyboard.press("Control+Enter")
    expect(bo.page.get_by_text("Every level is the known one.")).to_be_visible()
    bo.look("calibration-compared")
    assert bo.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length") == 0

    root = house.window(people["Root"])
    root.visit("/admin/calibration", "calibration-of-all")
    root.visit("/admin/comments", "comments-of-the-course")
    root.page.get_by_label("Comment", exact=True).fill("Say which index.")
    root.press("Keep it for every reviewer")
    expect(root.page.get_by_text("Say which index.")).to_be_visible()
    root.look("comments-kept")
