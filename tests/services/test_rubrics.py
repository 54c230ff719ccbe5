from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Unavailable
from app.models import AuditEntry, RubricCriterion, RubricLevel, RubricVersion
from app.services import rubrics


def test_publishing_writes_every_criterion_and_level_once(db, course, now):
    first = rubrics.publish(db, course, actor_id=None, now=now)
    second = rubrics.publish(db, course, actor_id=None, now=now)

    criteria = sum(len(capstone.rubric.criteria) for capstone in course.capstones)
    levels = sum(len(c.levels) for capstone in course.capstones for c in capstone.rubric.criteria)
    assert first == [(capstone.slug, 1) for capstone in course.capstones]
    assert second == []
    assert db.scalar(select(func.count()).select_from(RubricCriterion)) == criteria
    assert db.scalar(select(func.count()).select_from(RubricLevel)) == levels
    assert db.scalar(select(func.count()).where(AuditEntry.action == "rubric.publish")) == len(
        course.capstones
    )


def test_a_changed_rubric_is_the_next_number_and_the_old_one_stays(db, course, now):
    rubrics.publish(db, course, actor_id=None, now=now)
    old = rubrics.current(db, course.slug, course.capstones[0].slug)
    capstone = course.capstones[0]
    changed = replace(capstone, rubric=replace(capstone.rubric, content_hash="c" * 64))

    published = rubrics.publish(
        db, replace(course, capstones=(changed, *course.capstones[1:])), actor_id=None, now=now
    )

    numbers = db.execute(
        select(RubricVersion.number, RubricVersion.retired_at)
        .where(RubricVersion.capstone_slug == capstone.slug)
        .order_by(RubricVersion.number)
    ).all()
    assert published == [(capstone.slug, 2)]
    assert numbers == [(1, now), (2, None)]
    assert rubrics.current(db, course.slug, capstone.slug) != old


def test_what_was_published_cannot_be_changed(db, course, now):
    rubrics.publish(db, course, actor_id=None, now=now)
    db.commit()

    with pytest.raises(DBAPIError, match="permission denied"):
        db.execute(RubricCriterion.__table__.update().values(title="Another"))


def test_a_capstone_without_a_rubric_is_said_to_have_none(db, course):
    with pytest.raises(Unavailable):
        rubrics.current(db, course.slug, course.capstones[0].slug)
