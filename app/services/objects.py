"""Stored bytes that no row names any more: noted by the database when their last row goes, deleted by the worker."""

from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import EvidenceFile, UnwantedObject


def any_due(db: Session, *, now: datetime) -> bool:
    """Whether there are bytes to delete."""
    return db.scalar(select(exists().where(UnwantedObject.due_at <= now))) or False


def note(db: Session, sha256: str, *, now: datetime) -> None:
    """Remember bytes that were stored for a file which is no longer there."""
    db.execute(insert(UnwantedObject).values(sha256=sha256, due_at=now).on_conflict_do_nothing())


def take_unwanted(db: Session, *, now: datetime) -> str | None:
    """The hash noted longest ago; "" when it is wanted again, None when none is due. Forgotten with the commit.

    Until then nobody can announce an upload of these bytes, so the object can be deleted before the commit and
    cannot be missed by anybody: an upload begun later finds it gone and brings its own.
    """
    noted = db.scalar(
        select(UnwantedObject.sha256)
        .where(UnwantedObject.due_at <= now)
        .order_by(UnwantedObject.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if noted is None:
        return None
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("object " + noted, 0))))
    is_named = db.scalar(select(exists().where(EvidenceFile.sha256 == noted)))
    db.execute(delete(UnwantedObject).where(UnwantedObject.sha256 == noted))
    return "" if is_named else noted
