"""Ticking moves. Ticking the last thing that was missing issues the certificate, in the same transaction."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.course import Course
from app.domain.actors import Actor
from app.domain.errors import NotFound, require
from app.models import MoveDone
from app.services import audit, certificates
from app.words import _


def tick(
    db: Session,
    actor: Actor,
    module_slug: str,
    move_key: str,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Mark a move as done; a second time changes nothing."""
    _require_move(actor, course, module_slug, move_key)
    added = db.execute(
        insert(MoveDone)
        .values(
            person_id=actor.id,
            course_slug=course.slug,
            module_slug=module_slug,
            move_key=move_key,
            done_at=now,
        )
        .on_conflict_do_nothing()
        .returning(MoveDone.move_key)
    ).scalar()
    if added is None:
        return
    _record(db, actor, "move.tick", module_slug, move_key, now=now)
    certificates.issue_if_earned(db, actor.id, course=course, base_url=base_url, now=now)


def untick(
    db: Session, actor: Actor, module_slug: str, move_key: str, *, course: Course, now: datetime
) -> None:
    """Take a mark back; a second time changes nothing. An issued certificate stays: it says what was true then."""
    _require_move(actor, course, module_slug, move_key)
    removed = db.execute(
        delete(MoveDone)
        .where(
            MoveDone.person_id == actor.id,
            MoveDone.course_slug == course.slug,
            MoveDone.module_slug == module_slug,
            MoveDone.move_key == move_key,
        )
        .returning(MoveDone.move_key)
    ).scalar()
    if removed is not None:
        _record(db, actor, "move.untick", module_slug, move_key, now=now)


def _require_move(actor: Actor, course: Course, module_slug: str, move_key: str) -> None:
    require(actor.is_learner, _("Your place in the course has ended, so its moves cannot be ticked."))
    if (module_slug, move_key) not in {
        (module.slug, move.key) for module in course.modules for move in module.moves
    }:
        raise NotFound


def _record(
    db: Session, actor: Actor, action: str, module_slug: str, move_key: str, *, now: datetime
) -> None:
    audit.record(db, actor.id, action, "move", f"{module_slug}/{move_key}", subject_id=actor.id, now=now)
