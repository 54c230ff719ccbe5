"""What the portal owes and remembers: outgoing mail, the audit trail, switches."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id, words
from app.domain.switches import Switch


class MailState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(Base):
    """A mail that must go out because a transaction said so; `dedupe_key` makes it one mail for one event."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index(
            "ix_outgoing_mail_due", "due_at", "id", postgresql_where=text("state IN ('queued', 'sending')")
        ),
        Index("ix_outgoing_mail_person_id", "person_id", "created_at"),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="leased_while_sending"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    template: Mapped[str]
    context: Mapped[dict[str, Any]]
    state: Mapped[MailState] = mapped_column(words(MailState))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


class AuditEntry(Base):
    """Who did what to what, when and why. Append-only, each entry chained to the one before (I22, I23).

    `id`, `previous_hash` and `hash` are written by a trigger, never by the application.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_type", "object_id"),
        Index("ix_audit_entry_actor_id", "actor_id"),
        CheckConstraint("action ~ '^[a-z_]+[.][a-z_]+$'", name="action_is_noun_dot_verb"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=FetchedValue()
    )
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class SwitchState(Base):
    """Whether a part of the portal is paused, and what those who wait are told. No row means: running."""

    __tablename__ = "switch_state"
    __table_args__ = (CheckConstraint("NOT paused OR message <> ''", name="paused_with_a_message"),)

    switch: Mapped[Switch] = mapped_column(words(Switch), primary_key=True)
    paused: Mapped[bool]
    message: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
