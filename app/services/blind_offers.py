"""Offers of a blind second reading: made when a rating is released, and taken by whoever may and asks first."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from app.domain import blind_readings as rules
from app.domain.actors import Actor
from app.domain.reviews import State
from app.models import Appeal, Review, SecondReading, SkippedReview, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to


def offer_if_chosen(db: Session, review: Review, *, every: int, now: datetime) -> None:
    """Offer colleagues a blind second reading of a rating released in this transaction, if its version is chosen.

    What a second reader or an admin has looked at already is not read a third time.
    """
    if not rules.is_chosen(review.version_id, every=every):
        return
    read_twice = (
        select(SecondReading.review_id)
        .join(Review, Review.id == SecondReading.review_id)
        .where(Review.version_id == review.version_id)
    )
    if db.scalar(read_twice.limit(1)) is None:
        review.blind_until = now + rules.OFFERED
        db.flush()


def oldest_offered(
    db: Session,
    actor: Actor,
    course_slug: str,
    passed_by: Collection[UUID],
    *,
    without: Collection[str],
    now: datetime,
) -> SubmissionVersion | None:
    """The version whose rating has waited longest for a second one by somebody like this, locked; of no capstone in
    `without`."""
    return db.scalar(
        select(SubmissionVersion)
        .join(Review, Review.version_id == SubmissionVersion.id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(
            SubmissionVersion.course_slug == course_slug,
            SubmissionVersion.id.not_in(passed_by),
            SubmissionVersion.capstone_slug.not_in(without),
            Submission.person_id != actor.id,
            ~is_closed_to(actor.id),
            *_is_offered(now),
            ~_is_read(now),
            ~_knows_its_rating(actor),
            ~exists().where(
                SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == actor.id
            ),
        )
        .order_by(Review.released_at, SubmissionVersion.id)
        .limit(1)
        .with_for_update(of=SubmissionVersion, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _is_offered(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of a row of Review: it stands, nobody has appealed against it, and its fourteen days are not over."""
    return (
        Review.blind_until > now,
        Review.state == State.RELEASED,
        ~exists().where(Appeal.review_id == Review.id),
    )


def _is_read(now: datetime) -> ColumnElement[bool]:
    """Whether somebody has handed in their reading of this version, or holds it."""
    blind = aliased(Review)
    return exists().where(
        blind.version_id == SubmissionVersion.id,
        (blind.state == State.READ) | ((blind.state == State.READING) & (blind.lease_until > now)),
    )


def _knows_its_rating(actor: Actor) -> ColumnElement[bool]:
    """Whether this reviewer has rated the version or a later one, on whose desk its rating is shown."""
    own, version = aliased(Review), aliased(SubmissionVersion)
    return exists().where(
        own.reviewer_id == actor.id,
        ~own.is_blind,
        version.id == own.version_id,
        version.submission_id == SubmissionVersion.submission_id,
        version.number >= SubmissionVersion.number,
    )
