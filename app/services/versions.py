"""Versions of a piece of work: found, locked, and made with what the one before held. `submissions` moves them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.course.values import Capstone, Course
from app.db import new_id
from app.domain.actors import Actor, may_work_on
from app.domain.errors import Conflict, NotFound, require
from app.domain.submissions import State
from app.models import Claim, EvidenceFile, Submission, SubmissionVersion
from app.services import checks, rubrics
from app.words import _


def lock_own(db: Session, actor: Actor, version_id: UUID) -> SubmissionVersion:
    """The version, locked; NotFound for everybody but its author."""
    found = db.execute(
        select(SubmissionVersion, Submission.person_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(SubmissionVersion.id == version_id)
        .with_for_update(of=SubmissionVersion, key_share=True)
    ).one_or_none()
    if found is None or found.person_id != actor.id:
        raise NotFound
    require(
        may_work_on(actor, owner_id=found.person_id),
        _("Your place in the course has ended, so this stays as it is."),
    )
    version: SubmissionVersion = found[0]
    return version


def lock_draft(db: Session, actor: Actor, version_id: UUID) -> SubmissionVersion:
    """The version, locked and still open to change; Conflict once it was sent or withdrawn."""
    version = lock_own(db, actor, version_id)
    if version.state is not State.DRAFT:
        raise Conflict(
            _("This version was sent or withdrawn, so it does not change any more. Open the capstone again.")
        )
    return version


def capstone_of(course: Course, slug: str) -> Capstone:
    """The capstone of that slug; NotFound when the course has none."""
    try:
        return course.capstone(slug)
    except KeyError:
        raise NotFound from None


def lock_submission(
    db: Session, person_id: UUID, course_slug: str, capstone_slug: str, *, now: datetime
) -> Submission:
    """All of a person's work on a capstone, locked; made at the first call."""
    db.execute(
        insert(Submission)
        .values(
            id=new_id(),
            person_id=person_id,
            course_slug=course_slug,
            capstone_slug=capstone_slug,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return db.scalars(
        select(Submission)
        .where(
            Submission.person_id == person_id,
            Submission.course_slug == course_slug,
            Submission.capstone_slug == capstone_slug,
        )
        .with_for_update(key_share=True)
    ).one()


def versions_of(db: Session, submission_id: UUID) -> Sequence[SubmissionVersion]:
    """All versions of this work, newest first."""
    return db.scalars(
        select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission_id)
        .order_by(SubmissionVersion.number.desc())
    ).all()


def add_version(
    db: Session, submission: Submission, number: int, *, source: SubmissionVersion | None, now: datetime
) -> UUID:
    """A new draft under the rubric published now, with the files and claims of `source`."""
    version = SubmissionVersion(
        id=new_id(),
        submission_id=submission.id,
        course_slug=submission.course_slug,
        capstone_slug=submission.capstone_slug,
        number=number,
        state=State.DRAFT,
        rubric_version_id=rubrics.current(db, submission.course_slug, submission.capstone_slug),
        created_at=now,
    )
    db.add(version)
    db.flush()  # what is carried over refers to it
    if source is not None:
        _carry_files(db, source.id, version.id, now=now)
        _carry_claims(db, source.id, version.id)
    return version.id


def files_of(db: Session, version_id: UUID) -> Sequence[EvidenceFile]:
    """The files of a version, by slot and then by age."""
    return db.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.version_id == version_id)
        .order_by(EvidenceFile.slot, EvidenceFile.created_at, EvidenceFile.id)
    ).all()


def _carry_files(db: Session, from_id: UUID, to_id: UUID, *, now: datetime) -> None:
    """The same bytes in the new version, checked again there: a newer checker may know more."""
    for file in files_of(db, from_id):
        if file.stored_at is None:
            continue
        carried = EvidenceFile(
            id=new_id(),
            version_id=to_id,
            slot=file.slot,
            name=file.name,
            size=file.size,
            media_type=file.media_type,
            sha256=file.sha256,
            kind=file.kind,
            carried_from_id=file.id,
            created_at=now,
            uploaded_at=file.uploaded_at,
            stored_at=file.stored_at,
        )
        db.add(carried)
        db.flush()  # the check refers to it
        checks.promise_check(db, carried.id, kind=file.kind, now=now)


def _carry_claims(db: Session, from_id: UUID, to_id: UUID) -> None:
    for claim in db.scalars(select(Claim).where(Claim.version_id == from_id)):
        db.add(
            Claim(
                version_id=to_id,
                key=claim.key,
                value=claim.value,
                text=claim.text,
                unit=claim.unit,
                typed_at=claim.typed_at,
            )
        )
