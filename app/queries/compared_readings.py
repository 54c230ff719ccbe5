"""A blind second reading beside the first rating: for the two who gave them, and for admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain import reviews
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.reviews import State, Verdict
from app.models import Person, Review, Score, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to
from app.queries.conflicts import READER
from app.queries.review_rubric import PublishedCriterion, rubric_of
from app.queries.rubric_words import RubricUsed, rubric_used, words_of

MOST = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which two ratings stand side by side."""

    review_id: UUID
    first_id: UUID
    capstone_slug: str
    number: int
    first: str
    second: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ComparedCriterion:
    """One criterion with the level and the words of each; `apart` is how many levels lie between the two."""

    published: PublishedCriterion
    first: str
    first_said: str
    second: str
    second_said: str

    @property
    def apart(self) -> int:
        places = {level.key: place for place, level in enumerate(self.published.levels)}
        return abs(places[self.first] - places[self.second])


@dataclass(frozen=True, slots=True)
class ComparedReading:
    about: Comparison
    first_verdict: Verdict
    second_verdict: Verdict
    first_summary: str
    second_summary: str
    is_undone: bool
    rubric_used: RubricUsed
    criteria: tuple[ComparedCriterion, ...]

    @property
    def agreeing(self) -> int:
        return sum(each.apart == 0 for each in self.criteria)


def compared_reading(db: Reader, actor: Actor, review_id: UUID) -> ComparedReading:
    """The two ratings side by side; NotFound for everybody but the two and admins, and before it is handed in."""
    row = db.execute(_PAIRS.where(Review.id == review_id), {"reader_id": actor.id}).one_or_none()
    if row is None or row.person_id == actor.id:
        raise NotFound
    if not (actor.is_admin or (actor.is_reviewer and actor.id in {row.first_reader, row.second_reader})):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    return ComparedReading(
        about=_about(row),
        first_verdict=row.first_verdict,
        second_verdict=row.verdict,
        first_summary=row.first_summary,
        second_summary=row.summary,
        is_undone=row.first_state is State.UNDONE,
        rubric_used=RubricUsed(*row.rubric_used),
        criteria=tuple(
            _criterion(each, row.first_scores, row.scores) for each in rubric_of(db, row.words_id)
        ),
    )


def compared_readings(db: Reader, actor: Actor) -> tuple[Comparison, ...]:
    """The comparisons that this reviewer is one side of, the latest first."""
    rows = db.execute(
        _PAIRS.where(or_(_FIRST.reviewer_id == actor.id, Review.reviewer_id == actor.id))
        .where(~is_closed_to(READER))
        .order_by(Review.decided_at.desc(), Review.id.desc())
        .limit(MOST),
        {"reader_id": actor.id},
    )
    return tuple(map(_about, rows))


def first_of(blind: Any) -> Any:
    """Of a blind reading: the rating it was made beside, the one that was offered last when it was handed in."""
    first = aliased(Review)
    return (
        select(first.id)
        .where(
            first.version_id == blind.version_id,
            first.blind_until.is_not(None),
            first.decided_at <= blind.decided_at,
        )
        .order_by(first.decided_at.desc(), first.id.desc())
        .limit(1)
        .correlate(blind)
        .scalar_subquery()
    )


def scores_of(review: Any) -> Any:
    """The levels and words of a review as one JSON object by criterion."""
    pair = func.jsonb_build_array(Score.level_key, Score.comment)
    return (
        select(func.jsonb_object_agg(Score.criterion_key, pair))
        .where(Score.review_id == review.id)
        .correlate(review)
        .scalar_subquery()
    )


def _about(row: Any) -> Comparison:
    return Comparison(
        review_id=row.id,
        first_id=row.first_id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        first=row.first_name,
        second=row.second_name,
        read_at=row.decided_at,
    )


def _criterion(
    published: PublishedCriterion, first: Mapping[str, list[str]], second: Mapping[str, list[str]]
) -> ComparedCriterion:
    return ComparedCriterion(published, *first[published.key], *second[published.key])


_FIRST = aliased(Review)


def _pairs() -> Select[*tuple[Any, ...]]:
    one, other = aliased(Person), aliased(Person)
    return (
        select(
            Review.id,
            words_of(Review.rubric_version_id).label("words_id"),
            rubric_used(),
            Review.reviewer_id.label("second_reader"),
            Review.verdict,
            Review.summary,
            Review.decided_at,
            _FIRST.id.label("first_id"),
            _FIRST.reviewer_id.label("first_reader"),
            _FIRST.verdict.label("first_verdict"),
            _FIRST.summary.label("first_summary"),
            _FIRST.state.label("first_state"),
            scores_of(_FIRST).label("first_scores"),
            scores_of(Review).label("scores"),
            one.name.label("first_name"),
            other.name.label("second_name"),
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            Submission.person_id,
            is_closed_to(READER).label("is_closed"),
        )
        .select_from(Review)
        .join(_FIRST, _FIRST.id == first_of(Review))
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(one, one.id == _FIRST.reviewer_id)
        .join(other, other.id == Review.reviewer_id)
        .where(Review.state == State.READ)
    )


_PAIRS = _pairs()
