"""Sign-ins end: after a while, when nobody uses them, when asked, and sooner for staff."""

from datetime import timedelta

import pytest

from app.queries import people
from app.services import sign_ins

SECOND, HOURS, DAYS = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def begin(sessions, mira, now):
    def begun(*, staff=False):
        with sessions.begin() as db:
            return sign_ins.begin(db, mira.id, provider="demo", browser="test", staff=staff, now=now)

    return begun


@pytest.fixture
def signed_in(sessions, course):
    def found(token, at):
        with sessions() as db:
            return people.signed_in(
                db, sign_ins.token_hash(token), course_slug=course.slug, idle=sign_ins.IDLE, now=at
            )

    return found


@pytest.mark.parametrize(
    ("staff", "lasts"), [(False, 7 * DAYS), (True, 12 * HOURS)], ids=["learner", "staff"]
)
def test_it_ends_however_much_it_is_used(sessions, begin, signed_in, now, staff, lasts):
    token = begin(staff=staff)
    with sessions.begin() as db:
        sign_ins.touch(db, signed_in(token, now).sign_in_id, now=now + lasts - SECOND)

    assert signed_in(token, now + lasts - SECOND) is not None
    assert signed_in(token, now + lasts) is None


def test_it_ends_after_twelve_hours_without_use(begin, signed_in, now):
    token = begin()

    assert signed_in(token, now + 12 * HOURS - SECOND) is not None
    assert signed_in(token, now + 12 * HOURS) is None


def test_ending_the_others_leaves_this_one(sessions, make, mira, begin, signed_in, now):
    here, there = begin(), begin()
    with sessions.begin() as db:
        elsewhere = make.person("Lin")
        theirs = sign_ins.begin(db, elsewhere.id, provider="demo", browser="test", staff=False, now=now)
    with sessions.begin() as db:
        ended = sign_ins.end_others(db, make.actor(mira), keep=signed_in(here, now).sign_in_id, now=now)

    assert ended == 1
    assert [signed_in(token, now) is not None for token in (here, there, theirs)] == [True, False, True]
