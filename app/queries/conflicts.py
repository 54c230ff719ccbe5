"""Conflicts of interest: one reviewer's list, and all of them for admins. What they close is `models.closed_work`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.actors import Actor, may_read_work
from app.domain.errors import NotFound
from app.models import ConflictOfInterest, Person, Submission, SubmissionVersion
from app.queries.labels import author_name, called

READER = bindparam("reader_id", type_=Uuid)
MOST = 200


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A version by what a reviewer may know of it."""

    version_id: UUID
    capstone_slug: str
    number: int
    learner: str


@dataclass(frozen=True, slots=True)
class DeclaredConflict:
    """A conflict for the reviewer who declared it."""

    capstone_slug: str
    learner: str
    whole_learner: bool
    reason: str
    declared_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportedConflict:
    """A conflict for admins, with the names of both."""

    id: UUID
    reviewer: str
    learner: str
    capstone_slug: str
    whole_learner: bool
    reason: str
    declared_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None


def named_work(db: Reader, actor: Actor, version_id: UUID, *, named: bool) -> NamedWork:
    """A sent version of somebody else by what its author is called; NotFound for its author."""
    row = db.execute(
        select(
            SubmissionVersion.capstone_slug,
            SubmissionVersion.number,
            SubmissionVersion.submission_id,
            SubmissionVersion.submitted_at,
            Submission.person_id,
            author_name(),
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(SubmissionVersion.id == version_id),
        {"named": named},
    ).one_or_none()
    if row is None or row.person_id == actor.id:
        raise NotFound
    if not may_read_work(actor, owner_id=row.person_id, was_sent=row.submitted_at is not None):
        raise NotFound
    return NamedWork(version_id, row.capstone_slug, row.number, called(row.author, row.submission_id))


def declared_conflicts(db: Reader, actor: Actor, *, named: bool) -> tuple[DeclaredConflict, ...]:
    """What this reviewer declared, the latest first."""
    rows = db.execute(
        select(
            author_name(),
            Submission.capstone_slug,
            ConflictOfInterest.submission_id,
            ConflictOfInterest.learner_id.is_not(None),
            ConflictOfInterest.reason,
            ConflictOfInterest.declared_at,
            ConflictOfInterest.withdrawn_at,
        )
        .join(Submission, Submission.id == ConflictOfInterest.submission_id)
        .where(ConflictOfInterest.reviewer_id == actor.id)
        .order_by(ConflictOfInterest.declared_at.desc(), ConflictOfInterest.id.desc())
        .limit(MOST),
        {"named": named},
    )
    return tuple(
        DeclaredConflict(slug, called(author, work), is_whole, reason, declared_at, withdrawn_at)
        for author, slug, work, is_whole, reason, declared_at, withdrawn_at in rows
    )


def reported_conflicts(db: Reader, course_slug: str) -> tuple[ReportedConflict, ...]:
    """Every conflict in a course for admins: those in force first, the latest on top."""
    reviewer, learner, admin = aliased(Person), aliased(Person), aliased(Person)
    rows = db.execute(
        select(
            ConflictOfInterest.id,
            reviewer.name,
            learner.name,
            Submission.capstone_slug,
            ConflictOfInterest.learner_id.is_not(None),
            ConflictOfInterest.reason,
            ConflictOfInterest.declared_at,
            ConflictOfInterest.withdrawn_at,
            admin.name,
        )
        .join(Submission, Submission.id == ConflictOfInterest.submission_id)
        .join(reviewer, reviewer.id == ConflictOfInterest.reviewer_id)
        .join(learner, learner.id == Submission.person_id)
        .outerjoin(admin, admin.id == ConflictOfInterest.withdrawn_by)
        .where(Submission.course_slug == course_slug)
        .order_by(
            ConflictOfInterest.withdrawn_at.is_not(None),
            ConflictOfInterest.declared_at.desc(),
            ConflictOfInterest.id.desc(),
        )
        .limit(MOST)
    )
    return tuple(ReportedConflict(*row) for row in rows)
