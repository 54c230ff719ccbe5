"""Rubric versions. A published one never changes under a rating (I5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id


class RubricVersion(Base):
    """The rubric of a capstone as published once; the newest unretired one rates new work."""

    __tablename__ = "rubric_version"
    __table_args__ = (
        UniqueConstraint("course_slug", "capstone_slug", "number"),
        UniqueConstraint("id", "course_slug", "capstone_slug"),
        Index(
            "uq_rubric_version_current",
            "course_slug",
            "capstone_slug",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_is_sha256"),
        CheckConstraint("structure_hash ~ '^[0-9a-f]{64}$'", name="structure_hash_is_sha256"),
        CheckConstraint("threshold >= 0", name="threshold_is_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    number: Mapped[int]
    course_version: Mapped[str]
    content_hash: Mapped[str]
    structure_hash: Mapped[str]
    threshold: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[datetime | None]

    criteria: Mapped[list["RubricCriterion"]] = relationship(
        lazy="raise", order_by="RubricCriterion.position"
    )


class RubricCriterion(Base):
    """One criterion. Its key is its identity across versions; its title is words."""

    __tablename__ = "rubric_criterion"
    __table_args__ = (
        UniqueConstraint("rubric_version_id", "position"),
        CheckConstraint("NOT must_pass OR pass_level IS NOT NULL", name="must_pass_names_its_level"),
    )

    rubric_version_id: Mapped[UUID] = mapped_column(ForeignKey("rubric_version.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str]
    reviewer_note: Mapped[str]
    must_pass: Mapped[bool]
    pass_level: Mapped[str | None]
    bears_on: Mapped[list[Any]]

    levels: Mapped[list["RubricLevel"]] = relationship(lazy="raise", order_by="RubricLevel.position")


class RubricLevel(Base):
    """One observable level of a criterion."""

    __tablename__ = "rubric_level"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rubric_version_id", "criterion_key"],
            ["rubric_criterion.rubric_version_id", "rubric_criterion.key"],
            name="fk_rubric_level_criterion",
        ),
        UniqueConstraint("rubric_version_id", "criterion_key", "position"),
        CheckConstraint("points >= 0", name="points_are_not_negative"),
    )

    rubric_version_id: Mapped[UUID] = mapped_column(primary_key=True)
    criterion_key: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[str]
    points: Mapped[int]
    description: Mapped[str]
