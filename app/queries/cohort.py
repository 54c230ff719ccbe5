"""Where people are, how long they wait, and how much and how reviewers rate. Every number has a list behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
)

from app.db import Reader
from app.domain.applications import WAITING
from app.domain.applications import State as ApplicationState
from app.domain.cohort import RECENT, SPANS, Span, Step
from app.domain.reviews import State, Verdict
from app.domain.submissions import IN_FLIGHT, RATED
from app.domain.submissions import State as VersionState
from app.domain.waiting import Waits, waits
from app.models import (
    Application,
    Certificate,
    Enrolment,
    MoveDone,
    Person,
    Review,
    RubricLevel,
    Score,
    Submission,
    SubmissionVersion,
)
from app.queries.waiting import moments, oldest, rated_waits

MOST_REVIEWERS = 100


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """What somebody rated lately. The shares are points given of points possible: the median and the middle half."""

    id: UUID
    name: str
    holding: int
    rated: int
    verdicts: Mapping[Verdict, int]
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits for a rating, and how long work waits for it."""

    waiting: int
    waits: Waits | None


def reached(step: Step, course_slug: str) -> ColumnElement[bool]:
    """For a SELECT of people: whether this one has done that."""
    return _REACHED[step](course_slug)


def funnel(db: Reader, course_slug: str) -> dict[Step, int]:
    """How many people reached each step; one SELECT."""
    counts = (func.count().filter(reached(step, course_slug)) for step in Step)
    row = db.execute(select(*counts).select_from(Person)).one()
    return dict(zip(Step, row, strict=True))


def queue(db: Reader, course_slug: str, *, now: datetime) -> Queue:
    """The same waits that the queue and the learner's page name; one SELECT."""
    ages = func.array_agg(oldest().c.age)
    row = db.execute(
        select(ages.label("ages"), rated_waits().label("rated")), moments(course_slug, now=now)
    ).one()
    return Queue(len(row.ages or ()), waits(finished=row.rated or (), waiting=row.ages or ()))


def spans(db: Reader, course_slug: str, *, now: datetime) -> dict[str, int]:
    """How many pieces of work waited how long until they were rated, of late; one SELECT."""
    counts = (func.count().filter(waited(each)) for each in SPANS)
    row = db.execute(select(*counts).where(rated_lately(course_slug, now=now))).one()
    return dict(zip((each.key for each in SPANS), row, strict=True))


def decision_waits(db: Reader, course_slug: str, *, now: datetime) -> Waits | None:
    """How long requests for access wait for their decision; one SELECT."""
    decided = Application.state.in_((ApplicationState.GRANTED, ApplicationState.DECLINED))
    until = func.coalesce(Application.decided_at, now)
    wait = extract("epoch", until - Application.received_at).cast(Float)
    found = db.execute(
        select(
            func.array_agg(wait).filter(decided).label("ended"),
            func.array_agg(wait).filter(~decided).label("open"),
        ).where(
            Application.course_slug == course_slug,
            or_(and_(decided, Application.decided_at > now - RECENT), Application.state.in_(WAITING)),
        )
    ).one()
    return waits(finished=found.ended or (), waiting=found.open or ())


def reviewers(db: Reader, course_slug: str, *, now: datetime) -> tuple[ReviewerRow, ...]:
    """Who rated lately or holds work, the one with most ratings first; one SELECT."""
    rows = db.execute(_reviewers(course_slug, now))
    return tuple(
        ReviewerRow(
            row.id,
            row.name,
            row.holding,
            row.rated,
            {verdict: getattr(row, verdict.value) for verdict in Verdict},
            *(row.quartiles or (None, None, None)),
        )
        for row in rows
    )


def rated_lately(course_slug: str, *, now: datetime) -> ColumnElement[bool]:
    """For a SELECT of versions: whether this one was rated within the time that is counted."""
    return and_(
        SubmissionVersion.course_slug == course_slug,
        SubmissionVersion.state.in_(RATED),
        SubmissionVersion.closed_at > now - RECENT,
    )


def waited(span: Span) -> ColumnElement[bool]:
    """For a SELECT of versions: whether this one waited so long for its rating."""
    wait = SubmissionVersion.closed_at - SubmissionVersion.queued_at
    at_least = wait >= span.shortest
    return at_least if span.longest is None else and_(at_least, wait < span.longest)


def in_hand(*, now: datetime) -> ColumnElement[bool]:
    """For a SELECT of reviews: whether it still belongs to its reviewer. A claim whose time is over is nobody's."""
    return or_(Review.state != State.CLAIMED, Review.lease_until > now)


def _reviewers(course_slug: str, now: datetime) -> Select[*tuple[Any, ...]]:
    given = _given(course_slug, now)
    held = (
        select(Review.reviewer_id, func.count().label("number"))
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .where(
            SubmissionVersion.course_slug == course_slug,
            SubmissionVersion.state.in_(IN_FLIGHT),
            Review.state.in_((State.CLAIMED, State.DECIDED)),
            in_hand(now=now),
        )
        .group_by(Review.reviewer_id)
        .subquery()
    )
    holding = func.coalesce(held.c.number, 0).label("holding")
    quartiles = func.percentile_cont([0.25, 0.5, 0.75]).within_group(given.c.share)
    rated = func.count(given.c.review_id).label("rated")
    verdicts = [func.count().filter(given.c.verdict == verdict).label(verdict.value) for verdict in Verdict]
    return (
        select(Person.id, Person.name, holding, rated, *verdicts, quartiles.label("quartiles"))
        .outerjoin(given, given.c.reviewer_id == Person.id)
        .outerjoin(held, held.c.reviewer_id == Person.id)
        .where(or_(given.c.review_id.is_not(None), held.c.number.is_not(None)))
        .group_by(Person.id, Person.name, held.c.number)
        .order_by(rated.desc(), Person.name, Person.id)
        .limit(MOST_REVIEWERS)
    )


def _given(course_slug: str, now: datetime) -> Subquery:
    """Ratings of late with the share of the possible points that they give."""
    most = (
        select(RubricLevel.rubric_version_id, func.max(RubricLevel.points).label("points"))
        .group_by(RubricLevel.rubric_version_id, RubricLevel.criterion_key)
        .subquery()
    )
    possible = (
        select(most.c.rubric_version_id, func.sum(most.c.points).label("points"))
        .group_by(most.c.rubric_version_id)
        .subquery()
    )
    points = (
        select(func.sum(Score.points)).where(Score.review_id == Review.id).correlate(Review).scalar_subquery()
    )
    return (
        select(
            Review.id.label("review_id"),
            Review.reviewer_id,
            Review.verdict,
            (cast(points, Float) / possible.c.points).label("share"),
        )
        .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
        .join(possible, possible.c.rubric_version_id == Review.rubric_version_id)
        .where(Review.state == State.RELEASED, rated_lately(course_slug, now=now))
        .subquery()
    )


def _applied(course_slug: str) -> ColumnElement[bool]:
    return exists().where(
        Application.person_id == Person.id,
        Application.course_slug == course_slug,
        Application.received_at.is_not(None),
    )


def _let_in(course_slug: str) -> ColumnElement[bool]:
    return exists().where(Enrolment.person_id == Person.id, Enrolment.course_slug == course_slug)


def _active(course_slug: str) -> ColumnElement[bool]:
    """Ticked a move, or began a capstone."""
    ticked = exists().where(MoveDone.person_id == Person.id, MoveDone.course_slug == course_slug)
    began = exists().where(Submission.person_id == Person.id, Submission.course_slug == course_slug)
    return or_(ticked, began)


def _handed_in(course_slug: str) -> ColumnElement[bool]:
    return _version(course_slug, SubmissionVersion.submitted_at.is_not(None))


def _passed(course_slug: str) -> ColumnElement[bool]:
    return _version(course_slug, SubmissionVersion.state == VersionState.PASSED)


def _version(course_slug: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Submission.person_id == Person.id,
        SubmissionVersion.submission_id == Submission.id,
        SubmissionVersion.course_slug == course_slug,
        condition,
    )


def _certified(course_slug: str) -> ColumnElement[bool]:
    return exists().where(
        Certificate.person_id == Person.id,
        Certificate.course_slug == course_slug,
        Certificate.revoked_at.is_(None),
    )


_REACHED = {
    Step.APPLIED: _applied,
    Step.LET_IN: _let_in,
    Step.ACTIVE: _active,
    Step.HANDED_IN: _handed_in,
    Step.PASSED: _passed,
    Step.CERTIFIED: _certified,
}
