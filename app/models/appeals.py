"""Appeals against one criterion of a rating, and questions about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id, words
from app.domain.appeals import State


class Appeal(Base):
    """One appeal against one rated criterion. A trigger keeps its words and refuses its own reviewer as decider.

    `token` is which of the learner's two it holds: no two that are open or dismissed hold the same.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["review_id", "criterion_key"], ["score.review_id", "score.criterion_key"], name="fk_appeal_score"
        ),
        Index(
            "uq_appeal_criterion",
            "review_id",
            "criterion_key",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(
            "uq_appeal_token",
            "learner_id",
            "course_slug",
            "token",
            unique=True,
            postgresql_where=text("state IN ('open', 'dismissed')"),
        ),
        Index("ix_appeal_open", "opened_at", "id", postgresql_where=text("state = 'open'")),
        CheckConstraint("token IN (1, 2)", name="two_tokens"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_unless_open"),
        CheckConstraint(
            "(state IN ('upheld', 'dismissed')) = (decided_by IS NOT NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> learner_id", name="nobody_decides_their_own"),
        CheckConstraint(
            "(state = 'upheld') = (new_review_id IS NOT NULL)", name="upheld_with_another_rating"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    review_id: Mapped[UUID]
    criterion_key: Mapped[str]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    course_slug: Mapped[str]
    token: Mapped[int]
    state: Mapped[State] = mapped_column(words(State))
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(server_default="")
    level_key: Mapped[str | None]
    new_review_id: Mapped[UUID | None] = mapped_column(ForeignKey("review.id"))


class Explanation(Base):
    """A learner's question about a rating, and its reviewer's answer. One at a time waits for an answer."""

    __tablename__ = "explanation"
    __table_args__ = (
        Index("uq_explanation_open", "review_id", unique=True, postgresql_where=text("answered_at IS NULL")),
        Index("ix_explanation_review_id", "review_id", "asked_at"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody_at_some_time"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
