"""Appeals and questions: beside the rating they are about, and as a list for those who decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from app.db import Reader
from app.domain import reviews
from app.domain.actors import Actor, may_review
from app.domain.appeals import HOLDS_TOKEN, TOKENS, State
from app.domain.errors import NotFound
from app.models import (
    Appeal,
    Explanation,
    Review,
    RubricCriterion,
    RubricLevel,
    Score,
    Submission,
    SubmissionVersion,
)
from app.queries.conflicts import is_closed_to_reader
from app.queries.labels import author_name, called

MOST = 200


@dataclass(frozen=True, slots=True)
class SaidAppeal:
    """An appeal as it stands beside its criterion. `new_review_id` is the rating that an upheld one led to."""

    id: UUID
    criterion_key: str
    state: State
    reason: str
    opened_at: datetime
    answer: str
    ended_at: datetime | None
    new_review_id: UUID | None


@dataclass(frozen=True, slots=True)
class Question:
    id: UUID
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingAppeal:
    """An open appeal. `may_decide` is false for the reviewer who gave the rating."""

    id: UUID
    review_id: UUID
    version_id: UUID
    capstone_slug: str
    number: int
    criterion: str
    learner: str
    opened_at: datetime
    may_decide: bool


@dataclass(frozen=True, slots=True)
class DeskLevel:
    key: str
    label: str
    points: int
    description: str


@dataclass(frozen=True, slots=True)
class AppealDesk:
    """What another reviewer needs to answer one appeal, with the first rating filled in."""

    about: WaitingAppeal
    state: State
    reason: str
    level_key: str
    comment: str
    description: str
    reviewer_note: str
    levels: tuple[DeskLevel, ...]


def tokens_left(db: Reader, learner_id: UUID, course_slug: str) -> int:
    """How many appeals the learner may still make in this course."""
    held = select(Appeal.token).where(
        Appeal.learner_id == learner_id,
        Appeal.course_slug == course_slug,
        Appeal.state.in_(HOLDS_TOKEN),
    )
    return len(TOKENS) - len(db.scalars(held).all())


def appeals_against(db: Reader, review_id: UUID) -> dict[str, SaidAppeal]:
    """The last appeal against each criterion of a rating, by the criterion's key."""
    rows = db.execute(
        select(
            Appeal.id,
            Appeal.criterion_key,
            Appeal.state,
            Appeal.reason,
            Appeal.opened_at,
            Appeal.answer,
            Appeal.ended_at,
            Appeal.new_review_id,
        )
        .where(Appeal.review_id == review_id)
        .order_by(Appeal.opened_at, Appeal.id)
        .limit(MOST)
    )
    return {row.criterion_key: SaidAppeal(*row) for row in rows}


def questions_about(db: Reader, review_id: UUID) -> tuple[Question, ...]:
    """What the learner asked about a rating and what was answered, in order."""
    rows = db.execute(
        select(
            Explanation.id,
            Explanation.question,
            Explanation.asked_at,
            Explanation.answer,
            Explanation.answered_at,
        )
        .where(Explanation.review_id == review_id)
        .order_by(Explanation.asked_at, Explanation.id)
        .limit(MOST)
    )
    return tuple(Question(*row) for row in rows)


def waiting(db: Reader, actor: Actor, *, named: bool) -> tuple[WaitingAppeal, ...]:
    """Open appeals, the oldest first, without those about own work or work closed to the actor."""
    rows = db.execute(
        _appeals()
        .where(Appeal.state == State.OPEN, Appeal.learner_id != actor.id, ~is_closed_to_reader())
        .order_by(Appeal.opened_at, Appeal.id)
        .limit(MOST),
        {"reader_id": actor.id, "named": named},
    )
    return tuple(_waiting(row, actor) for row in rows)


def desk(db: Reader, actor: Actor, appeal_id: UUID, *, named: bool) -> AppealDesk:
    """One appeal for whoever reviews; NotFound for its own learner."""
    query = _appeals().add_columns(is_closed_to_reader().label("is_closed")).where(Appeal.id == appeal_id)
    row = db.execute(query, {"reader_id": actor.id, "named": named}).one_or_none()
    if row is None or not may_review(actor, owner_id=row.learner_id):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    levels = db.execute(
        select(RubricLevel.key, RubricLevel.label, RubricLevel.points, RubricLevel.description)
        .where(
            RubricLevel.rubric_version_id == row.rubric_version_id,
            RubricLevel.criterion_key == row.criterion_key,
        )
        .order_by(RubricLevel.position)
    )
    return AppealDesk(
        about=_waiting(row, actor),
        state=row.state,
        reason=row.reason,
        level_key=row.level_key,
        comment=row.comment,
        description=row.description,
        reviewer_note=row.reviewer_note,
        levels=tuple(DeskLevel(*level) for level in levels),
    )


def _appeals() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appeal.id,
            Appeal.review_id,
            Appeal.learner_id,
            Appeal.criterion_key,
            Appeal.state,
            Appeal.reason,
            Appeal.opened_at,
            Review.version_id,
            Review.reviewer_id,
            SubmissionVersion.number,
            SubmissionVersion.submission_id,
            author_name(),
            Submission.capstone_slug,
            Score.rubric_version_id,
            Score.level_key,
            Score.comment,
            RubricCriterion.title,
            RubricCriterion.description,
            RubricCriterion.reviewer_note,
        )
        .join(Review, Review.id == Appeal.review_id)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(
            Score,
            (Score.review_id == Appeal.review_id) & (Score.criterion_key == Appeal.criterion_key),
        )
        .join(
            RubricCriterion,
            (RubricCriterion.rubric_version_id == Score.rubric_version_id)
            & (RubricCriterion.key == Score.criterion_key),
        )
    )


def _waiting(row: Row[*tuple[Any, ...]], actor: Actor) -> WaitingAppeal:
    return WaitingAppeal(
        id=row.id,
        review_id=row.review_id,
        version_id=row.version_id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        criterion=row.title,
        learner=called(row.author, row.submission_id),
        opened_at=row.opened_at,
        may_decide=row.reviewer_id != actor.id,
    )
