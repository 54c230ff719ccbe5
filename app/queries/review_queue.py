"""The review queue: oldest first, paged by key, without a trace of whose work it is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    ScalarSelect,
    Select,
    and_,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.reviews import State as ReviewState
from app.domain.submissions import PATIENCE, RATED, CheckState
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
from app.queries.waiting import MOST_RATED, MOST_WAITING, RECENT

PAGE = 30
COUNTED = MOST_WAITING
"""Counting stops here: beyond it the page says "1,000 and more", whatever the queue holds."""
LONG = timedelta(days=5)

IN_QUEUE: ColumnElement[bool] = literal_column("(submission_version.state IN ('submitted', 'in_review'))")
"""Spelled out, because only so does PostgreSQL see that the partial index serves."""


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
    db: Session, actor: Actor, course_slug: str, *, after: tuple[datetime, UUID] | None, now: datetime
) -> QueuePage:
    """The next thirty pieces after that key. Own work is left out, and so is work whose checks still run."""
    query = _rows(actor, now).where(IN_QUEUE, SubmissionVersion.course_slug == course_slug, _has_joined(now))
    if after is not None:
        query = query.where(tuple_(SubmissionVersion.queued_at, SubmissionVersion.id) > tuple_(*after))
    query = query.order_by(SubmissionVersion.queued_at, SubmissionVersion.id).limit(PAGE + 1)
    found = [_row(row, now) for row in db.execute(query)]
    more = (found[PAGE - 1].queued_at, found[PAGE - 1].version_id) if len(found) > PAGE else None
    return QueuePage(tuple(found[:PAGE]), more)


def my_claims(db: Session, actor: Actor, *, now: datetime) -> tuple[QueueRow, ...]:
    """What this reviewer holds, the lease that ends first on top; ended leases that nobody took included."""
    query = (
        _rows(actor, now)
        .where(Review.reviewer_id == actor.id, Review.state == ReviewState.CLAIMED)
        .order_by(Review.lease_until, Review.id)
        .limit(PAGE)
    )
    return tuple(_row(row, now, mine=True) for row in db.execute(query))


def queue_standing(db: Session, actor: Actor, course_slug: str, *, now: datetime) -> QueueStanding:
    """One SELECT of one row, over as many versions as `queries.waiting` looks at, so that both say the same."""
    row = db.execute(
        select(
            _ages(course_slug, now).label("ages"),
            _rated_waits(course_slug, now).label("rated"),
            select(SwitchState.message)
            .where(SwitchState.switch == Switch.REVIEWS, SwitchState.paused)
            .scalar_subquery()
            .label("paused"),
            exists()
            .where(Review.reviewer_id == actor.id, Review.state == ReviewState.CLAIMED)
            .label("holds_work"),
        )
    ).one()
    ages = [timedelta(seconds=seconds) for seconds in row.ages or ()]
    rated = [timedelta(seconds=seconds) for seconds in row.rated or ()]
    long = sum(age > LONG for age in ages)
    usual = waits(finished=rated, waiting=ages)
    return QueueStanding(len(ages), long, usual, row.paused, row.holds_work)


def _rows(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
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
            Review.reviewer_id,
            Review.lease_until,
            Person.name.label("holder"),
            (Review.reviewer_id == actor.id).label("is_mine"),
            _rated().label("rated"),
            _criteria().label("criteria"),
            exists()
            .where(SkippedReview.version_id == SubmissionVersion.id, SkippedReview.reviewer_id == actor.id)
            .label("skipped"),
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .outerjoin(Ledger, Ledger.version_id == SubmissionVersion.id)
        .outerjoin(
            Review, and_(Review.version_id == SubmissionVersion.id, Review.state == ReviewState.CLAIMED)
        )
        .outerjoin(Person, Person.id == Review.reviewer_id)
        .where(Submission.person_id != actor.id)
    )


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


def _has_joined(now: datetime) -> ColumnElement[bool]:
    """The checks have ended, or were waited for long enough. `services.review_turns` says the same."""
    unfinished = exists().where(
        EvidenceFile.version_id == SubmissionVersion.id,
        CheckRun.file_id == EvidenceFile.id,
        CheckRun.state.in_((CheckState.QUEUED, CheckState.RUNNING)),
    )
    return or_(SubmissionVersion.queued_at <= now - PATIENCE, ~unfinished)


def _ages(course_slug: str, now: datetime) -> ScalarSelect[list[float]]:
    """How long each of the oldest versions in flight has waited, in seconds."""
    oldest = (
        select((extract("epoch", now - SubmissionVersion.queued_at).cast(Float)).label("age"))
        .where(IN_QUEUE, SubmissionVersion.course_slug == course_slug)
        .order_by(SubmissionVersion.queued_at, SubmissionVersion.id)
        .limit(COUNTED)
        .subquery()
    )
    return select(func.array_agg(oldest.c.age)).scalar_subquery()


def _rated_waits(course_slug: str, now: datetime) -> ScalarSelect[list[float]]:
    """How long each version rated lately had waited, in seconds."""
    lately = (
        select(
            extract("epoch", SubmissionVersion.closed_at - SubmissionVersion.queued_at)
            .cast(Float)
            .label("wait")
        )
        .where(
            SubmissionVersion.course_slug == course_slug,
            SubmissionVersion.closed_at > now - RECENT,
            SubmissionVersion.closed_at.is_not(None),
            SubmissionVersion.state.in_(RATED),
        )
        .order_by(SubmissionVersion.closed_at.desc())
        .limit(MOST_RATED)
        .subquery()
    )
    return select(func.array_agg(lately.c.wait)).scalar_subquery()


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
