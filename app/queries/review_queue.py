"""The review queue: oldest first, paged by key, without a trace of whose work it is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from app.db import Moment, Reader
from app.domain.actors import Actor
from app.domain.reviews import State as ReviewState
from app.domain.submissions import PATIENCE, CheckState
from app.domain.switches import Switch
from app.domain.waiting import Waits, waits
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
    SwitchState,
)
from app.queries.waiting import COURSE, IN_QUEUE, MOST_WAITING, moments, oldest, rated_waits

PAGE = 30
COUNTED = MOST_WAITING
"""Counting stops here: beyond it the page says "1,000 and more", whatever the queue holds."""
LONG_SECONDS = timedelta(days=5).total_seconds()

READER = bindparam("reader_id", type_=Uuid)
PATIENT = bindparam("patient", type_=Moment)
AFTER = bindparam("after_at", type_=Moment), bindparam("after_id", type_=Uuid)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One piece of work. `holder` has it until `lease_until`; an ended lease makes it free again."""

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
    lease_until: datetime | None
    rated: int
    criteria: int
    skipped: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    more: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """How much waits (up to COUNTED), how much of it for long, the usual wait, and why nothing can be claimed."""

    waiting: int
    long: int
    waits: Waits | None
    paused: str | None
    holds_work: bool


def learner_label(submission_id: UUID) -> str:
    """A name for somebody whose name must not be known: the same for every version of one piece of work."""
    number = int.from_bytes(hashlib.sha256(submission_id.bytes).digest()[:4], "big") % 9000 + 1000
    return f"learner-{number}"


def review_queue(
    db: Reader, actor: Actor, course_slug: str, *, after: tuple[datetime, UUID] | None, now: datetime
) -> QueuePage:
    """The next thirty pieces after that key. Own work is left out, and so is work whose checks still run."""
    values = moments(course_slug, now=now) | {"reader_id": actor.id, "patient": now - PATIENCE}
    if after is not None:
        values |= {"after_at": after[0], "after_id": after[1]}
    found = [_row(row, now) for row in db.execute(_FIRST if after is None else _NEXT, values)]
    more = (found[PAGE - 1].queued_at, found[PAGE - 1].version_id) if len(found) > PAGE else None
    return QueuePage(tuple(found[:PAGE]), more)


def my_claims(db: Reader, actor: Actor, *, now: datetime) -> tuple[QueueRow, ...]:
    """What this reviewer holds, the lease that ends first on top; ended leases that nobody took included."""
    return tuple(_row(row, now, mine=True) for row in db.execute(_MINE, {"reader_id": actor.id}))


def queue_standing(db: Reader, actor: Actor, course_slug: str, *, now: datetime) -> QueueStanding:
    """One SELECT of one row, over as many versions as `queries.waiting` looks at, so that both say the same."""
    row = db.execute(_STANDING, moments(course_slug, now=now) | {"reader_id": actor.id}).one()
    ages = row.ages or ()
    long = sum(age > LONG_SECONDS for age in ages)
    usual = waits(finished=row.rated or (), waiting=ages)
    return QueueStanding(len(ages), long, usual, row.paused, row.holds_work)


def _row(row: Row[*tuple[Any, ...]], now: datetime, *, mine: bool = False) -> QueueRow:
    held = row.review_id is not None and (row.lease_until > now or mine)
    return QueueRow(
        version_id=row.id,
        capstone_slug=row.capstone_slug,
        number=row.number,
        learner=learner_label(row.submission_id),
        queued_at=row.queued_at,
        contradicted=row.contradicted or 0,
        blocked=row.blocked or 0,
        warned=row.warned or 0,
        agreeing=row.agreeing or 0,
        review_id=row.review_id if held else None,
        holder=row.holder if held else None,
        is_mine=bool(held and row.is_mine),
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
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.queued_at,
            Ledger.contradicted,
            Ledger.blocked,
            Ledger.warned,
            Ledger.agreeing,
            Review.id.label("review_id"),
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
        .outerjoin(
            Review, and_(Review.version_id == SubmissionVersion.id, Review.state == ReviewState.CLAIMED)
        )
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .where(Submission.person_id != READER)
    )


def _has_joined() -> ColumnElement[bool]:
    """The checks have ended, or were waited for long enough. `services.review_turns` says the same."""
    unfinished = exists().where(
        EvidenceFile.version_id == SubmissionVersion.id,
        CheckRun.file_id == EvidenceFile.id,
        or_(CheckRun.state == CheckState.QUEUED, CheckRun.state == CheckState.RUNNING),
    )
    return or_(SubmissionVersion.queued_at <= PATIENT, ~unfinished)


def _standing() -> Select[*tuple[Any, ...]]:
    queue = oldest()
    return select(
        func.array_agg(queue.c.age).label("ages"),
        rated_waits().label("rated"),
        select(SwitchState.message)
        .where(SwitchState.switch == Switch.REVIEWS, SwitchState.paused)
        .scalar_subquery()
        .label("paused"),
        exists().where(Review.reviewer_id == READER, Review.state == ReviewState.CLAIMED).label("holds_work"),
    )


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


_QUEUE = (
    _rows()
    .where(IN_QUEUE, SubmissionVersion.course_slug == COURSE, _has_joined())
    .order_by(SubmissionVersion.queued_at, SubmissionVersion.id)
    .limit(PAGE + 1)
)
_FIRST = _QUEUE
_NEXT = _QUEUE.where(tuple_(SubmissionVersion.queued_at, SubmissionVersion.id) > tuple_(*AFTER))
_MINE = (
    _rows()
    .where(Review.reviewer_id == READER, Review.state == ReviewState.CLAIMED)
    .order_by(Review.lease_until, Review.id)
    .limit(PAGE)
)
_STANDING = _standing()
