"""Reviews, their scores and comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id, words
from app.domain.reviews import State, Verdict
from app.domain.second_readings import State as ReadingState


class Review(Base):
    """One reviewer's rating of one exact version under one exact rubric version (I4); one is live at a time (I7).

    Beside it there may be one blind second reading (`is_blind`); until `blind_until` colleagues are offered one.

    The draft lives in the same row and in `score`; `tag` counts its saves, so that a save made on an older
    page is noticed.
    """

    __tablename__ = "review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "rubric_version_id"],
            ["submission_version.id", "submission_version.rubric_version_id"],
            name="fk_review_version_and_rubric",
        ),
        UniqueConstraint("id", "rubric_version_id"),
        Index(
            "uq_review_live",
            "version_id",
            unique=True,
            postgresql_where=text("state IN ('claimed', 'decided', 'released')"),
        ),
        Index(
            "uq_review_blind",
            "version_id",
            unique=True,
            postgresql_where=text("state IN ('reading', 'read')"),
        ),
        Index("ix_review_blind_until", "blind_until", postgresql_where=text("blind_until IS NOT NULL")),
        Index("ix_review_version_id", "version_id", "claimed_at"),
        Index("ix_review_reviewer_id", "reviewer_id", "state"),
        CheckConstraint(
            "(state IN ('claimed', 'reading')) = (lease_until IS NOT NULL)", name="leased_while_claimed"
        ),
        CheckConstraint(
            "state NOT IN ('claimed', 'reading') OR decided_at IS NULL", name="claimed_is_not_decided"
        ),
        CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="verdict_with_its_time"),
        CheckConstraint(
            "state NOT IN ('decided', 'released', 'undone', 'read') OR verdict IS NOT NULL",
            name="decided_with_a_verdict",
        ),
        Index("ix_review_release_at", "release_at", postgresql_where=text("state = 'decided'")),
        CheckConstraint("state <> 'decided' OR release_at IS NOT NULL", name="decided_with_a_release_time"),
        CheckConstraint("state <> 'released' OR released_at IS NOT NULL", name="released_at_some_time"),
        CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned_at_some_time"),
        CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL AND undone_by IS NOT NULL AND undo_reason <> '')",
            name="undone_with_a_reason",
        ),
        CheckConstraint(
            "CASE WHEN is_blind THEN state IN ('reading', 'read', 'returned') "
            "ELSE state NOT IN ('reading', 'read') END",
            name="blind_in_states_of_its_own",
        ),
        CheckConstraint("blind_until IS NULL OR released_at IS NOT NULL", name="offered_once_released"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID]
    rubric_version_id: Mapped[UUID]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[State] = mapped_column(words(State))
    tag: Mapped[int] = mapped_column(server_default=text("0"))
    lease_until: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(server_default="")
    private_note: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict))
    claimed_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    release_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(server_default="")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    undo_reason: Mapped[str] = mapped_column(server_default="")
    is_blind: Mapped[bool] = mapped_column(server_default=text("false"))
    blind_until: Mapped[datetime | None]


class Score(Base):
    """The level chosen for one criterion, and what was said about it. Label and points are as they were then."""

    __tablename__ = "score"
    __table_args__ = (
        ForeignKeyConstraint(
            ["review_id", "rubric_version_id"],
            ["review.id", "review.rubric_version_id"],
            name="fk_score_review",
        ),
        ForeignKeyConstraint(
            ["rubric_version_id", "criterion_key"],
            ["rubric_criterion.rubric_version_id", "rubric_criterion.key"],
            name="fk_score_criterion",
        ),
        ForeignKeyConstraint(
            ["rubric_version_id", "criterion_key", "level_key"],
            ["rubric_level.rubric_version_id", "rubric_level.criterion_key", "rubric_level.key"],
            name="fk_score_level",
        ),
        CheckConstraint("(level_key IS NULL) = (points IS NULL)", name="points_come_with_a_level"),
    )

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    criterion_key: Mapped[str] = mapped_column(primary_key=True)
    rubric_version_id: Mapped[UUID]
    level_key: Mapped[str | None]
    label: Mapped[str | None]
    points: Mapped[int | None]
    comment: Mapped[str] = mapped_column(server_default="")


class ReviewComment(Base):
    """A comment on a line of an evidence file, anchored to the file's bytes."""

    __tablename__ = "review_comment"
    __table_args__ = (
        Index("ix_review_comment_review_id", "review_id"),
        CheckConstraint("line >= 1", name="line_is_counted_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_file.id"))
    file_sha256: Mapped[str]
    line: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime]


class Handover(Base):
    """A claim that a reviewer gave to a named colleague: the review it became, the one it was, a private note."""

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("from_review_id"),
        CheckConstraint("review_id <> from_review_id", name="goes_to_another_review"),
        CheckConstraint("length(note) BETWEEN 1 AND 2000", name="says_what_to_know"),
    )

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"), primary_key=True)
    from_review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    note: Mapped[str]
    handed_at: Mapped[datetime]


class SkippedReview(Base):
    """A reviewer chose not to take this version, with a reason; "next" does not offer it to them again."""

    __tablename__ = "skipped_review"

    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("submission_version.id"), primary_key=True)
    reason: Mapped[str]
    skipped_at: Mapped[datetime]


class SecondReading(Base):
    """What a second reader says of a decided review before its release; `levels` by criterion when they disagree."""

    __tablename__ = "second_reading"
    __table_args__ = (
        Index("ix_second_reading_state", "state", "asked_at"),
        CheckConstraint("(state = 'waiting') = (read_at IS NULL)", name="waits_until_read"),
        CheckConstraint("(reader_id IS NULL) = (read_at IS NULL)", name="read_by_somebody"),
        CheckConstraint(
            "(levels IS NOT NULL) = (state IN ('disagreed', 'settled'))", name="disagrees_with_levels"
        ),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled_at_some_time"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
    )

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"), primary_key=True)
    state: Mapped[ReadingState] = mapped_column(words(ReadingState))
    reader_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    levels: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str] = mapped_column(server_default="")
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
