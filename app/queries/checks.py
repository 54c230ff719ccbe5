"""What the worker has to do, what it is doing and where it is stuck, for the admin's page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from app.db import Reader
from app.domain.submissions import CheckState
from app.models import (
    CheckResult,
    CheckRun,
    EvidenceFile,
    OutgoingMail,
    Person,
    Submission,
    SubmissionVersion,
)
from app.models.operations import MailState
from app.words import _

PAGE = 50
UNTOUCHED = timedelta(minutes=1)
"""How long something may be due, or a lease be over, before it counts as stuck: a worker looks every second."""
RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """Checks or mails by what is happening to them. `later` waits for its next attempt, `stuck` for a worker."""

    due: int
    running: int
    later: int
    stuck: int
    failed: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One check or mail that does not move by itself. `noun` is "check" or "mail"; `can_retry` when it has failed."""

    noun: str
    id: UUID
    what: str
    person: str
    version_id: UUID | None  # of a version that was sent: a draft is its author's alone
    state: str
    reason: str
    since: datetime
    attempts: int
    can_retry: bool


@dataclass(frozen=True, slots=True)
class Readings:
    """Checks that ended in the last day in one sandbox level; milliseconds."""

    sandbox: str
    count: int
    median_ms: int
    slowest_ms: int


WHY: Mapping[CheckState | MailState, str] = {
    CheckState.QUEUED: _("No worker has taken it. Is one running?"),
    CheckState.RUNNING: _("The worker that took it went silent, and no other has taken it since."),
    CheckState.ERROR: "",
    MailState.QUEUED: _("No worker has sent it. Is one running, and is SMTP_HOST set?"),
    MailState.SENDING: _("The worker that took it went silent, and no other has taken it since."),
    MailState.FAILED: "",
}


def check_counts(db: Reader, *, now: datetime) -> Counts:
    """Checks that still have to do something, or have failed."""
    state, run = CheckRun.state, CheckRun
    waiting = state == CheckState.QUEUED
    running = state == CheckState.RUNNING
    return _counts(
        db,
        select(
            func.count().filter(waiting, run.due_at <= now),
            func.count().filter(running, run.lease_until >= now),
            func.count().filter(waiting, run.due_at > now),
            func.count().filter(_is_stuck_check(now)),
            func.count().filter(state == CheckState.ERROR),
        ).where(state != CheckState.DONE),
    )


def mail_counts(db: Reader, *, now: datetime) -> Counts:
    """Mails that still have to go out, or were given up."""
    state, mail = OutgoingMail.state, OutgoingMail
    waiting = state == MailState.QUEUED
    return _counts(
        db,
        select(
            func.count().filter(waiting, mail.due_at <= now),
            func.count().filter(state == MailState.SENDING, mail.lease_until >= now),
            func.count().filter(waiting, mail.due_at > now),
            func.count().filter(_is_stuck_mail(now)),
            func.count().filter(state == MailState.FAILED),
        ).where(state != MailState.SENT),
    )


def problems(db: Reader, *, now: datetime) -> list[Problem]:
    """What needs an admin, longest first: failed, or due and not done for a minute, each with its reason."""
    found = [*_check_problems(db, now), *_mail_problems(db, now)]
    return sorted(found, key=lambda problem: problem.since)


def readings(db: Reader, *, now: datetime) -> list[Readings]:
    """How the last day's checks were isolated, and how long they took."""
    rows = db.execute(
        select(
            CheckResult.sandbox,
            func.count(),
            func.percentile_disc(0.5).within_group(CheckResult.took_ms),
            func.max(CheckResult.took_ms),
        )
        .where(CheckResult.created_at > now - RECENT)
        .group_by(CheckResult.sandbox)
        .order_by(CheckResult.sandbox)
    )
    return [Readings(*row) for row in rows]


def _counts(db: Reader, query: Select[int, int, int, int, int]) -> Counts:
    return Counts(*db.execute(query).one())


def _check_problems(db: Reader, now: datetime) -> Iterator[Problem]:
    since = func.coalesce(CheckRun.finished_at, CheckRun.lease_until, CheckRun.due_at)
    rows = db.execute(
        select(
            CheckRun.id,
            EvidenceFile.name.label("what"),
            Person.name.label("person"),
            case((SubmissionVersion.submitted_at.is_not(None), SubmissionVersion.id)).label("version_id"),
            CheckRun.state,
            CheckRun.error,
            since.label("since"),
            CheckRun.attempts,
        )
        .join(EvidenceFile, EvidenceFile.id == CheckRun.file_id)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(or_(CheckRun.state == CheckState.ERROR, _is_stuck_check(now)))
        .order_by(since, CheckRun.id)
        .limit(PAGE)
    )
    for row in rows:
        failed = row.state is CheckState.ERROR
        yield _problem("check", row, WHY[row.state], version_id=row.version_id, failed=failed)


def _mail_problems(db: Reader, now: datetime) -> Iterator[Problem]:
    since = func.coalesce(OutgoingMail.lease_until, OutgoingMail.due_at)
    rows = db.execute(
        select(
            OutgoingMail.id,
            OutgoingMail.template.label("what"),
            Person.name.label("person"),
            OutgoingMail.state,
            OutgoingMail.error,
            since.label("since"),
            OutgoingMail.attempts,
        )
        .join(Person, Person.id == OutgoingMail.person_id)
        .where(or_(OutgoingMail.state == MailState.FAILED, _is_stuck_mail(now)))
        .order_by(since, OutgoingMail.id)
        .limit(PAGE)
    )
    for row in rows:
        failed = row.state is MailState.FAILED
        yield _problem("mail", row, WHY[row.state], version_id=None, failed=failed)


def _problem(
    noun: str, row: Row[*tuple[Any, ...]], why: str, *, version_id: UUID | None, failed: bool
) -> Problem:
    return Problem(
        noun=noun,
        id=row.id,
        what=row.what,
        person=row.person,
        version_id=version_id,
        state=row.state.value,
        reason=" ".join(filter(None, (why, row.error))),
        since=row.since,
        attempts=row.attempts,
        can_retry=failed,
    )


def _is_stuck_check(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(CheckRun.state == CheckState.QUEUED, CheckRun.due_at < now - UNTOUCHED),
        and_(CheckRun.state == CheckState.RUNNING, CheckRun.lease_until < now - UNTOUCHED),
    )


def _is_stuck_mail(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(OutgoingMail.state == MailState.QUEUED, OutgoingMail.due_at < now - UNTOUCHED),
        and_(OutgoingMail.state == MailState.SENDING, OutgoingMail.lease_until < now - UNTOUCHED),
    )
