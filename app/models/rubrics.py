"""Rubric versions, which never change under a rating (I5), their rewordings, and the drafts of what comes next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id


class RubricVersion(Base):
    """The rubric of a capstone as published once; the newest unretired one rates new work.

    `draft_id` names the draft that an admin published it from; without one it came from the course's file.
    """

    __tablename__ = "rubric_version"
    __table_args__ = (
        UniqueConstraint("course_slug", "capstone_slug", "number"),
        UniqueConstraint("id", "course_slug", "capstone_slug"),
        UniqueConstraint("id", "structure_hash"),
        UniqueConstraint("draft_id"),
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
    draft_id: Mapped[UUID | None]

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


class RubricRewording(Base):
    """From `reworded_at` on, work under one version is shown in the words of another; both decide alike (I5).

    The structure hash stands in both foreign keys: no row can say that ratings mean another thing now.
    """

    __tablename__ = "rubric_rewording"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rubric_version_id", "structure_hash"],
            ["rubric_version.id", "rubric_version.structure_hash"],
            name="fk_rubric_rewording_version",
        ),
        ForeignKeyConstraint(
            ["words_id", "structure_hash"],
            ["rubric_version.id", "rubric_version.structure_hash"],
            name="fk_rubric_rewording_words",
        ),
        CheckConstraint("words_id <> rubric_version_id", name="takes_the_words_of_another"),
    )

    rubric_version_id: Mapped[UUID] = mapped_column(primary_key=True)
    words_id: Mapped[UUID] = mapped_column(primary_key=True)
    structure_hash: Mapped[str]
    reworded_at: Mapped[datetime]


class RubricDraft(Base):
    """The next rubric of a capstone while admins write it; one at a time, so that none is lost beside another.

    `content` holds the values of its file, as typed. `tag` counts the saves, so that a save made on an older page is
    noticed.
    """

    __tablename__ = "rubric_draft"
    __table_args__ = (
        UniqueConstraint("course_slug", "capstone_slug"),
        ForeignKeyConstraint(
            ["base_id", "course_slug", "capstone_slug"],
            ["rubric_version.id", "rubric_version.course_slug", "rubric_version.capstone_slug"],
            name="fk_rubric_draft_base",
        ),
        CheckConstraint("jsonb_typeof(content) = 'object'", name="content_is_a_table"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    base_id: Mapped[UUID]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    tag: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
