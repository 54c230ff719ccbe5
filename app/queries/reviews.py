"""Reviews that were released: what the learner got, readable for ever, undone ones included."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.db import Reader
from app.domain.reviews import State, Verdict
from app.models import (
    Appeal,
    EvidenceFile,
    Review,
    ReviewComment,
    RubricCriterion,
    RubricLevel,
    RubricVersion,
    Score,
    SubmissionVersion,
)
from app.queries.rubric_words import RubricUsed, rubric_used, words_of

MOST = 200


@dataclass(frozen=True, slots=True)
class RatedLevel:
    label: str
    points: int
    description: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RatedCriterion:
    """One criterion with the level that was chosen; `met` is false when a must-pass one fell short."""

    key: str
    title: str
    description: str
    must_pass: bool
    met: bool
    label: str
    points: int
    possible: int
    comment: str
    levels: tuple[RatedLevel, ...]


@dataclass(frozen=True, slots=True)
class LineComment:
    """Something said about one line of one file."""

    id: UUID
    file_id: UUID
    file_name: str
    line: int
    body: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Appealed:
    """The rating that another took the place of when an appeal was upheld, and the one criterion that differs."""

    review_id: UUID
    criterion_key: str


@dataclass(frozen=True, slots=True)
class ReleasedReview:
    """A review as its learner reads it. The private note is not part of it."""

    id: UUID
    version_id: UUID
    number: int
    state: State
    verdict: Verdict
    summary: str
    released_at: datetime
    appealed: Appealed | None
    rubric_used: RubricUsed
    threshold: int
    undone_at: datetime | None
    undo_reason: str
    criteria: tuple[RatedCriterion, ...]
    comments: tuple[LineComment, ...]

    @property
    def is_undone(self) -> bool:
        return self.state is State.UNDONE

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)

    @property
    def possible(self) -> int:
        return sum(criterion.possible for criterion in self.criteria)

    @property
    def short(self) -> tuple[RatedCriterion, ...]:
        """The must-pass criteria that fell short."""
        return tuple(criterion for criterion in self.criteria if not criterion.met)


def released_reviews(db: Reader, version_ids: Collection[UUID]) -> tuple[ReleasedReview, ...]:
    """Every review the learner was shown of these versions, the latest first; four SELECTs however many."""
    rows = db.execute(
        select(
            Review.id,
            Review.version_id,
            SubmissionVersion.number,
            Review.state,
            Review.verdict,
            Review.summary,
            Review.released_at,
            Appeal.review_id.label("appealed_id"),
            Appeal.criterion_key.label("appealed_criterion"),
            words_of(Review.rubric_version_id).label("words_id"),
            rubric_used(),
            RubricVersion.threshold,
            Review.undone_at,
            Review.undo_reason,
        )
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(RubricVersion, RubricVersion.id == Review.rubric_version_id)
        .outerjoin(Appeal, Appeal.new_review_id == Review.id)
        .where(Review.version_id.in_(version_ids), Review.released_at.is_not(None))
        .order_by(Review.released_at.desc(), Review.id.desc())
        .limit(MOST)
    ).all()
    criteria = _criteria(db, rows)
    comments = line_comments(db, [row.id for row in rows])
    return tuple(_released(row, criteria[row.id], comments.get(row.id, ())) for row in rows)


def line_comments(db: Reader, review_ids: Collection[UUID]) -> dict[UUID, tuple[LineComment, ...]]:
    """Comments on lines, by review, in the order of files and lines."""
    found: defaultdict[UUID, list[LineComment]] = defaultdict(list)
    for row in db.execute(
        select(
            ReviewComment.review_id,
            ReviewComment.id,
            ReviewComment.file_id,
            EvidenceFile.name,
            ReviewComment.line,
            ReviewComment.body,
            ReviewComment.file_sha256,
        )
        .join(EvidenceFile, EvidenceFile.id == ReviewComment.file_id)
        .where(ReviewComment.review_id.in_(review_ids))
        .order_by(EvidenceFile.created_at, EvidenceFile.id, ReviewComment.line, ReviewComment.id)
        .limit(MOST * 10)
    ):
        found[row.review_id].append(LineComment(*row[1:]))
    return {review_id: tuple(comments) for review_id, comments in found.items()}


def _criteria(db: Reader, reviews: Collection[Row[*tuple[Any, ...]]]) -> dict[UUID, list[RatedCriterion]]:
    """The rated criteria of each review, in the rubric's order."""
    levels = _levels(db, {row.words_id for row in reviews})
    rated: defaultdict[UUID, list[RatedCriterion]] = defaultdict(list)
    for score in db.execute(
        select(
            Score.review_id,
            Score.level_key,
            Score.points,
            Score.comment,
            RubricCriterion.rubric_version_id,
            RubricCriterion.key,
            RubricCriterion.title,
            RubricCriterion.description,
            RubricCriterion.must_pass,
            RubricCriterion.pass_level,
        )
        .join(
            RubricCriterion,
            (RubricCriterion.rubric_version_id == words_of(Score.rubric_version_id))
            & (RubricCriterion.key == Score.criterion_key),
        )
        .where(Score.review_id.in_([row.id for row in reviews]))
        .order_by(RubricCriterion.position)
    ):
        rated[score.review_id].append(_rated(score, levels[score.rubric_version_id, score.key]))
    return rated


def _levels(
    db: Reader, rubric_version_ids: Collection[UUID]
) -> Mapping[tuple[UUID, str], list[Row[*tuple[Any, ...]]]]:
    """The levels by rubric version and criterion, lowest first."""
    levels: defaultdict[tuple[UUID, str], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for level in db.execute(
        select(
            RubricLevel.rubric_version_id,
            RubricLevel.criterion_key,
            RubricLevel.key,
            RubricLevel.label,
            RubricLevel.points,
            RubricLevel.description,
            RubricLevel.position,
        )
        .where(RubricLevel.rubric_version_id.in_(rubric_version_ids))
        .order_by(RubricLevel.position)
    ):
        levels[level.rubric_version_id, level.criterion_key].append(level)
    return levels


def _rated(score: Row[*tuple[Any, ...]], levels: list[Row[*tuple[Any, ...]]]) -> RatedCriterion:
    positions = {level.key: level.position for level in levels}
    met = not score.must_pass or positions[score.level_key] >= positions[score.pass_level]
    return RatedCriterion(
        key=score.key,
        title=score.title,
        description=score.description,
        must_pass=score.must_pass,
        met=met,
        label=next(level.label for level in levels if level.key == score.level_key),
        points=score.points,
        possible=max(level.points for level in levels),
        comment=score.comment,
        levels=tuple(
            RatedLevel(level.label, level.points, level.description, level.key == score.level_key)
            for level in levels
        ),
    )


def _released(
    row: Row[*tuple[Any, ...]], criteria: list[RatedCriterion], comments: tuple[LineComment, ...]
) -> ReleasedReview:
    return ReleasedReview(
        id=row.id,
        version_id=row.version_id,
        number=row.number,
        state=row.state,
        verdict=row.verdict,
        summary=row.summary,
        released_at=row.released_at,
        appealed=Appealed(row.appealed_id, row.appealed_criterion) if row.appealed_id else None,
        rubric_used=RubricUsed(*row.rubric_used),
        threshold=row.threshold,
        undone_at=row.undone_at,
        undo_reason=row.undo_reason,
        criteria=tuple(criteria),
        comments=comments,
    )
