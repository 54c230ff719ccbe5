"""Requests for free access, the words exchanged about them, and decisions that are drafted but not sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id, words
from app.domain.applications import Action, State
from app.models.people import Person


class Application(Base):
    """One request. A person has at most one that is open."""

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_open",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'received', 'question')"),
        ),
        Index(
            "ix_application_waiting",
            "received_at",
            "id",
            postgresql_where=text("state IN ('received', 'question')"),
        ),
        CheckConstraint("(state = 'draft') <= (received_at IS NULL)", name="drafts_are_not_received"),
        CheckConstraint("(received_at IS NULL) = (due_at IS NULL)", name="received_with_a_date"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR received_at IS NOT NULL", name="received_unless_draft"
        ),
        CheckConstraint(
            "(state IN ('granted', 'declined')) = (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided_by_somebody_at_some_time",
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at_some_time"),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="nobody_decides_their_own"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    course_slug: Mapped[str]
    state: Mapped[State] = mapped_column(words(State))
    building: Mapped[str] = mapped_column(server_default="")
    change: Mapped[str] = mapped_column(server_default="")
    start: Mapped[str] = mapped_column(server_default="")
    link: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class ApplicationMessage(Base):
    """Something said to or by the applicant: a question, a reply, the decision's words. Never changed."""

    __tablename__ = "application_message"
    __table_args__ = (
        Index("ix_application_message_application_id", "application_id", "sent_at"),
        CheckConstraint("action IN ('ask', 'reply', 'grant', 'decline')", name="action_speaks"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    action: Mapped[Action] = mapped_column(words(Action))
    body: Mapped[str]
    sent_at: Mapped[datetime]


class DraftedDecision(Base):
    """A decision an admin has drafted: it changes nothing and is seen by admins only.

    With `send_at` it is on its way, and becomes true then unless it is taken back.
    """

    __tablename__ = "drafted_decision"
    __table_args__ = (
        CheckConstraint("action IN ('ask', 'grant', 'decline')", name="action_decides"),
        CheckConstraint("(send_at IS NULL) = (sent_by IS NULL)", name="sent_by_somebody_at_some_time"),
        Index("ix_drafted_decision_send_at", "send_at", postgresql_where=text("send_at IS NOT NULL")),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    action: Mapped[Action] = mapped_column(words(Action))
    body: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    send_at: Mapped[datetime | None]
