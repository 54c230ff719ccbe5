"""The course's comments on criteria, which every reviewer finds on the desk: from its files, and kept by admins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.course import Course
from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid, NotFound, require
from app.domain.wording import worded
from app.models import SavedComment
from app.services import audit
from app.words import _, grouped

COMMENT_LIMIT = 2000
MOST_SHARED = 50
"""Comments of the course on one criterion; more are not found again on the desk."""


def publish(db: Session, course: Course, *, actor_id: UUID | None, now: datetime) -> tuple[int, int]:
    """Bring the comments of the course's files into the bank; how many came and how many went.

    One that stays keeps the count of its uses; those that admins kept are left alone.
    """
    wanted = {
        (capstone.slug, each.criterion, each.body)
        for capstone in course.capstones
        for each in capstone.comments
    }
    shared = db.scalars(
        select(SavedComment).where(SavedComment.course_slug == course.slug, SavedComment.owner_id.is_(None))
    )
    there = {(each.capstone_slug, each.criterion_key, each.body): each for each in shared}
    gone = [each.id for place, each in there.items() if each.from_course and place not in wanted]
    db.execute(delete(SavedComment).where(SavedComment.id.in_(gone)))
    new = sorted(wanted - set(there))
    for slug, key, body in new:
        db.add(_comment(course, slug, key, body, from_course=True, now=now))
    for place in wanted & set(there):
        there[place].from_course = True  # an admin kept these very words before
    db.flush()
    if new or gone:
        audit.record(
            db,
            actor_id,
            "saved_comment.publish",
            "course",
            course.slug,
            now=now,
            added=len(new),
            removed=len(gone),
        )
    return len(new), len(gone)


def keep(
    db: Session,
    actor: Actor,
    capstone_slug: str,
    criterion_key: str,
    *,
    body: str,
    course: Course,
    now: datetime,
) -> None:
    """Keep a comment for every reviewer, as an admin; the same words again are kept once."""
    require(actor.is_admin, _("Only an admin keeps a comment for every reviewer of the course."))
    keys = {(capstone.slug, each.key) for capstone in course.capstones for each in capstone.rubric.criteria}
    if (capstone_slug, criterion_key) not in keys:
        raise Invalid({"place": _("Choose one of the criteria.")})
    body = fitting(body)
    there = list(
        db.scalars(
            select(SavedComment.body).where(
                SavedComment.course_slug == course.slug,
                SavedComment.capstone_slug == capstone_slug,
                SavedComment.criterion_key == criterion_key,
                SavedComment.owner_id.is_(None),
            )
        )
    )
    if body in there:
        return
    if len(there) >= MOST_SHARED:
        raise Conflict(
            _("%(most)s comments are kept here already. Remove one that is not used.", most=MOST_SHARED)
        )
    db.add(_comment(course, capstone_slug, criterion_key, body, from_course=False, now=now))
    db.flush()
    where = f"{capstone_slug}/{criterion_key}"
    audit.record(db, actor.id, "saved_comment.share", "criterion", where, now=now)


def fitting(body: str) -> str:
    """A comment as the bank keeps it, of one reviewer or of all."""
    sentence = _("Write between 1 and %(most)s characters to keep.", most=grouped(COMMENT_LIMIT))
    return worded("body", body, longest=COMMENT_LIMIT, sentence=sentence)


def forget(db: Session, actor: Actor, comment_id: UUID, *, now: datetime) -> None:
    """Take a comment that admins kept out of the bank. One of a file goes with its file; gone already is gone."""
    require(actor.is_admin, _("Only an admin removes a comment of the course."))
    found = db.get(SavedComment, comment_id, with_for_update=True)
    if found is None:
        return
    if found.owner_id is not None:
        raise NotFound
    if found.from_course:
        raise Conflict(
            _("This comment stands in the course's files. Take it out there, and publish the course.")
        )
    where = f"{found.capstone_slug}/{found.criterion_key}"
    db.delete(found)
    db.flush()
    audit.record(db, actor.id, "saved_comment.unshare", "criterion", where, now=now)


def _comment(
    course: Course, slug: str, key: str, body: str, *, from_course: bool, now: datetime
) -> SavedComment:
    return SavedComment(
        id=new_id(),
        course_slug=course.slug,
        capstone_slug=slug,
        criterion_key=key,
        owner_id=None,
        from_course=from_course,
        body=body,
        uses=0,
        created_at=now,
    )
