"""The review queue: oldest first, paged by key; without a trace of whose work it is while the course is blind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from app.db import Moment, Reader
from app.domain.actors import Actor
from app.domain.queue_search import Search
from app.domain.reviews import State as ReviewState
from app.domain.submissions import PATIENCE, CheckState
from app.models import (
    CheckRun,
    EvidenceFile,
    Ledger,
    Person,
    Review,
    RubricCriterion,
    Score,
    SkippedReview,
    Submission,
    SubmissionVersion,
)
from app.models.closed_work import is_closed_to
from app.queries.conflicts import READER
from app.queries.labels import author_name, called
from app.queries.queue_search import LIVE, narrowed
from app.queries.waiting import COURSE, moments

PAGE = 30

PATIENT = bindparam("patient", type_=Moment)


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page of the queue ended: its last row."""

    at: datetime
    version_id: UUID
    number: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One piece of work. `holder` has it until `lease_until`, or for good once decided; an ended lease frees it."""

    version_id: UUID
    capstone_slug: str
    number: int
    learner: str
    queued_at: datetime
    contradicted: int
    blocked: int
    warned: int
    agreeing: int
    review_id: UUID | None
    holder: str | None
    is_mine: bool
    is_decided: bool
    lease_until: datetime | None
    rated: int
    criteria: int
    skipped: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    more: Key | None


def review_queue(
    db: Reader,
    actor: Actor,
    course_slug: str,
    *,
    search: Search,
    capstones: Mapping[str, frozenset[str]],
    after: Key | None,
    named: bool,
    now: datetime,
) -> QueuePage:
    """The next thirty pieces after that key that fit the search; `capstones`: slugs by every word of the search.

    Own work is left out, work that a conflict of interest closes, and work whose checks still run.
    """
    values = moments(course_slug, now=now) | {
        "reader_id": actor.id,
        "named": named,
        "patient": now - PATIENCE,
    }
    if after is not None:
        values |= {"after_at": after.at, "after_id": after.version_id, "after_round": after.number}
    found = [_row(row, now) for row in db.execute(_queue(search, capstones, later=after is not None), values)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = Key(last.queued_at, last.version_id, last.number) if last else None
    return QueuePage(tuple(found[:PAGE]), more)


def my_claims(db: Reader, actor: Actor, *, named: bool, now: datetime) -> tuple[QueueRow, ...]:
    """What this reviewer holds, the lease that ends first on top; ended leases that nobody took included."""
    found = db.execute(_MINE, {"reader_id": actor.id, "named": named})
    return tuple(_row(row, now, mine=True) for row in found)


def _row(row: Row[*tuple[Any, ...]], now: datetime, *, mine: bool = False) -> QueueRow:
    decided = row.review_state in {ReviewState.DECIDED, ReviewState.RELEASED}
    held = mine or decided or (row.lease_until is not None and row.lease_until > now)
    return QueueRow(
        version_id=row.id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        learner=called(row.author, row.submission_id),
        queued_at=row.queued_at,
        contradicted=row.contradicted or 0,
        blocked=row.blocked or 0,
        warned=row.warned or 0,
        agreeing=row.agreeing or 0,
        review_id=row.review_id if held else None,
        holder=row.holder if held else None,
        is_mine=bool(held and row.is_mine),
        is_decided=decided,
        lease_until=row.lease_until if held else None,
        rated=row.rated,
        criteria=row.criteria,
        skipped=row.skipped,
    )


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SubmissionVersion.id,
            SubmissionVersion.submission_id,
            author_name(),
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.queued_at,
            Ledger.contradicted,
            Ledger.blocked,
            Ledger.warned,
            Ledger.agreeing,
            Review.id.label("review_id"),
            Review.state.label("review_state"),
            Review.lease_until,
            Person.name.label("holder"),
            (Review.reviewer_id == READER).label("is_mine"),
            _rated().label("rated"),
            _criteria().label("criteria"),
            exists()
            .where(SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == READER)
            .label("skipped"),
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .outerjoin(Ledger, Ledger.version_id == SubmissionVersion.id)
        .outerjoin(Review, and_(Review.version_id == SubmissionVersion.id, LIVE))
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .where(Submission.person_id != READER, ~is_closed_to(READER))
    )


def _has_joined() -> ColumnElement[bool]:
    """The checks have ended, or were waited for long enough. `services.review_turns` says the same."""
    unfinished = exists().where(
        EvidenceFile.version_id == SubmissionVersion.id,
        CheckRun.file_id == EvidenceFile.id,
        or_(CheckRun.state == CheckState.QUEUED, CheckRun.state == CheckState.RUNNING),
    )
    return or_(SubmissionVersion.queued_at <= PATIENT, ~unfinished)


def _rated() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Score.review_id == Review.id, Score.level_key.is_not(None))
        .correlate(Review)
        .scalar_subquery()
    )


def _criteria() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(RubricCriterion.rubric_version_id == SubmissionVersion.rubric_version_id)
        .correlate(SubmissionVersion)
        .scalar_subquery()
    )


def _queue(
    search: Search, capstones: Mapping[str, frozenset[str]], *, later: bool
) -> Select[*tuple[Any, ...]]:
    """The statement for a search; the plain one is put together already."""
    if search.is_plain:
        return _NEXT if later else _FIRST
    return _searched(search, capstones, later=later)


def _searched(
    search: Search, capstones: Mapping[str, frozenset[str]], *, later: bool
) -> Select[*tuple[Any, ...]]:
    rows = _rows().where(SubmissionVersion.course_slug == COURSE, _has_joined()).limit(PAGE + 1)
    return narrowed(rows, search, capstones, later=later)


_FIRST, _NEXT = (_searched(Search(), {}, later=later) for later in (False, True))
_MINE = (
    _rows()
    .where(Review.reviewer_id == READER, Review.state == ReviewState.CLAIMED)
    .order_by(Review.lease_until, Review.id)
    .limit(PAGE)
)
