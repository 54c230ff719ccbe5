"""People of the demo who rate have calibrated as everybody must: through the portal's own services."""

from dataclasses import replace

from sqlalchemy import select

from app import course as courses
from app.cli.demo.calibrating import calibrate
from app.cli.demo.cast import read_cast
from app.models import Calibration
from app.services import calibrations
from tests.conftest import ROOT


def test_a_calibrated_reviewer_owes_nothing_and_rates_no_example_twice(app, make, sessions, now):
    parts = replace(app.extensions["touchstone"], course=courses.load(ROOT / "course"))
    ada = make.actor(make.person("Ada", roles=("reviewer",)))
    new = make.actor(make.person("Bo", roles=("reviewer",)))

    calibrate(parts, ada, since=now)
    calibrate(parts, ada, since=now)

    with sessions() as db:
        rated = db.execute(
            select(Calibration.capstone_slug, Calibration.reviewer_id, Calibration.passed)
        ).all()
        owed = {actor.id: calibrations.owed(db, actor, course=parts.course) for actor in (ada, new)}
    every = {each.slug for each in parts.course.capstones}
    assert sorted(rated) == [(slug, ada.id, True) for slug in sorted(every)]
    assert owed == {ada.id: frozenset(), new.id: every}


def test_whoever_rates_in_the_demo_has_calibrated_and_one_reviewer_has_not():
    cast = read_cast(ROOT / "demo")
    steps = {tuple(step.split(" ")) for work in cast.works for step in work.then}
    rating = {step[1] for step in steps if len(step) == 2}
    calibrated = {each.id for each in cast.people if each.calibrated}

    assert rating <= calibrated
    assert {each.id for each in cast.people if "reviewer" in each.roles} - calibrated == {"yara"}
