"""What a reviewer does on the desk besides the review: ticks off files, keeps comments for another time."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, NotFound, require
from app.models import EvidenceFile, Review, SavedComment, SeenFile, SubmissionVersion
from app.services import audit, course_comments, rubrics
from app.words import _

MOST_SAVED = 50
"""Saved comments one person keeps for one criterion; more are not found again."""


def mark_seen(
    db: Session, actor: Actor, review_id: UUID, *, file_ids: Collection[UUID], now: datetime
) -> None:
    """Remember exactly these files of the version as seen by this reviewer, by their bytes."""
    review = _own(db, actor, review_id)
    files = db.execute(
        select(EvidenceFile.id, EvidenceFile.sha256).where(EvidenceFile.version_id == review.version_id)
    ).all()
    submission_id = db.scalar(
        select(SubmissionVersion.submission_id).where(SubmissionVersion.id == review.version_id)
    )
    seen = {sha256 for file_id, sha256 in files if file_id in file_ids}
    mine = (SeenFile.reviewer_id == actor.id, SeenFile.submission_id == submission_id)
    unseen = {sha256 for _, sha256 in files} - seen
    db.execute(delete(SeenFile).where(*mine, SeenFile.file_sha256.in_(unseen)))
    rows = [
        {
            "reviewer_id": actor.id,
            "submission_id": submission_id,
            "file_sha256": sha256,
            "seen_at": now,
        }
        for sha256 in sorted(seen)
    ]
    if rows:
        db.execute(insert(SeenFile).values(rows).on_conflict_do_nothing())


def keep_comment(
    db: Session,
    actor: Actor,
    review_id: UUID,
    criterion_key: str,
    *,
    body: str,
    for_everybody: bool,
    now: datetime,
) -> None:
    """Keep a comment on a criterion for another time; the same words again are kept once."""
    review = _own(db, actor, review_id)
    require(
        actor.is_admin or not for_everybody,
        _("Only an admin keeps a comment for every reviewer of the course."),
    )
    body = course_comments.fitting(body)
    place = _place(db, review, criterion_key)
    owner_id = None if for_everybody else actor.id
    if _is_kept(db, place, owner_id, body):
        return
    db.add(
        SavedComment(id=new_id(), owner_id=owner_id, body=body, uses=0, created_at=now, **place),
    )
    if for_everybody:
        where = f"{place['capstone_slug']}/{criterion_key}"
        audit.record(db, actor.id, "saved_comment.share", "criterion", where, now=now)


def use_comment(db: Session, actor: Actor, comment_id: UUID) -> str:
    """Count one use; returns the words."""
    body: str | None = db.scalar(
        update(SavedComment)
        .where(
            SavedComment.id == comment_id,
            (SavedComment.owner_id == actor.id) | SavedComment.owner_id.is_(None),
        )
        .values(uses=SavedComment.uses + 1)
        .returning(SavedComment.body)
    )
    if body is None:
        raise NotFound
    return body


def forget_comment(db: Session, actor: Actor, comment_id: UUID, *, now: datetime) -> None:
    """Take a comment out of the bank: one's own, or for admins one they kept for all. Gone already is gone."""
    mine = SavedComment.owner_id == actor.id
    if actor.is_admin:
        mine = mine | (SavedComment.owner_id.is_(None) & ~SavedComment.from_course)
    forgotten = db.execute(
        delete(SavedComment)
        .where(SavedComment.id == comment_id, mine)
        .returning(SavedComment.owner_id, SavedComment.capstone_slug, SavedComment.criterion_key)
    ).one_or_none()
    if forgotten is not None and forgotten.owner_id is None:
        where = f"{forgotten.capstone_slug}/{forgotten.criterion_key}"
        audit.record(db, actor.id, "saved_comment.unshare", "criterion", where, now=now)


def _own(db: Session, actor: Actor, review_id: UUID) -> Review:
    """This reviewer's own review; a note of what was seen needs no lease."""
    review = db.get(Review, review_id)
    if review is None or review.reviewer_id != actor.id or not actor.is_reviewer:
        raise NotFound
    return review


def _place(db: Session, review: Review, criterion_key: str) -> dict[str, str]:
    """Which criterion of which capstone of which course; NotFound when its rubric has none such."""
    criteria = rubrics.published(db, review.rubric_version_id).criteria
    if criterion_key not in {each.key for each in criteria}:
        raise NotFound
    course_slug, capstone_slug = db.execute(
        select(SubmissionVersion.course_slug, SubmissionVersion.capstone_slug).where(
            SubmissionVersion.id == review.version_id
        )
    ).one()
    return {"course_slug": course_slug, "capstone_slug": capstone_slug, "criterion_key": criterion_key}


def _is_kept(db: Session, place: dict[str, str], owner_id: UUID | None, body: str) -> bool:
    there = [SavedComment.owner_id.is_not_distinct_from(owner_id)]
    there += [getattr(SavedComment, name) == value for name, value in place.items()]
    if db.scalar(select(SavedComment.id).where(*there, SavedComment.body == body)):
        return True
    if (db.scalar(select(func.count()).where(*there)) or 0) >= MOST_SAVED:
        raise Conflict(
            _("%(most)s comments are kept here already. Remove one that is not used.", most=MOST_SAVED)
        )
    return False
