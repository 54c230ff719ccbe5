"""Certificates: issued rows, never derived, never deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id


class Certificate(Base):
    """One certificate. Its document is frozen; only its end can be recorded, once (I15, I17, I18)."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_in_force",
            "person_id",
            "course_slug",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'", name="code_is_crockford"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name="revoked_with_a_reason"),
        CheckConstraint("replaced_by_id IS NULL OR revoked_at IS NOT NULL", name="replaced_ones_are_revoked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    course_version: Mapped[str]
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    revoke_reason: Mapped[str] = mapped_column(server_default="")
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
