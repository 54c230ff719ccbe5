"""Erasing a person who asked for it (I29): once, for good, and leaving what others rely on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.actors import Actor, may_administer
from app.domain.errors import Forbidden, NotFound, Unavailable, require
from app.models import EvidenceFile, Person, Submission, SubmissionVersion
from app.services import audit, outbox
from app.words import _

LOCK_NOT_AVAILABLE = "55P03"


def erase(db: Session, actor: Actor | None, person_id: UUID, *, now: datetime) -> list[str]:
    """Take away what a person wrote, uploaded and is called; verdicts and the audit trail keep a number.

    `actor` is None for the operator at the command line. Returns the staging keys that can be deleted after the
    commit; the worker deletes what was stored. A second time changes nothing.
    """
    require(actor is None or may_administer(actor), _("Only an admin can erase people."))
    if actor is not None and actor.id == person_id:
        raise Forbidden(_("Ask another admin to erase you, so that one always remains."))
    person = db.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        return []
    staged = _staged(db, person_id)
    by = actor.id if actor else None
    try:
        db.execute(select(func.erase_person(person_id, by, now)))
    except OperationalError as busy:
        if getattr(busy.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise Unavailable(
            _("Too much is being written at this moment. Nothing was erased; try again.")
        ) from busy
    db.expire_all()
    audit.record(db, by, "person.erase", "person", person_id, subject_id=person_id, now=now)
    outbox.is_due(db)
    return staged


def _staged(db: Session, person_id: UUID) -> list[str]:
    """Where bytes of this person lie that were uploaded and not stored yet."""
    keys = db.scalars(
        select(EvidenceFile.staging_key)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.person_id == person_id, EvidenceFile.staging_key.is_not(None))
    )
    return [key for key in keys if key]
