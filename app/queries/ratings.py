"""The lists behind the numbers of a cohort: work that waits, verdicts about to be sent, and what was rated of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from app.db import Reader
from app.domain.cohort import Span
from app.domain.reviews import LIVE, State, Verdict
from app.domain.submissions import IN_FLIGHT
from app.models import Person, Review, Submission, SubmissionVersion
from app.queries.cohort import in_hand, rated_lately, waited
from app.queries.labels import learner_label

PAGE = 30


class Shown(StrEnum):
    """Which list: not rated yet, decided and not sent, or rated of late."""

    WAITING = "waiting"
    DECIDED = "decided"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Rating:
    """One piece of work with its live review. `reviewer` is empty while nobody has it."""

    version_id: UUID
    review_id: UUID | None
    capstone_slug: str
    number: int
    learner: str
    reviewer: str
    verdict: Verdict | None
    summary: str
    queued_at: datetime
    closed_at: datetime | None
    release_at: datetime | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list is narrowed to; None is everything."""

    shown: Shown
    reviewer_id: UUID | None = None
    verdict: Verdict | None = None
    span: Span | None = None


def ratings(
    db: Reader,
    course_slug: str,
    narrowed: Narrowed,
    *,
    after: tuple[datetime, UUID] | None = None,
    now: datetime,
    limit: int = PAGE + 1,
) -> tuple[Rating, ...]:
    """What fits, the one that queued first on top, except that the rated begin with the newest; one SELECT."""
    version = SubmissionVersion
    query = _ratings(now=now).where(*_conditions(course_slug, narrowed, now))
    is_newest_first = narrowed.shown is Shown.RATED
    key = func.row(version.queued_at, version.id)
    if after is not None:
        query = query.where(key < func.row(*after) if is_newest_first else key > func.row(*after))
    columns = (version.queued_at, version.id)
    order = [column.desc() for column in columns] if is_newest_first else list(columns)
    return tuple(_rating(row) for row in db.execute(query.order_by(*order).limit(limit)))


def _conditions(course_slug: str, narrowed: Narrowed, now: datetime) -> Sequence[ColumnElement[bool]]:
    version, found = SubmissionVersion, []
    if narrowed.shown is Shown.RATED:
        found.append(rated_lately(course_slug, now=now))
    else:
        found += [version.course_slug == course_slug, version.state.in_(IN_FLIGHT)]
    if narrowed.shown is Shown.DECIDED:
        found.append(Review.state == State.DECIDED)
    if narrowed.reviewer_id is not None:
        found.append(Review.reviewer_id == narrowed.reviewer_id)
    if narrowed.verdict is not None:
        found.append(Review.verdict == narrowed.verdict)
    if narrowed.span is not None:
        found.append(waited(narrowed.span))
    return found


def _ratings(*, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            SubmissionVersion.id.label("version_id"),
            Review.id.label("review_id"),
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.submission_id,
            func.coalesce(Person.name, "").label("reviewer"),
            Review.verdict,
            func.coalesce(Review.summary, "").label("summary"),
            SubmissionVersion.queued_at,
            SubmissionVersion.closed_at,
            Review.release_at,
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .outerjoin(
            Review,
            and_(Review.version_id == SubmissionVersion.id, Review.state.in_(LIVE), in_hand(now=now)),
        )
        .outerjoin(Person, Person.id == Review.reviewer_id)
    )


def _rating(row: Row[*tuple[Any, ...]]) -> Rating:
    values = dict(row._mapping)
    return Rating(learner=learner_label(values.pop("submission_id")), **values)
