"""A released review on its own page: for the author of the work, reviewers and admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain import blind_readings, reviews
from app.domain.actors import Actor, may_read_work
from app.domain.appeals import TOKENS
from app.domain.errors import NotFound
from app.domain.submissions import IN_FLIGHT
from app.models import Person, Review, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to
from app.queries.appeals import (
    Question,
    SaidAppeal,
    held_tokens,
    last_appeals,
    last_questions,
    said_appeals,
    said_questions,
)
from app.queries.blind_readings import is_kept_from_reader
from app.queries.conflicts import READER
from app.queries.labels import learner_label
from app.queries.reviews import ReleasedReview, released_reviews


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the words of a rating that came from appeals are from: the first rating, and what was rated again when."""

    first: ReleasedReview
    again: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One released review on its own page. `learner` is a name once reviewers may know it."""

    review: ReleasedReview
    origin: Origin | None
    version_id: UUID
    capstone_slug: str
    learner: str
    is_author: bool
    reviewer_name: str
    is_reviewer: bool
    private_note: str
    is_latest: bool
    appeals: Mapping[str, SaidAppeal]
    questions: tuple[Question, ...]
    tokens_left: int


def feedback(db: Reader, actor: Actor, review_id: UUID, *, named: bool, now: datetime) -> Feedback:
    """A released review for the author of the work, reviewers and admins; NotFound for everybody else.

    Appeals and questions come in its first SELECT.
    """
    row = db.execute(_FEEDBACK, {"review_id": review_id, "reader_id": actor.id, "now": now}).one_or_none()
    if row is None or not may_read_work(actor, owner_id=row.person_id, was_sent=True):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    blind_readings.require_shown(actor, owner_id=row.person_id, is_kept=row.is_kept)
    of_version = {each.id: each for each in released_reviews(db, [row.version_id])}
    review = of_version[review_id]
    is_reviewer = row.reviewer_id == actor.id
    is_hidden = review.is_undone or row.is_rated_again
    return Feedback(
        review=review,
        origin=_origin(review, of_version),
        version_id=row.version_id,
        capstone_slug=row.capstone_slug,
        learner=row.author if named or not is_hidden else learner_label(row.submission_id),
        is_author=row.person_id == actor.id,
        reviewer_name=row.reviewer,
        is_reviewer=is_reviewer,
        private_note=row.private_note if is_reviewer or actor.is_admin else "",
        is_latest=row.later == 0,
        appeals=said_appeals(row.appeals),
        questions=said_questions(row.questions),
        tokens_left=len(TOKENS) - row.held,
    )


def _origin(review: ReleasedReview, of_version: Mapping[UUID, ReleasedReview]) -> Origin | None:
    """Back over the appeals to the rating that nobody had appealed against before; None when this is one."""
    first, again = review, dict[str, datetime]()
    while first.appealed is not None:
        again.setdefault(first.appealed.criterion_key, first.released_at)
        first = of_version[first.appealed.review_id]
    return Origin(first, again) if again else None


def _sent_later() -> ScalarSelect[int]:
    """How many versions of the same work were sent after the rated one."""
    later = aliased(SubmissionVersion)
    return (
        select(func.count())
        .where(
            later.submission_id == SubmissionVersion.submission_id,
            later.number > SubmissionVersion.number,
            later.submitted_at.is_not(None),
        )
        .correlate(SubmissionVersion)
        .scalar_subquery()
    )


def _is_rated_again() -> ColumnElement[bool]:
    """Whether a version of the same work is in the queue, so that its author must not be known."""
    again = aliased(SubmissionVersion)
    return (
        exists().where(again.submission_id == Submission.id, again.state.in_(IN_FLIGHT)).correlate(Submission)
    )


def _feedback() -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    return (
        select(
            Review.version_id,
            Review.reviewer_id,
            Review.private_note,
            Person.name.label("reviewer"),
            author.name.label("author"),
            _is_rated_again().label("is_rated_again"),
            Submission.id.label("submission_id"),
            Submission.person_id,
            Submission.capstone_slug,
            _sent_later().label("later"),
            last_appeals().label("appeals"),
            last_questions().label("questions"),
            held_tokens().label("held"),
            is_closed_to(READER).label("is_closed"),
            is_kept_from_reader().label("is_kept"),
        )
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(Person, Person.id == Review.reviewer_id)
        .join(author, author.id == Submission.person_id)
        .where(Review.id == bindparam("review_id"), Review.released_at.is_not(None))
    )


_FEEDBACK = _feedback()
