"""Second readings: what waits for a second reader, what waits for an admin, and one of them with all it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain import reviews
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.reviews import State as ReviewState
from app.domain.reviews import Verdict
from app.domain.second_readings import State
from app.models import Person, Review, Score, SecondReading, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to
from app.queries.conflicts import READER
from app.queries.labels import author_name, called
from app.queries.review_rubric import PublishedCriterion, rubric_of
from app.queries.rubric_words import RubricUsed, rubric_used, words_of

MOST = 200


@dataclass(frozen=True, slots=True)
class WaitingReading:
    """A decided review that somebody is to look at. `first` and `second` name its readers, for admins."""

    review_id: UUID
    capstone_slug: str
    number: int
    learner: str
    first: str
    second: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ReadCriterion:
    """One criterion with what the first reader chose and said, and what the second one chose."""

    published: PublishedCriterion
    level: str
    comment: str
    second: str

    @property
    def differs(self) -> bool:
        return bool(self.second) and self.second != self.level


@dataclass(frozen=True, slots=True)
class ReadReview:
    """A decided review for its second reader, or for the admin who decides between two."""

    about: WaitingReading
    version_id: UUID
    state: State
    is_undone: bool
    verdict: Verdict
    summary: str
    question: str
    reason: str
    rubric_used: RubricUsed
    criteria: tuple[ReadCriterion, ...]


def to_read(db: Reader, actor: Actor, *, named: bool) -> tuple[WaitingReading, ...]:
    """What this reviewer may read as the second one, the oldest first."""
    rows = db.execute(
        _readings()
        .where(
            SecondReading.state == State.WAITING,
            Review.state == ReviewState.DECIDED,
            Review.reviewer_id != actor.id,
            Submission.person_id != actor.id,
            ~is_closed_to(READER),
        )
        .order_by(SecondReading.asked_at, Review.id)
        .limit(MOST),
        {"reader_id": actor.id, "named": named},
    )
    return tuple(_waiting(row, shows_readers=False) for row in rows)


def to_settle(db: Reader, actor: Actor, *, named: bool) -> tuple[WaitingReading, ...]:
    """Where two readers disagree, the oldest first; for admins."""
    rows = db.execute(
        _readings()
        .where(
            SecondReading.state == State.DISAGREED,
            Review.state == ReviewState.DECIDED,
            Submission.person_id != actor.id,
        )
        .order_by(SecondReading.read_at, Review.id)
        .limit(MOST),
        {"reader_id": actor.id, "named": named},
    )
    return tuple(_waiting(row, shows_readers=True) for row in rows)


def as_second_reader(db: Reader, actor: Actor, review_id: UUID, *, named: bool) -> ReadReview:
    """The review for a reviewer who did not give it; NotFound for its first reader and its learner."""
    row = _found(db, actor, review_id, named=named)
    if row.reviewer_id == actor.id or not actor.is_reviewer:
        raise NotFound
    return _read(db, row, shows_second=row.second_id == actor.id, shows_readers=False)


def as_judge(db: Reader, actor: Actor, review_id: UUID, *, named: bool) -> ReadReview:
    """The review with both ratings, for an admin."""
    row = _found(db, actor, review_id, named=named)
    if row.state is State.WAITING or not actor.is_admin:
        raise NotFound
    return _read(db, row, shows_second=True, shows_readers=True)


def _found(db: Reader, actor: Actor, review_id: UUID, *, named: bool) -> Any:
    query = _readings().where(SecondReading.review_id == review_id)
    row = db.execute(query, {"reader_id": actor.id, "named": named}).one_or_none()
    if row is None or row.person_id == actor.id:
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    return row


def _read(db: Reader, row: Any, *, shows_second: bool, shows_readers: bool) -> ReadReview:
    chosen: Mapping[str, list[str | None]] = row.scores or {}
    second: Mapping[str, str] = (row.levels or {}) if shows_second else {}
    return ReadReview(
        about=_waiting(row, shows_readers=shows_readers),
        version_id=row.version_id,
        state=row.state,
        is_undone=row.review_state is ReviewState.UNDONE,
        verdict=row.verdict,
        summary=row.summary,
        question=row.question,
        reason=row.reason if shows_second else "",
        rubric_used=RubricUsed(*row.rubric_used),
        criteria=tuple(
            ReadCriterion(
                published=each,
                level=(chosen.get(each.key) or [None])[0] or "",
                comment=(chosen.get(each.key) or ["", None])[1] or "",
                second=second.get(each.key, ""),
            )
            for each in rubric_of(db, row.words_id)
        ),
    )


def _waiting(row: Any, *, shows_readers: bool) -> WaitingReading:
    return WaitingReading(
        review_id=row.review_id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        learner=called(row.author, row.submission_id),
        first=row.first if shows_readers else "",
        second=(row.second or "") if shows_readers else "",
        since=row.read_at or row.asked_at,
    )


def _scores() -> Any:
    pair = func.jsonb_build_array(Score.level_key, Score.comment)
    return (
        select(func.jsonb_object_agg(Score.criterion_key, pair))
        .where(Score.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
        .label("scores")
    )


def _readings() -> Select[*tuple[Any, ...]]:
    first, second = aliased(Person), aliased(Person)
    return (
        select(
            SecondReading.review_id,
            SecondReading.state,
            SecondReading.levels,
            SecondReading.reason,
            SecondReading.asked_at,
            SecondReading.read_at,
            SecondReading.reader_id.label("second_id"),
            Review.version_id,
            Review.reviewer_id,
            words_of(Review.rubric_version_id).label("words_id"),
            rubric_used(),
            Review.state.label("review_state"),
            Review.verdict,
            Review.summary,
            SubmissionVersion.number,
            SubmissionVersion.submission_id,
            SubmissionVersion.question,
            Submission.capstone_slug,
            Submission.person_id,
            first.name.label("first"),
            second.name.label("second"),
            author_name(),
            is_closed_to(READER).label("is_closed"),
            _scores(),
        )
        .join(Review, Review.id == SecondReading.review_id)
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(first, first.id == Review.reviewer_id)
        .outerjoin(second, second.id == SecondReading.reader_id)
    )
