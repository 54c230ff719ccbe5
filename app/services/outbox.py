"""Work that is owed because a transaction said so: mails here, checks in `services.checks`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.models import OutgoingMail
from app.models.operations import MailState


def promise_mail(
    db: Session, person_id: UUID, template: str, context: Mapping[str, Any], *, dedupe_key: str, now: datetime
) -> None:
    """Record that this mail must go out if, and only if, this transaction commits; once for each `dedupe_key`."""
    db.execute(
        insert(OutgoingMail)
        .values(
            id=new_id(),
            dedupe_key=dedupe_key,
            person_id=person_id,
            template=template,
            context=dict(context),
            state=MailState.QUEUED,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
    is_due(db)


def is_due(db: Session) -> None:
    """Tell whoever commits this session to ring the doorbell."""
    db.info["due"] = True
