"""Rubrics as admins and readers see them: versions with the work under each, the draft in hand, one version's text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.course.values import Criterion, Rubric
from app.db import Reader
from app.domain.reviews import State as ReviewState
from app.domain.submissions import State
from app.models import Person, Review, RubricDraft, RubricVersion, SubmissionVersion
from app.queries.review_rubric import rubric_of
from app.queries.rubric_words import words_of

MOST = 500


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """One version with the work under it; `words_number` is the version in whose words that work is shown."""

    id: UUID
    capstone_slug: str
    number: int
    published_at: datetime
    is_in_force: bool
    is_edited: bool
    content_hash: str
    waiting: int
    rated: int
    words_number: int


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it was saved last; `base_number` is what it began from, `live` what is in force now."""

    id: UUID
    capstone_slug: str
    content: dict[str, Any]
    tag: int
    saved_at: datetime
    saved_by: str
    saved_by_id: UUID
    base_number: int
    live_id: UUID
    live_number: int


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One published version as a page shows it."""

    id: UUID
    number: int
    newest_number: int
    published_at: datetime
    rubric: Rubric


def versions(db: Reader, course_slug: str) -> tuple[ListedVersion, ...]:
    """Every version of every rubric of the course, by capstone, the newest first; one SELECT."""
    words = aliased(RubricVersion)
    rows = db.execute(
        select(
            RubricVersion.id,
            RubricVersion.capstone_slug,
            RubricVersion.number,
            RubricVersion.published_at,
            RubricVersion.retired_at.is_(None),
            RubricVersion.draft_id.is_not(None),
            RubricVersion.content_hash,
            _waiting(),
            _rated(),
            words.number,
        )
        .join(words, words.id == words_of(RubricVersion.id))
        .where(RubricVersion.course_slug == course_slug)
        .order_by(RubricVersion.capstone_slug, RubricVersion.number.desc())
        .limit(MOST)
    )
    return tuple(ListedVersion(*row) for row in rows)


def drafts(db: Reader, course_slug: str) -> tuple[OpenDraft, ...]:
    """The open drafts of the course; at most one a capstone."""
    rows = db.execute(_drafts().where(RubricDraft.course_slug == course_slug).limit(MOST))
    return tuple(OpenDraft(*row) for row in rows)


def draft(db: Reader, draft_id: UUID) -> OpenDraft | None:
    """The draft of that id, while it is open."""
    row = db.execute(_drafts().where(RubricDraft.id == draft_id)).one_or_none()
    return None if row is None else OpenDraft(*row)


def in_force(db: Reader, course_slug: str, capstone_slug: str) -> ShownVersion | None:
    """The version that rates new work."""
    return _shown(db, course_slug, capstone_slug, RubricVersion.retired_at.is_(None))


def version(db: Reader, course_slug: str, capstone_slug: str, number: int) -> ShownVersion | None:
    """The version of that number."""
    return _shown(db, course_slug, capstone_slug, RubricVersion.number == number)


def _shown(
    db: Reader, course_slug: str, capstone_slug: str, which: ColumnElement[bool]
) -> ShownVersion | None:
    newest = aliased(RubricVersion)
    of_capstone = (newest.course_slug == course_slug, newest.capstone_slug == capstone_slug)
    row = db.execute(
        select(
            RubricVersion.id,
            RubricVersion.number,
            RubricVersion.published_at,
            RubricVersion.threshold,
            RubricVersion.content_hash,
            RubricVersion.structure_hash,
            select(func.max(newest.number)).where(*of_capstone).scalar_subquery().label("newest"),
        ).where(RubricVersion.course_slug == course_slug, RubricVersion.capstone_slug == capstone_slug, which)
    ).one_or_none()
    if row is None:
        return None
    rubric = Rubric(_criteria(db, row.id), row.threshold, row.content_hash, row.structure_hash)
    return ShownVersion(row.id, row.number, row.newest, row.published_at, rubric)


def _criteria(db: Reader, rubric_version_id: UUID) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            key=each.key,
            title=each.title,
            description=each.description,
            reviewer_note=each.reviewer_note,
            must_pass=each.must_pass,
            pass_level=each.pass_level,
            levels=each.levels,
            bears_on=each.bears_on,
        )
        for each in rubric_of(db, rubric_version_id)
    )


def _drafts() -> Any:
    base, live = aliased(RubricVersion), aliased(RubricVersion)
    return (
        select(
            RubricDraft.id,
            RubricDraft.capstone_slug,
            RubricDraft.content,
            RubricDraft.tag,
            RubricDraft.saved_at,
            Person.name,
            RubricDraft.saved_by,
            base.number,
            live.id,
            live.number,
        )
        .join(base, base.id == RubricDraft.base_id)
        .join(
            live,
            (live.course_slug == RubricDraft.course_slug)
            & (live.capstone_slug == RubricDraft.capstone_slug)
            & live.retired_at.is_(None),
        )
        .join(Person, Person.id == RubricDraft.saved_by)
    )


def _waiting() -> Any:
    """Versions of work that wait for a rating or are being rated under this rubric version."""
    return (
        select(func.count())
        .where(
            SubmissionVersion.rubric_version_id == RubricVersion.id,
            SubmissionVersion.state.in_([State.SUBMITTED, State.IN_REVIEW]),
        )
        .correlate(RubricVersion)
        .scalar_subquery()
    )


def _rated() -> Any:
    """Ratings that stand under this rubric version."""
    return (
        select(func.count())
        .where(
            Review.rubric_version_id == RubricVersion.id,
            Review.state.in_([ReviewState.DECIDED, ReviewState.RELEASED]),
        )
        .correlate(RubricVersion)
        .scalar_subquery()
    )
