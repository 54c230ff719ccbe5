"""Work that is closed to a reviewer: by a conflict of interest they declared, or while they read it blind.

The rule itself is `models.closed_work`.
"""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain import reviews as rules
from app.domain.actors import Actor
from app.domain.errors import Conflict
from app.models import ConflictOfInterest, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to, is_read_blind_by
from app.words import _


def is_closed(db: Session, actor: Actor, version_id: UUID) -> bool:
    """Whether this reviewer declared a conflict about that version or its author."""
    closed = db.scalar(
        select(Submission.id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(SubmissionVersion.id == version_id, is_closed_to(actor.id))
    )
    return closed is not None


def require_open(db: Session, actor: Actor, version_id: UUID) -> None:
    """Refuse to let somebody judge what they declared a conflict about."""
    rules.require_open(is_closed=is_closed(db, actor, version_id))


def who_declared(db: Session, *, submission_id: UUID, learner_id: UUID) -> list[UUID]:
    """The reviewers to whom a piece of work, or all of its author's, is closed."""
    about = or_(
        ConflictOfInterest.submission_id == submission_id, ConflictOfInterest.learner_id == learner_id
    )
    declared = select(ConflictOfInterest.reviewer_id).where(about, ConflictOfInterest.withdrawn_at.is_(None))
    return list(db.scalars(declared))


def require_not_read_blind(db: Session, actor: Actor, version_id: UUID) -> None:
    """Refuse a claim that would show a reviewer the very rating they are reading blind."""
    held = select(Submission.id).join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
    if db.scalar(held.where(SubmissionVersion.id == version_id, is_read_blind_by(actor.id))):
        raise Conflict(
            _(
                "You are reading an earlier version of this work blind, and its rating is shown with this "
                "one. Hand your reading in first, or put it back."
            )
        )
