"""What "next" offers: the oldest free work, locked, with every rule of the queue in one SELECT."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from app.domain import submissions as version_rules
from app.domain.actors import Actor
from app.domain.reviews import State
from app.domain.submissions import PATIENCE, CheckState
from app.models import CheckRun, EvidenceFile, Review, SkippedReview, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to, is_read_blind_by

SAME_AGE = timedelta(days=1)
"""The next round of one's own learner goes before the oldest work by no more than this."""
IN_QUEUE: ColumnElement[bool] = literal_column("(submission_version.state IN ('submitted', 'in_review'))")
"""Spelled out, because only so does PostgreSQL see that the partial index serves."""


def oldest_free(
    db: Session,
    actor: Actor,
    course_slug: str,
    passed_by: set[UUID],
    *,
    without: Collection[str],
    now: datetime,
) -> SubmissionVersion | None:
    """Lock and return what "next" offers, of no capstone in `without`; a row locked by somebody else is taken."""
    free = [
        IN_QUEUE,
        SubmissionVersion.course_slug == course_slug,
        SubmissionVersion.id.not_in(passed_by),
        SubmissionVersion.capstone_slug.not_in(without),
        Submission.person_id != actor.id,
        ~is_closed_to(actor.id),
        ~is_read_blind_by(actor.id),
        ~exists().where(
            SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == actor.id
        ),
        or_(SubmissionVersion.state == version_rules.State.SUBMITTED, _has_lapsed(now)),
        _has_joined(now),
    ]
    oldest = _first(db, free)
    if oldest is None or oldest.queued_at is None:
        return None
    mine = _first(
        db, [*free, SubmissionVersion.queued_at <= oldest.queued_at + SAME_AGE, _rated_before(actor)]
    )
    return mine or oldest


def _first(db: Session, conditions: list[ColumnElement[bool]]) -> SubmissionVersion | None:
    return db.scalar(
        select(SubmissionVersion)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(*conditions)
        .order_by(SubmissionVersion.queued_at, SubmissionVersion.id)
        .limit(1)
        .with_for_update(of=SubmissionVersion, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _has_joined(now: datetime) -> ColumnElement[bool]:
    """Whether a sent version is shown to reviewers: its checks have ended, or were waited for long enough."""
    unfinished = exists().where(
        EvidenceFile.version_id == SubmissionVersion.id,
        CheckRun.file_id == EvidenceFile.id,
        CheckRun.state.in_((CheckState.QUEUED, CheckState.RUNNING)),
    )
    return or_(SubmissionVersion.queued_at <= now - PATIENCE, ~unfinished)


def _has_lapsed(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Review.version_id == SubmissionVersion.id, Review.state == State.CLAIMED, Review.lease_until <= now
    )


def _rated_before(actor: Actor) -> ColumnElement[bool]:
    """Whether an earlier version of the same submission carries a released review by this reviewer."""
    earlier = SubmissionVersion.__table__.alias("earlier")
    return exists().where(
        earlier.c.submission_id == SubmissionVersion.submission_id,
        Review.version_id == earlier.c.id,
        Review.reviewer_id == actor.id,
        Review.state == State.RELEASED,
    )
