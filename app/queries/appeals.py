"""Appeals and questions: beside the rating they are about, and as a list for those who decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.course.values import Level
from app.db import Reader
from app.domain import blind_readings, reviews
from app.domain.actors import Actor, may_review
from app.domain.appeals import HOLDS_TOKEN, State
from app.domain.errors import NotFound
from app.models import (
    Appeal,
    Explanation,
    Person,
    Review,
    RubricCriterion,
    Score,
    Submission,
    SubmissionVersion,
)
from app.models.closed_work import is_closed_to, is_read_blind_by
from app.queries.conflicts import READER
from app.queries.labels import author_name, called
from app.queries.review_rubric import rubric_of
from app.queries.rubric_words import RubricUsed, rubric_used, words_of

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
    """An open appeal. `may_decide` is false for `reviewer`, who gave the rating."""

    id: UUID
    review_id: UUID
    version_id: UUID
    capstone_slug: str
    number: int
    criterion: str
    learner: str
    reviewer: str
    opened_at: datetime
    may_decide: bool


@dataclass(frozen=True, slots=True)
class AppealDesk:
    """What another reviewer needs to answer one appeal, with the first rating filled in."""

    about: WaitingAppeal
    state: State
    reason: str
    answer: str
    level_key: str
    comment: str
    description: str
    reviewer_note: str
    rubric_used: RubricUsed
    levels: tuple[Level, ...]


def held_tokens() -> ScalarSelect[int]:
    """For a SELECT of one rating: how many tokens its author holds in appeals of that course."""
    return (
        select(func.count())
        .where(
            Appeal.learner_id == Submission.person_id,
            Appeal.course_slug == SubmissionVersion.course_slug,
            Appeal.state.in_(HOLDS_TOKEN),
        )
        .correlate(Submission, SubmissionVersion)
        .scalar_subquery()
    )


def last_appeals() -> ScalarSelect[Any]:
    """For a SELECT of reviews: the last appeal against each criterion; `said_appeals` reads it."""
    last = (
        select(Appeal)
        .where(Appeal.review_id == Review.id)
        .ext(distinct_on(Appeal.criterion_key))
        .order_by(Appeal.criterion_key, Appeal.opened_at.desc(), Appeal.id.desc())
        .correlate(Review)
        .subquery()
    )
    return select(func.jsonb_agg(_as_json(SaidAppeal, last.c))).scalar_subquery()


def last_questions() -> ScalarSelect[Any]:
    """For a SELECT of reviews: what was asked about the rating; `said_questions` reads it."""
    asked = (
        select(Explanation)
        .where(Explanation.review_id == Review.id)
        .order_by(Explanation.asked_at.desc(), Explanation.id.desc())
        .limit(MOST)
        .correlate(Review)
        .subquery()
    )
    rows = aggregate_order_by(_as_json(Question, asked.c), asked.c.asked_at, asked.c.id)
    return select(func.jsonb_agg(rows)).scalar_subquery()


def said_appeals(found: Sequence[Mapping[str, Any]] | None) -> dict[str, SaidAppeal]:
    """What `last_appeals` found, by the criterion's key."""
    appeals = (SaidAppeal(**_typed(row)) for row in found or ())
    return {appeal.criterion_key: replace(appeal, state=State(appeal.state)) for appeal in appeals}


def said_questions(found: Sequence[Mapping[str, Any]] | None) -> tuple[Question, ...]:
    """What `last_questions` found, the first of them first."""
    return tuple(Question(**_typed(row)) for row in found or ())


def waiting(db: Reader, actor: Actor, *, named: bool) -> tuple[WaitingAppeal, ...]:
    """Open appeals, the oldest first, without those about own work or work closed to the actor."""
    rows = db.execute(
        _appeals()
        .where(Appeal.state == State.OPEN, Appeal.learner_id != actor.id, ~is_closed_to(READER))
        .where(~is_read_blind_by(READER))
        .order_by(Appeal.opened_at, Appeal.id)
        .limit(MOST),
        {"reader_id": actor.id, "named": named},
    )
    return tuple(_waiting(row, actor) for row in rows)


def desk(db: Reader, actor: Actor, appeal_id: UUID, *, named: bool) -> AppealDesk:
    """One appeal for whoever reviews; NotFound for its own learner."""
    query = (
        _appeals()
        .add_columns(is_closed_to(READER).label("is_closed"), is_read_blind_by(READER).label("is_kept"))
        .where(Appeal.id == appeal_id)
    )
    row = db.execute(query, {"reader_id": actor.id, "named": named}).one_or_none()
    if row is None or not may_review(actor, owner_id=row.learner_id):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    blind_readings.require_shown(actor, owner_id=row.learner_id, is_kept=row.is_kept)
    criterion = next(each for each in rubric_of(db, row.words_id) if each.key == row.criterion_key)
    return AppealDesk(
        about=_waiting(row, actor),
        state=row.state,
        reason=row.reason,
        answer=row.answer,
        level_key=row.level_key,
        comment=row.comment,
        description=criterion.description,
        reviewer_note=criterion.reviewer_note,
        rubric_used=RubricUsed(*row.rubric_used),
        levels=criterion.levels,
    )


def _as_json(row: type[Any], columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[Any]:
    """The columns named as the fields of `row`, as one object of JSON."""
    names = [field.name for field in fields(row)]
    return func.jsonb_build_object(*chain.from_iterable((name, columns[name]) for name in names))


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The times and ids of a row that came as JSON; its names say which they are."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value).astimezone(UTC)
    return UUID(value) if name == "id" or name.endswith("_id") else value


def _appeals() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appeal.id,
            Appeal.review_id,
            Appeal.learner_id,
            Appeal.criterion_key,
            Appeal.state,
            Appeal.reason,
            Appeal.answer,
            Appeal.opened_at,
            Review.version_id,
            Review.reviewer_id,
            Person.name.label("reviewer"),
            SubmissionVersion.number,
            SubmissionVersion.submission_id,
            author_name(),
            Submission.capstone_slug,
            RubricCriterion.rubric_version_id.label("words_id"),
            rubric_used(),
            Score.level_key,
            Score.comment,
            RubricCriterion.title,
        )
        .join(Review, Review.id == Appeal.review_id)
        .join(Person, Person.id == Review.reviewer_id)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(
            Score,
            (Score.review_id == Appeal.review_id) & (Score.criterion_key == Appeal.criterion_key),
        )
        .join(
            RubricCriterion,
            (RubricCriterion.rubric_version_id == words_of(Score.rubric_version_id))
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
        reviewer=row.reviewer,
        opened_at=row.opened_at,
        may_decide=row.reviewer_id != actor.id,
    )
