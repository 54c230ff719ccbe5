"""Earlier rounds of the same work as the desk shows them: what was said, and which criteria fell short."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.reviews import State, Verdict
from app.models import Review, RubricCriterion, RubricLevel, Score, SubmissionVersion
from app.queries.rubric_words import words_of

MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class EarlierCriterion:
    """One criterion as it was rated; `met` is false when a must-pass one fell short."""

    key: str
    title: str
    level: str
    label: str
    comment: str
    met: bool


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """A released review of this work, of an earlier version or, undone, of the same."""

    id: UUID
    number: int
    state: State
    verdict: Verdict
    summary: str
    released_at: datetime
    undo_reason: str
    criteria: tuple[EarlierCriterion, ...]

    @property
    def is_undone(self) -> bool:
        return self.state is State.UNDONE


def earlier_rounds(db: Reader, submission_id: UUID, number: int, review_id: UUID) -> tuple[EarlierRound, ...]:
    """What the learner was shown up to this version, the latest first; one SELECT."""
    rows = db.execute(
        select(
            Review.id,
            SubmissionVersion.number,
            Review.state,
            Review.verdict,
            Review.summary,
            Review.released_at,
            Review.undo_reason,
            _rated().label("rated"),
        )
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .where(
            SubmissionVersion.submission_id == submission_id,
            SubmissionVersion.number <= number,
            Review.released_at.is_not(None),
            Review.id != review_id,
        )
        .order_by(Review.released_at.desc(), Review.id.desc())
        .limit(MOST_ROUNDS)
    )
    return tuple(_round(row) for row in rows)


def _round(row: Any) -> EarlierRound:
    return EarlierRound(
        id=row.id,
        number=row.number,
        state=row.state,
        verdict=row.verdict,
        summary=row.summary,
        released_at=row.released_at,
        undo_reason=row.undo_reason,
        criteria=tuple(EarlierCriterion(*each) for each in row.rated or ()),
    )


def has_earlier_rounds() -> ColumnElement[bool]:
    """Whether the submission of the version in hand has been rated before, by whomever."""
    before, version = aliased(Review), aliased(SubmissionVersion)
    return exists().where(
        before.version_id == version.id,
        version.submission_id == SubmissionVersion.submission_id,
        version.number <= SubmissionVersion.number,
        before.released_at.is_not(None),
        before.id != Review.id,
    )


def _rated() -> Any:
    """The scores of a review as one JSON list, in the rubric's order."""
    reached, needed = aliased(RubricLevel), aliased(RubricLevel)
    met = ~RubricCriterion.must_pass | func.coalesce(reached.position >= needed.position, True)
    one = func.jsonb_build_array(
        Score.criterion_key, RubricCriterion.title, Score.level_key, reached.label, Score.comment, met
    )

    def is_level(level: Any, key: Any) -> Any:
        return (
            (level.rubric_version_id == RubricCriterion.rubric_version_id)
            & (level.criterion_key == Score.criterion_key)
            & (level.key == key)
        )

    return (
        select(func.jsonb_agg(aggregate_order_by(one, RubricCriterion.position)))
        .select_from(Score)
        .join(
            RubricCriterion,
            (RubricCriterion.rubric_version_id == words_of(Score.rubric_version_id))
            & (RubricCriterion.key == Score.criterion_key),
        )
        .join(reached, is_level(reached, Score.level_key))
        .outerjoin(needed, is_level(needed, RubricCriterion.pass_level))
        .where(Score.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )
