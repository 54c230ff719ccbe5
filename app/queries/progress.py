"""How far a learner has come: ticked moves, capstones, what is still missing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.course import Course
from app.db import Reader
from app.domain.completion import Progress, progress
from app.domain.reviews import State as ReviewState
from app.domain.submissions import IN_FLIGHT, State
from app.domain.waiting import Waits
from app.models import Appeal, Certificate, Ledger, MoveDone, Review, Submission, SubmissionVersion
from app.queries.waiting import QueueOutlook, queue_outlook
from app.words import _


@dataclass(frozen=True, slots=True)
class CapstoneRow:
    """A capstone as the learner's home shows it; `state` is None before it is started."""

    number: int
    slug: str
    title: str
    state: State | None
    version_id: UUID | None
    round: int | None
    passed: bool
    news: str
    news_at: datetime | None
    before: int | None
    contradicted: int
    blocked: int


@dataclass(frozen=True, slots=True)
class Home:
    """The way to the certificate; `certificate_code` once it is issued."""

    progress: Progress
    capstones: tuple[CapstoneRow, ...]
    waits: Waits | None
    certificate_code: str | None


def learner_home(db: Reader, person_id: UUID, *, course: Course, now: datetime) -> Home:
    """At most four SELECTs, whatever was done so far."""
    ticked = ticked_moves(db, person_id, course_slug=course.slug)
    versions = _versions(db, person_id, course.slug)
    waiting = any(version.state in IN_FLIGHT for version in versions)
    outlook = queue_outlook(db, course.slug, now=now) if waiting else QueueOutlook((), None)
    passed = {version.capstone_slug for version in versions if version.state is State.PASSED}
    return Home(
        progress=progress(course, moves=ticked, passed=passed),
        capstones=tuple(
            _row(capstone.number, capstone.slug, capstone.title, versions, outlook)
            for capstone in course.capstones
        ),
        waits=outlook.waits,
        certificate_code=_certificate_code(db, person_id, course.slug),
    )


def ticked_moves(db: Reader, person_id: UUID, *, course_slug: str) -> frozenset[tuple[str, str]]:
    """(module slug, move key) of every move the person has ticked."""
    rows = db.execute(
        select(MoveDone.module_slug, MoveDone.move_key).where(
            MoveDone.person_id == person_id, MoveDone.course_slug == course_slug
        )
    )
    return frozenset((row.module_slug, row.move_key) for row in rows)


@dataclass(frozen=True, slots=True)
class _Version:
    id: UUID
    capstone_slug: str
    number: int
    state: State
    created_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    contradicted: int | None
    blocked: int | None
    summary: str | None
    released_at: datetime | None
    is_from_appeal: bool


def _versions(db: Reader, person_id: UUID, course_slug: str) -> list[_Version]:
    """All versions of the person, newest first, each with the review in force."""
    rows = db.execute(
        select(
            SubmissionVersion.id,
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.state,
            SubmissionVersion.created_at,
            SubmissionVersion.submitted_at,
            SubmissionVersion.closed_at,
            Ledger.contradicted,
            Ledger.blocked,
            Review.summary,
            Review.released_at,
            exists().where(Appeal.new_review_id == Review.id).label("is_from_appeal"),
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .outerjoin(Ledger, Ledger.version_id == SubmissionVersion.id)
        .outerjoin(
            Review, (Review.version_id == SubmissionVersion.id) & (Review.state == ReviewState.RELEASED)
        )
        .where(Submission.person_id == person_id, Submission.course_slug == course_slug)
        .order_by(SubmissionVersion.number.desc())
        .limit(500)
    )
    return [_Version(**row._mapping) for row in rows]


def _row(number: int, slug: str, title: str, versions: list[_Version], outlook: QueueOutlook) -> CapstoneRow:
    """The piece of news that matters most: a pass, else what is in flight, else the newest version."""
    own = [version for version in versions if version.capstone_slug == slug]
    passed = next((version for version in own if version.state is State.PASSED), None)
    in_flight = next((version for version in own if version.state in IN_FLIGHT), None)
    shown = passed or in_flight or (own[0] if own else None)
    if shown is None:
        return CapstoneRow(number, slug, title, None, None, None, False, "", None, None, 0, 0)
    rated = next((version for version in own if version.released_at is not None), None)
    news, news_at = _news(shown, rated)
    return CapstoneRow(
        number=number,
        slug=slug,
        title=title,
        state=shown.state,
        version_id=shown.id,
        round=shown.number,
        passed=passed is not None,
        news=news,
        news_at=news_at,
        before=outlook.before(shown.id),
        contradicted=shown.contradicted or 0,
        blocked=shown.blocked or 0,
    )


def _news(shown: _Version, rated: _Version | None) -> tuple[str, datetime | None]:
    """What a reviewer last said, else what happened last."""
    if shown.state in IN_FLIGHT:
        return _("Sent"), shown.submitted_at
    if rated is not None and rated.is_from_appeal:
        return _("An appeal was upheld"), rated.released_at
    if rated is not None and rated.summary:
        return _("“%(strip)s”", strip=rated.summary.strip()), rated.released_at
    if shown.state is State.WITHDRAWN:
        return _("Withdrawn"), shown.closed_at
    return _("Started"), shown.created_at


def _certificate_code(db: Reader, person_id: UUID, course_slug: str) -> str | None:
    return db.scalar(
        select(Certificate.code).where(
            Certificate.person_id == person_id,
            Certificate.course_slug == course_slug,
            Certificate.revoked_at.is_(None),
        )
    )
