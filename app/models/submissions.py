"""A learner's work on one capstone, and its versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id, words
from app.domain.submissions import State


class Submission(Base):
    """All that one learner hands in for one capstone."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("person_id", "course_slug", "capstone_slug"),
        UniqueConstraint("id", "course_slug", "capstone_slug"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    created_at: Mapped[datetime]

    versions: Mapped[list["SubmissionVersion"]] = relationship(
        lazy="raise", order_by="SubmissionVersion.number", back_populates="submission"
    )


class SubmissionVersion(Base):
    """One handing-in. Frozen from `submitted` on (I1): a trigger refuses any change of what was sent.

    `course_slug` and `capstone_slug` repeat the submission's, so that the rubric version provably belongs to
    the same capstone (I4) and the queue is one index.
    """

    __tablename__ = "submission_version"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        UniqueConstraint("id", "rubric_version_id"),
        ForeignKeyConstraint(
            ["submission_id", "course_slug", "capstone_slug"],
            ["submission.id", "submission.course_slug", "submission.capstone_slug"],
            name="fk_submission_version_submission",
        ),
        ForeignKeyConstraint(
            ["rubric_version_id", "course_slug", "capstone_slug"],
            ["rubric_version.id", "rubric_version.course_slug", "rubric_version.capstone_slug"],
            name="fk_submission_version_rubric",
        ),
        Index(
            "uq_submission_version_draft",
            "submission_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "uq_submission_version_in_flight",
            "submission_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'in_review')"),
        ),
        Index(
            "ix_submission_version_queue",
            "course_slug",
            "queued_at",
            "id",
            postgresql_where=text("state IN ('submitted', 'in_review')"),
        ),
        Index(
            "ix_submission_version_queue_capstone",
            "course_slug",
            "capstone_slug",
            "queued_at",
            "id",
            postgresql_where=text("state IN ('submitted', 'in_review')"),
        ),
        Index(
            "ix_submission_version_queue_round",
            "course_slug",
            "number",
            "queued_at",
            "id",
            postgresql_where=text("state IN ('submitted', 'in_review')"),
        ),
        Index(
            "ix_submission_version_rated_queue",
            "course_slug",
            "queued_at",
            "id",
            postgresql_where=text("state IN ('passed', 'needs_changes', 'not_passed')"),
        ),
        Index(
            "ix_submission_version_rated",
            "course_slug",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("(state = 'draft') <= (submitted_at IS NULL)", name="drafts_are_not_submitted"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_unless_draft"
        ),
        CheckConstraint(
            "(submitted_at IS NULL) = (receipt_code IS NULL) AND (submitted_at IS NULL) = (manifest_sha256 IS NULL)"
            " AND (submitted_at IS NULL) = (queued_at IS NULL)",
            name="submitted_with_a_receipt",
        ),
        CheckConstraint(
            "(state IN ('passed', 'needs_changes', 'not_passed', 'withdrawn')) = (closed_at IS NOT NULL)",
            name="closed_at_some_time",
        ),
        CheckConstraint("submitted_at IS NULL OR attested", name="submitted_work_is_attested"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[UUID]
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    number: Mapped[int]
    state: Mapped[State] = mapped_column(words(State))
    rubric_version_id: Mapped[UUID]
    question: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    attested: Mapped[bool] = mapped_column(server_default=text("false"))
    tag: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    receipt_code: Mapped[str | None] = mapped_column(unique=True)
    manifest_sha256: Mapped[str | None]

    submission: Mapped[Submission] = relationship(lazy="raise", back_populates="versions")
