"""Lists for admins: people, the audit trail, switches, what is due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, distinct, func, literal, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.actors import Role
from app.domain.appeals import State as AppealState
from app.domain.applications import State as ApplicationState
from app.domain.cohort import Step
from app.domain.reviews import State as ReviewState
from app.domain.submissions import State as VersionState
from app.domain.switches import EFFECT, Switch
from app.models import (
    Appeal,
    Application,
    AuditEntry,
    Certificate,
    Person,
    Review,
    Submission,
    SubmissionVersion,
    SwitchState,
)
from app.queries import roles
from app.queries.cohort import reached

PAGE = 30
EXPORT_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: UUID
    name: str
    email: str | None
    created_at: datetime
    roles: frozenset[Role]
    passed: int
    certificate: str | None


@dataclass(frozen=True, slots=True)
class SwitchRow:
    switch: Switch
    effect: str
    paused: bool
    message: str
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    id: int
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """What waits for somebody: requests and appeals that are open, ratings about to be sent."""

    requests: int
    appeals: int
    ratings: int


def people(
    db: Reader,
    *,
    search: str,
    after: UUID | None,
    course_slug: str,
    step: Step | None = None,
    limit: int = PAGE + 1,
) -> list[PersonRow]:
    """People whose name or e-mail contains `search` and who reached `step`, the newest first, one more than a page
    when there are more; one SELECT."""
    query = select(
        Person.id,
        Person.name,
        Person.email,
        Person.created_at,
        roles.appointed(),
        roles.is_enrolled(course_slug),
        _passed(),
        _certificate(),
    ).order_by(Person.id.desc())
    if search:
        query = query.where(
            or_(
                Person.name.icontains(search, autoescape=True),
                Person.email.icontains(search, autoescape=True),
            )
        )
    if step is not None:
        query = query.where(reached(step, course_slug))
    if after is not None:
        query = query.where(Person.id < after)
    return [
        PersonRow(id_, name, email, created_at, roles.roles(held, enrolled=is_enrolled), count, code)
        for id_, name, email, created_at, held, is_enrolled, count, code in db.execute(query.limit(limit))
    ]


def _passed() -> ScalarSelect[int]:
    """For a SELECT of people: how many capstones each has passed."""
    return (
        select(func.count(distinct(Submission.id)))
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(Submission.person_id == Person.id, SubmissionVersion.state == VersionState.PASSED)
        .correlate(Person)
        .scalar_subquery()
    )


def _certificate() -> ScalarSelect[str]:
    """For a SELECT of people: the code of the certificate each holds."""
    return (
        select(Certificate.code)
        .where(Certificate.person_id == Person.id, Certificate.revoked_at.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )


def switches(db: Reader) -> list[SwitchRow]:
    """Every switch with its state; one without a row is running."""
    rows = db.execute(
        select(
            SwitchState.switch,
            SwitchState.paused,
            SwitchState.message,
            SwitchState.changed_at,
            func.coalesce(Person.name, ""),
        ).outerjoin(Person, Person.id == SwitchState.changed_by)
    )
    states = {switch: state for switch, *state in rows}
    untouched = (False, "", None, "")
    return [SwitchRow(switch, EFFECT[switch], *states.get(switch, untouched)) for switch in Switch]


def audit(db: Reader, *, action: str, before: int | None, limit: int = PAGE + 1) -> list[AuditRow]:
    """The audit trail, the latest first, one more than a page when there are more; `action` narrows it to entries that
    begin so."""
    actor, subject = aliased(Person), aliased(Person)
    query = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            func.coalesce(actor.name, "the portal"),
            AuditEntry.action,
            AuditEntry.object_type,
            AuditEntry.object_id,
            func.coalesce(subject.name, ""),
            AuditEntry.detail,
        )
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [AuditRow(*row) for row in db.execute(query)]


def broken_audit_entry(db: Reader) -> int | None:
    """The first entry whose hash or link to the one before does not hold; None while the chain is whole."""
    chained = select(
        AuditEntry.id,
        AuditEntry.hash,
        AuditEntry.previous_hash,
        func.lag(AuditEntry.hash, 1, literal(b"")).over(order_by=AuditEntry.id).label("expected"),
        func.lag(AuditEntry.id, 1, 0).over(order_by=AuditEntry.id).label("id_before"),
        func.audit_hash(literal_column("audit_entry")).label("computed"),
    ).subquery()
    broken: int | None = db.scalar(
        select(func.min(chained.c.id)).where(
            or_(
                chained.c.computed != chained.c.hash,
                chained.c.previous_hash != chained.c.expected,
                chained.c.id != chained.c.id_before + 1,
            )
        )
    )
    return broken


def due(db: Reader) -> Due:
    """How much waits, for the start page; one SELECT."""
    requests = select(func.count()).where(
        Application.state.in_((ApplicationState.RECEIVED, ApplicationState.QUESTION))
    )
    appeals = select(func.count()).where(Appeal.state == AppealState.OPEN)
    ratings = select(func.count()).where(Review.state == ReviewState.DECIDED)
    counts = (each.scalar_subquery() for each in (requests, appeals, ratings))
    return Due(*db.execute(select(*counts)).one())
