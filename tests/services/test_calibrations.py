"""Calibrations: kept as they were rated, and owed only by those who begin."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.calibration import known_levels
from app.domain.errors import Forbidden, Invalid, NotFound
from app.models import AuditEntry, Calibration, Review
from app.queries import calibrations as rows
from app.services import calibrations, reviews

SLUG = "launch-plan"


@pytest.fixture
def required(course):
    """The shipped course, requiring the examples of one capstone."""
    capstones = [each if each.slug == SLUG else replace(each, packs=()) for each in course.capstones]
    rule = replace(course.calibration, required=True)
    return replace(course, calibration=rule, capstones=tuple(capstones))


@pytest.fixture
def pack(course):
    return course.capstone(SLUG).packs[0]


@pytest.fixture
def known(pack):
    return known_levels(pack)


@pytest.fixture
def hand_in(sessions, pack, course, now):
    def handed(actor, levels, notes=None):
        with sessions.begin() as db:
            return calibrations.hand_in(
                db, actor, SLUG, pack.key, levels=levels, notes=notes or {}, course=course, now=now
            )

    return handed


def owed(sessions, actor, course):
    with sessions() as db:
        return calibrations.owed(db, actor, course=course)


def test_an_attempt_is_kept_with_its_notes_and_leaves_no_words_in_the_trail(sessions, ada, hand_in, known):
    attempt_id = hand_in(ada, known, {"start": "No restore.", "unknown": "Away with it."})

    with sessions() as db:
        kept = db.get(Calibration, attempt_id)
        trail = db.execute(select(AuditEntry.action, AuditEntry.detail)).all()
    assert (kept.levels, kept.notes, kept.passed) == (known, {"start": "No restore."}, True)
    assert trail == [("calibration.hand_in", {"passed": "yes"})]


def test_it_is_repeated_until_it_passes_and_later_attempts_take_nothing_away(
    sessions, ada, hand_in, known, pack, required, course
):
    wrong = dict.fromkeys(known, "repeatable")
    hand_in(ada, wrong)
    assert owed(sessions, ada, required) == {SLUG}
    hand_in(ada, known)
    last = hand_in(ada, wrong)

    with sessions() as db:
        stands = rows.standing(db, ada, course.slug)[SLUG, pack.key]
    assert (stands.attempts, stands.passed_at is not None) == (3, True)
    assert owed(sessions, ada, required) == set()
    with sessions() as db:
        assert rows.attempt(db, ada, last).levels == wrong


def test_only_reviewers_calibrate_on_what_there_is_completely(
    sessions, make, mira, ada, hand_in, known, course, now
):
    with pytest.raises(Forbidden):
        hand_in(make.actor(mira), known)
    with pytest.raises(Invalid):
        hand_in(ada, {})
    with pytest.raises(Invalid):
        hand_in(ada, known, {"start": "x" * 2001})
    with pytest.raises(NotFound), sessions.begin() as db:
        calibrations.hand_in(db, ada, SLUG, "none-such", levels=known, notes={}, course=course, now=now)
    with sessions() as db:
        assert db.scalars(select(Calibration)).all() == []


def test_an_attempt_is_for_who_made_it_and_for_admins(sessions, ada, bo, root, hand_in, known):
    attempt_id = hand_in(ada, known)

    with sessions() as db:
        assert rows.attempt(db, root, attempt_id).reviewer == ada.name
        with pytest.raises(NotFound):
            rows.attempt(db, bo, attempt_id)


def test_nothing_is_owed_where_the_course_does_not_require_it(sessions, ada, course):
    assert owed(sessions, ada, course) == set()


def test_who_has_held_work_of_the_capstone_goes_on_as_before(sessions, make, mira, ada, bo, required):
    version = make.version(mira, capstone=SLUG, state="in_review", files=1)
    make.review(version, ada, state="returned")

    assert (owed(sessions, ada, required), owed(sessions, bo, required)) == (set(), {SLUG})


def test_next_passes_over_what_is_owed(sessions, make, mira, ada, course, now):
    make.version(mira, capstone=SLUG, state="submitted", files=1)
    other = make.version(mira, state="submitted", files=1)

    with sessions.begin() as db:
        taken = reviews.claim_next(
            db, ada, course_slug=course.slug, lease_seconds=60, now=now, without=frozenset({SLUG})
        )

    with sessions() as db:
        assert db.get(Review, taken).version_id == other.id
