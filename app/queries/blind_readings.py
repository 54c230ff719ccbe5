"""Blind second readings: how many are offered, what they keep from whom, and each beside the first rating.

`services.blind_offers` says the same about who may take one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.actors import Actor
from app.domain.reviews import State
from app.models import Appeal, Review, SkippedReview, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to, is_read_blind_by
from app.queries.conflicts import READER
from app.queries.waiting import COURSE, NOW


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A blind second reading in the reader's hands."""

    review_id: str
    capstone_slug: str
    number: int
    lease_until: datetime

    @classmethod
    def of(cls, found: list[Any] | None) -> Self | None:
        """What `held_by_reader` found."""
        if found is None:
            return None
        review_id, capstone_slug, number, until = found
        return cls(review_id, capstone_slug, number, datetime.fromisoformat(until).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class BlindStanding:
    """How many blind readings a reviewer could take, and the one they hold."""

    offered: int
    held: HeldReading | None

    @classmethod
    def of(cls, actor: Actor, offered: int, held: list[Any] | None) -> Self:
        """What `offered_to_reader` and `held_by_reader` found; admins, who see every rating, are offered none."""
        return cls(0 if actor.is_admin else offered, HeldReading.of(held))


def blind_standing(db: Reader, actor: Actor, course_slug: str, *, now: datetime) -> BlindStanding:
    """For the page of second readings; the queue has the same in its own SELECT."""
    values = {"reader_id": actor.id, "course_slug": course_slug, "now": now}
    offered, held = db.execute(select(offered_to_reader(), held_by_reader()), values).one()
    return BlindStanding.of(actor, offered, held)


def is_kept_from_reader() -> ColumnElement[bool]:
    """Of a row of Submission: whether its ratings are kept from this reviewer.

    They are while a blind reading of a version is offered to them or in their hands; what they rated is not kept.
    """
    first, version = aliased(Review), aliased(SubmissionVersion)
    offered = exists().where(
        version.submission_id == Submission.id,
        first.version_id == version.id,
        *_stands(first),
        ~_is_read(version),
        ~_knows_its_rating(version),
    )
    return or_(offered, is_read_blind_by(READER))


def offered_to_reader() -> ScalarSelect[int]:
    """How many blind second readings this reviewer could take now."""
    return (
        select(func.count())
        .select_from(Review)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(
            SubmissionVersion.course_slug == COURSE,
            Submission.person_id != READER,
            ~is_closed_to(READER),
            *_stands(Review),
            ~_is_read(SubmissionVersion),
            ~_is_held(),
            ~_knows_its_rating(SubmissionVersion),
            ~exists().where(
                SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == READER
            ),
        )
        .correlate(None)
        .scalar_subquery()
    )


def held_by_reader() -> ScalarSelect[Any]:
    """The blind reading in this reviewer's hands as one JSON list of id, capstone, number, lease; NULL without one."""
    one = func.jsonb_build_array(
        Review.id, SubmissionVersion.capstone_slug, SubmissionVersion.number, Review.lease_until
    )
    return (
        select(one)
        .select_from(Review)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .where(Review.reviewer_id == READER, Review.state == State.READING)
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


def _stands(first: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        first.blind_until > NOW,
        first.state == State.RELEASED,
        ~exists().where(Appeal.review_id == first.id),
    )


def _is_read(version: Any) -> ColumnElement[bool]:
    blind = aliased(Review)
    return exists().where(blind.version_id == version.id, blind.state == State.READ)


def _is_held() -> ColumnElement[bool]:
    blind = aliased(Review)
    return exists().where(
        blind.version_id == SubmissionVersion.id, blind.state == State.READING, blind.lease_until > NOW
    )


def _knows_its_rating(version: Any) -> ColumnElement[bool]:
    own, rated = aliased(Review), aliased(SubmissionVersion)
    return exists().where(
        own.reviewer_id == READER,
        ~own.is_blind,
        rated.id == own.version_id,
        rated.submission_id == version.submission_id,
        rated.number >= version.number,
    )
