"""People, how they sign in, what they were given, and what they have ticked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id, words
from app.domain.actors import Role


class Person(Base):
    """Somebody who signed in once. The e-mail is a label, never an identity."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_is_short"),
        CheckConstraint(
            "certificate_name IS NULL OR length(certificate_name) BETWEEN 1 AND 200",
            name="certificate_name_is_short",
        ),
        CheckConstraint(
            "erased_at IS NULL OR (email IS NULL AND certificate_name IS NULL AND deactivated_at IS NOT NULL)",
            name="erased_ones_are_nobody",
        ),
        CheckConstraint("language IS NULL OR language ~ '^[a-z]{2}$'", name="language_is_a_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    certificate_name: Mapped[str | None]
    email: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    keys_enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Identity(Base):
    """An issuer's name for a person: (issuer, subject) is who they are."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")


class SignIn(Base):
    """A server-side session. Only the SHA-256 of its id is stored."""

    __tablename__ = "sign_in"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        CheckConstraint("expires_at > created_at", name="expires_after_it_began"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes]
    provider: Mapped[str]
    browser: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Appointment(Base):
    """A person's role as reviewer or admin; ended, never deleted."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "uq_appointment_live", "person_id", "role", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        CheckConstraint("role <> 'learner'", name="learners_are_enrolled"),
        CheckConstraint("ended_at IS NULL OR ended_at >= appointed_at", name="ends_after_it_began"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    appointed_at: Mapped[datetime]
    appointed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class Enrolment(Base):
    """A person's place in a course; granting an application makes one."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "uq_enrolment_live",
            "person_id",
            "course_slug",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= enrolled_at", name="ends_after_it_began"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"), unique=True)
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MoveDone(Base):
    """A move a learner has ticked."""

    __tablename__ = "move_done"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_slug: Mapped[str] = mapped_column(primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)
    move_key: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
