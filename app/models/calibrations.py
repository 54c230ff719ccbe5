"""What reviewers rated for practice: example work with a known rating."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id


class Calibration(Base):
    """One attempt at a pack, handed in: levels and notes by criterion. Whether it passed is as the rule was then."""

    __tablename__ = "calibration"
    __table_args__ = (
        Index("ix_calibration_reviewer_id", "reviewer_id", "course_slug", "capstone_slug", "pack_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    pack_key: Mapped[str]
    levels: Mapped[dict[str, Any]]
    notes: Mapped[dict[str, Any]]
    passed: Mapped[bool]
    handed_in_at: Mapped[datetime]
