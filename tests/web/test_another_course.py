"""An operator's own course, the smallest that the loader takes: no page knows how many of anything there are."""

from dataclasses import replace

import pytest

from app import course as courses
from app.factory import create_app
from app.services import rubrics
from config import ROOT
from tests.browser_client import Browser
from tests.clock import CLOCK
from tests.factories import Make

SMALLEST = ROOT / "tests" / "course" / "smallest"


@pytest.fixture(scope="module")
def small_app(settings):
    app = create_app(replace(settings, course_path=SMALLEST), clock=lambda: CLOCK["now"])
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


@pytest.fixture
def small(sessions, now):
    course = courses.load(SMALLEST)
    with sessions.begin() as db:
        rubrics.publish(db, course, actor_id=None, now=now)
    return Make(sessions, course, now)


def browser(app, sessions, person):
    client = Browser(app, sessions)
    client.sign_in(person)
    return client


@pytest.mark.parametrize("address", ["/", "/capstones", "/capstones/one-plan", "/fit-check", "/verify"])
def test_the_public_pages_count_what_is_there(small_app, small, sessions, address):
    page = Browser(small_app, sessions).get(address)

    assert page.status_code == 200
    assert not [
        words
        for words in ("Ten ", "ten modules", "1 of the 1", "1 of these 1", "all 1")
        if words in page.text
    ]


def test_a_certificate_takes_every_capstone_where_every_one_is_asked_for(small_app, small, sessions):
    assert "every module, and every capstone rated as passing" in Browser(small_app, sessions).get("/").text


def test_its_capstone_is_worked_on_and_waits_in_its_queue(small_app, small, sessions):
    learner, reviewer = small.person(), small.person("Imani", roles={"reviewer"})
    small.version(learner, capstone="one-plan", state="submitted", files=1)

    assert "One plan" in browser(small_app, sessions, learner).get("/work/one-plan").text
    assert "One plan · v1" in browser(small_app, sessions, reviewer).get("/queue").text
