"""Work that is owed because a transaction said so: mails here, checks in `services.checks`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.models import OutgoingMail
from app.models.operations import MailState

_COLUMNS = ("id", "dedupe_key", "person_id", "template", "context", "state", "due_at", "created_at")
_PROMISE = (
    insert(OutgoingMail)
    .values({name: bindparam(name) for name in _COLUMNS})
    .on_conflict_do_nothing(index_elements=["dedupe_key"])
)


def promise_mail(
    db: Session, person_id: UUID, template: str, context: Mapping[str, Any], *, dedupe_key: str, now: datetime
) -> None:
    """Record that this mail must go out if, and only if, this transaction commits; once for each `dedupe_key`."""
    mail = {
        "id": new_id(),
        "dedupe_key": dedupe_key,
        "person_id": person_id,
        "template": template,
        "context": dict(context),
        "state": MailState.QUEUED,
        "due_at": now,
        "created_at": now,
    }
    db.connection().execute(_PROMISE, mail)
    is_due(db)


def is_due(db: Session) -> None:
    """Tell whoever commits this session to ring the doorbell."""
    db.info["due"] = True
