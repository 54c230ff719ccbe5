import pytest
from sqlalchemy import func, select

from app.domain.errors import Forbidden, NotFound
from app.models import AuditEntry, Certificate, MoveDone
from app.services import learning

BASE_URL = "http://localhost"


def tick(sessions, actor, module, move, course, now):
    with sessions.begin() as db:
        learning.tick(db, actor, module, move, course=course, base_url=BASE_URL, now=now)


def untick(sessions, actor, module, move, course, now):
    with sessions.begin() as db:
        learning.untick(db, actor, module, move, course=course, now=now)


def ticked(sessions):
    with sessions() as db:
        return set(db.execute(select(MoveDone.module_slug, MoveDone.move_key)))


def audited(sessions, action):
    with sessions() as db:
        return db.scalar(select(func.count()).where(AuditEntry.action == action))


def test_ticking_twice_ticks_once(sessions, make, course, now):
    actor = make.actor(make.person())
    module = course.modules[0]

    for _ in range(2):
        tick(sessions, actor, module.slug, module.moves[0].key, course, now)

    assert ticked(sessions) == {(module.slug, module.moves[0].key)}
    assert audited(sessions, "move.tick") == 1


def test_unticking_takes_back_that_move_alone(sessions, make, course, now):
    actor = make.actor(make.person())
    module = course.modules[0]
    for move in module.moves[:2]:
        tick(sessions, actor, module.slug, move.key, course, now)

    for _ in range(2):
        untick(sessions, actor, module.slug, module.moves[0].key, course, now)

    assert ticked(sessions) == {(module.slug, module.moves[1].key)}
    assert audited(sessions, "move.untick") == 1


def test_a_move_the_course_does_not_know_is_not_found(sessions, make, course, now):
    actor = make.actor(make.person())

    with pytest.raises(NotFound):
        tick(sessions, actor, course.modules[0].slug, "no-such-move", course, now)

    assert ticked(sessions) == set()


def test_only_learners_tick(sessions, make, course, now):
    actor = make.actor(make.person(roles=["reviewer"]))

    with pytest.raises(Forbidden):
        tick(sessions, actor, course.modules[0].slug, course.modules[0].moves[0].key, course, now)

    assert ticked(sessions) == set()


def test_the_last_tick_issues_the_certificate_once(sessions, make, course, now):
    person = make.person()
    actor, reviewer = make.actor(person), make.person("Ada", roles=["reviewer"])
    for capstone in course.capstones[: course.required_capstones]:
        make.review(make.version(person, capstone=capstone.slug, state="passed"), reviewer, state="released")
    moves = [(module.slug, move.key) for module in course.modules for move in module.moves if move.required]

    for module, move in moves[:-1]:
        tick(sessions, actor, module, move, course, now)
    with sessions() as db:
        before = db.scalar(select(func.count()).select_from(Certificate))
    tick(sessions, actor, *moves[-1], course, now)
    untick(sessions, actor, *moves[-1], course, now)
    tick(sessions, actor, *moves[-1], course, now)

    with sessions() as db:
        assert (before, db.scalar(select(func.count()).select_from(Certificate))) == (0, 1)
