"""What the queue remembers of one reviewer: searches saved as links, and whose work is not theirs to judge."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id


class SavedSearch(Base):
    """A search of the queue under a name of the reviewer's own."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("reviewer_id", "name"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name_is_short"),
        CheckConstraint("length(query) BETWEEN 1 AND 300", name="query_fits_the_box"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]


class ConflictOfInterest(Base):
    """A reviewer said that this work is not theirs to judge; with `learner_id`, nor is anything of its author.

    An admin can withdraw it; the row stays and says who did.
    """

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        Index(
            "uq_conflict_of_interest_work",
            "reviewer_id",
            "submission_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL AND learner_id IS NULL"),
        ),
        Index(
            "uq_conflict_of_interest_learner",
            "reviewer_id",
            "learner_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL AND learner_id IS NOT NULL"),
        ),
        Index(
            "ix_conflict_of_interest_reviewer_id",
            "reviewer_id",
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("length(reason) BETWEEN 1 AND 500", name="says_why"),
        CheckConstraint("reviewer_id <> learner_id", name="is_about_another_person"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    learner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    declared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
