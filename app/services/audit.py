"""The audit trail: an entry in the same transaction as the change it records (I22)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import AuditEntry


def record(
    db: Session,
    actor_id: UUID | None,
    action: str,
    object_type: str,
    object_id: UUID | str,
    *,
    now: datetime,
    subject_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Remember that `actor_id` (None: the portal itself) did `action` ("noun.verb"). Chained by a trigger."""
    db.add(
        AuditEntry(
            at=now,
            actor_id=actor_id,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            subject_id=subject_id,
            detail=detail,
        )
    )
