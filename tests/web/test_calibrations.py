"""Calibration in the browser's eyes: offered from the queue, owed where the course says so, never blaming."""

import re
from dataclasses import replace

import pytest

from app.domain.calibration import known_levels

SLUG = "launch-plan"


@pytest.fixture
def pack(course):
    return course.capstone(SLUG).packs[0]


@pytest.fixture
def known(pack):
    return {f"level-{key}": level for key, level in known_levels(pack).items()}


@pytest.fixture
def ada(client, make):
    person = make.person("Ada Person", roles=("reviewer",))
    client.sign_in(person)
    return person


@pytest.fixture
def required(app):
    """The shipped course, requiring the examples of one capstone."""
    before = app.extensions["touchstone"]
    rule = replace(before.course.calibration, required=True)
    capstones = [each if each.slug == SLUG else replace(each, packs=()) for each in before.course.capstones]
    course = replace(before.course, calibration=rule, capstones=tuple(capstones))
    app.extensions["touchstone"] = replace(before, course=course)
    yield
    app.extensions["touchstone"] = before


def test_an_example_is_rated_on_the_rubric_and_shown_beside_the_known_rating(client, ada, pack, known):
    queue = client.get("/queue").get_data(as_text=True)
    listed = client.get("/calibration").get_data(as_text=True)
    page = client.get(f"/calibration/{SLUG}/{pack.key}").get_data(as_text=True)
    answer = client.post(f"/calibration/{SLUG}/{pack.key}", data=known | {"comment-start": "No restore."})
    told = client.get(answer.location).get_data(as_text=True)

    assert 'href="/calibration"' in queue
    assert (pack.title in listed, "not begun" in listed) == (True, True)
    assert (pack.title in page, "file-1-L1" in page, 'data-level="1"' in page) == (True, True, True)
    assert all(each.reason not in page for each in pack.levels)
    assert answer.status_code == 303
    assert ("Calibrated" in told, "No restore." in told, "Every level is the known one." in told) == (
        True,
    ) * 3
    assert "calibrated" in client.get("/calibration").get_data(as_text=True)


def test_another_rating_is_met_with_reasons_and_can_be_repeated(client, ada, pack, known):
    highest = dict.fromkeys(known, "repeatable")

    answer = client.post(f"/calibration/{SLUG}/{pack.key}", data=highest)
    told = client.get(answer.location).get_data(as_text=True)

    assert "Not yet the same rating" in told
    assert "6 levels differ, by at most 3. The outcome by the rubric is another." in " ".join(told.split())
    assert f'href="/calibration/{SLUG}/{pack.key}"' in told
    assert "69 requests a second" in told


def test_an_unfinished_rating_keeps_what_was_typed(client, ada, pack, known):
    some = dict(list(known.items())[1:])

    answer = client.post(f"/calibration/{SLUG}/{pack.key}", data=some | {"comment-start": "Kept words."})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert ("Kept words." in page, "Choose one of the levels of this criterion." in page) == (True, True)


def test_a_first_claim_is_led_to_its_example_and_nothing_else_is_held_up(
    client, make, ada, pack, known, required
):
    mira = make.person("Mira Okafor")
    version = make.version(mira, capstone=SLUG, state="submitted", files=1)

    led = client.post(f"/queue/{version.id}/claim")
    nothing = client.post("/queue/next")
    other = make.version(mira, capstone="stateless", state="submitted", files=1)
    taken = client.post("/queue/next")
    client.post(f"/calibration/{SLUG}/{pack.key}", data=known)
    claimed = client.post(f"/queue/{version.id}/claim")

    assert (led.status_code, led.location) == (303, f"/calibration#{SLUG}")
    assert (nothing.status_code, nothing.location) == (303, "/calibration")
    assert taken.location.startswith("/reviews/")
    assert claimed.location.startswith("/reviews/")
    assert "Before your first claim" in client.get("/calibration").get_data(as_text=True)
    assert other is not None


def test_where_it_is_not_required_a_first_claim_is_a_claim(client, make, ada):
    version = make.version(make.person("Mira Okafor"), capstone=SLUG, state="submitted", files=1)

    assert client.post(f"/queue/{version.id}/claim").location.startswith("/reviews/")


def test_admins_see_who_is_calibrated_at_the_same_cost_for_many(
    client, make, ada, pack, known, count_selects
):
    client.post(f"/calibration/{SLUG}/{pack.key}", data=dict.fromkeys(known, "missing"))
    client.post(f"/calibration/{SLUG}/{pack.key}", data=known)
    client.sign_in(make.person("Root", roles=("admin",)))
    with count_selects() as few:
        page = client.get("/admin/calibration").get_data(as_text=True)
    for number in range(5):
        make.person(f"Reviewer {number}", roles=("reviewer",))
    with count_selects() as many:
        client.get("/admin/calibration")

    row = page.split("Ada Person")[1].split("</tr>")[0]
    assert ("calibrated" in row, "2 attempts" in row) == (True, True)
    assert len(few) == len(many) <= 4
    link = re.findall(r'href="(/calibration[^"]+)"', row)[0]
    assert client.get(link).status_code == 200


def test_others_attempts_and_unknown_examples_are_not_found(client, make, ada, pack, known):
    mine = client.post(f"/calibration/{SLUG}/{pack.key}", data=known).location
    client.sign_in(make.person("Bo", roles=("reviewer",)))

    assert client.get(mine).status_code == 404
    assert client.get(f"/calibration/{SLUG}/none-such").status_code == 404
    assert client.get("/calibration/none-such/x").status_code == 404
