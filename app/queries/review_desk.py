"""Everything a reviewer works with on one page: claims, evidence, findings, rubric, draft, earlier rounds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain import rubric
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.reviews import State
from app.models import (
    Ledger,
    Person,
    Review,
    RubricCriterion,
    RubricLevel,
    RubricVersion,
    Score,
    Submission,
    SubmissionVersion,
)
from app.queries.review_evidence import DeskFile, desk_files
from app.queries.review_queue import learner_label
from app.queries.reviews import LineComment, ReleasedReview, line_comments, released_reviews

OWN_COLUMNS = (
    "version_id",
    "rubric_version_id",
    "reviewer_id",
    "state",
    "tag",
    "lease_until",
    "saved_at",
    "return_reason",
    "summary",
    "private_note",
)

_LEVELS = (
    select(
        RubricLevel.criterion_key,
        RubricLevel.key,
        RubricLevel.label,
        RubricLevel.points,
        RubricLevel.description,
    )
    .where(RubricLevel.rubric_version_id == bindparam("rubric_version_id"))
    .order_by(RubricLevel.position)
)
_CRITERIA = (
    select(
        RubricCriterion.key,
        RubricCriterion.position,
        RubricCriterion.title,
        RubricCriterion.description,
        RubricCriterion.reviewer_note,
        RubricCriterion.must_pass,
        RubricCriterion.pass_level,
        RubricCriterion.bears_on,
        Score.level_key,
        Score.comment,
    )
    .outerjoin(
        Score, (Score.review_id == bindparam("review_id")) & (Score.criterion_key == RubricCriterion.key)
    )
    .where(RubricCriterion.rubric_version_id == bindparam("rubric_version_id"))
    .order_by(RubricCriterion.position)
)


@dataclass(frozen=True, slots=True)
class DeskLevel:
    key: str
    label: str
    points: int
    description: str


@dataclass(frozen=True, slots=True)
class DeskCriterion:
    """One criterion with the draft's choice; `level` and `comment` are empty until something is chosen or said."""

    key: str
    number: int
    title: str
    description: str
    reviewer_note: str
    must_pass: bool
    pass_level: str | None
    bears_on: tuple[str, ...]
    levels: tuple[DeskLevel, ...]
    level: str
    comment: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A review with all it needs. The learner is a label: no column of the person is read."""

    review_id: UUID
    version_id: UUID
    capstone_slug: str
    number: int
    learner: str
    state: State
    is_mine: bool
    reviewer: str
    tag: int
    lease_until: datetime | None
    saved_at: datetime | None
    return_reason: str
    taken_by: str | None
    summary: str
    private_note: str
    question: str
    reason: str
    queued_at: datetime
    rubric_number: int
    threshold: int
    ledger: tuple[Mapping[str, Any], ...]
    comparison: tuple[Mapping[str, Any], ...]
    criteria: tuple[DeskCriterion, ...]
    files: tuple[DeskFile, ...]
    comments: tuple[LineComment, ...]
    earlier: tuple[ReleasedReview, ...]

    @property
    def outcome(self) -> rubric.Outcome:
        """What the rule says of the draft as it is saved."""
        return self.outcome_of(
            {criterion.key: criterion.level for criterion in self.criteria if criterion.level}
        )

    def outcome_of(self, chosen: Mapping[str, str]) -> rubric.Outcome:
        """What the rule says of these levels (criterion key to level key)."""
        return rubric.outcome([_rule(each) for each in self.criteria], chosen, threshold=self.threshold)

    @property
    def is_open(self) -> bool:
        """Whether this reviewer may still write in it."""
        return self.is_mine and self.state is State.CLAIMED


def desk(db: Reader, actor: Actor, review_id: UUID) -> Desk:
    """The review for its reviewer, and for admins to read; NotFound for everybody else."""
    row = db.execute(_review(review_id)).one_or_none()
    if row is None or not (actor.is_admin or (actor.is_reviewer and row.reviewer_id == actor.id)):
        raise NotFound
    if row.person_id == actor.id:
        raise NotFound
    siblings = _siblings(db, row.submission_id, row.number)
    return Desk(
        review_id=review_id,
        version_id=row.version_id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        learner=learner_label(row.submission_id),
        state=row.state,
        is_mine=row.reviewer_id == actor.id,
        reviewer=row.reviewer,
        tag=row.tag,
        lease_until=row.lease_until,
        saved_at=row.saved_at,
        return_reason=row.return_reason,
        taken_by=row.taken_by,
        summary=row.summary,
        private_note=row.private_note,
        question=row.question,
        reason=row.reason,
        queued_at=row.queued_at,
        rubric_number=row.rubric_number,
        threshold=row.threshold,
        ledger=tuple(row.ledger_rows or ()),
        comparison=tuple(row.comparison or ()),
        criteria=_criteria(db, review_id, row.rubric_version_id),
        files=desk_files(db, row.version_id, siblings[-2] if len(siblings) > 1 else None),
        comments=line_comments(db, [review_id]).get(review_id, ()),
        earlier=tuple(each for each in released_reviews(db, siblings) if each.id != review_id),
    )


def _review(review_id: UUID) -> Any:
    live, taker = aliased(Review), aliased(Person)
    taken_by = (
        select(taker.name)
        .join(live, live.reviewer_id == taker.id)
        .where(live.version_id == Review.version_id, live.state == State.CLAIMED, live.id != Review.id)
        .correlate(Review)
        .scalar_subquery()
    )
    return (
        select(
            *(getattr(Review, name) for name in OWN_COLUMNS),
            Person.name.label("reviewer"),
            taken_by.label("taken_by"),
            SubmissionVersion.submission_id,
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.question,
            SubmissionVersion.reason,
            SubmissionVersion.queued_at,
            Submission.person_id,
            RubricVersion.number.label("rubric_number"),
            RubricVersion.threshold,
            Ledger.rows.label("ledger_rows"),
            Ledger.comparison,
        )
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(RubricVersion, RubricVersion.id == Review.rubric_version_id)
        .join(Person, Person.id == Review.reviewer_id)
        .outerjoin(Ledger, Ledger.version_id == Review.version_id)
        .where(Review.id == review_id)
    )


def _siblings(db: Reader, submission_id: UUID, number: int) -> list[UUID]:
    """The sent versions of the same work up to this one, in order."""
    return list(
        db.scalars(
            select(SubmissionVersion.id)
            .where(
                SubmissionVersion.submission_id == submission_id,
                SubmissionVersion.number <= number,
                SubmissionVersion.submitted_at.is_not(None),
            )
            .order_by(SubmissionVersion.number)
        )
    )


def _criteria(db: Reader, review_id: UUID, rubric_version_id: UUID) -> tuple[DeskCriterion, ...]:
    values = {"review_id": review_id, "rubric_version_id": rubric_version_id}
    levels: defaultdict[str, list[DeskLevel]] = defaultdict(list)
    for level in db.execute(_LEVELS, values):
        levels[level.criterion_key].append(DeskLevel(*level[1:]))
    return tuple(
        DeskCriterion(
            key=row.key,
            number=row.position,
            title=row.title,
            description=row.description,
            reviewer_note=row.reviewer_note,
            must_pass=row.must_pass,
            pass_level=row.pass_level,
            bears_on=tuple(row.bears_on),
            levels=tuple(levels[row.key]),
            level=row.level_key or "",
            comment=row.comment or "",
        )
        for row in db.execute(_CRITERIA, values)
    )


def _rule(criterion: DeskCriterion) -> rubric.Criterion:
    return rubric.Criterion(
        key=criterion.key,
        title=criterion.title,
        must_pass=criterion.must_pass,
        pass_level=criterion.pass_level,
        levels=tuple(
            rubric.Level(level.key, level.label, level.points, position)
            for position, level in enumerate(criterion.levels, start=1)
        ),
    )
