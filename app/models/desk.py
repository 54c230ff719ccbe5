"""What a reviewer's desk remembers besides the reviews themselves: files looked at, comments worth saying again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id


class SeenFile(Base):
    """A reviewer has looked at these bytes in this work; other bytes in the next version are not seen yet."""

    __tablename__ = "seen_file"
    __table_args__ = (CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),)

    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    file_sha256: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class SavedComment(Base):
    """A comment on one criterion that is said often: its owner's, or, without one, every reviewer's.

    `from_course`: it stands in the course's files, and goes when it goes there.
    """

    __tablename__ = "saved_comment"
    __table_args__ = (
        Index("ix_saved_comment_criterion", "course_slug", "capstone_slug", "criterion_key"),
        Index("ix_saved_comment_owner_id", "owner_id"),
        CheckConstraint("length(body) BETWEEN 1 AND 2000", name="body_is_said_in_one_breath"),
        CheckConstraint("uses >= 0", name="uses_are_counted_from_nil"),
        CheckConstraint("NOT from_course OR owner_id IS NULL", name="course_owns_its_files"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    course_slug: Mapped[str]
    capstone_slug: Mapped[str]
    criterion_key: Mapped[str]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    from_course: Mapped[bool] = mapped_column(server_default=text("false"))
    uses: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
