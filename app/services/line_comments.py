"""Comments on lines of the evidence: part of the draft until the review is decided, then as fixed as the rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as rules
from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.wording import worded
from app.models import EvidenceFile, ReviewComment
from app.services.review_drafts import mine
from app.words import _, grouped

LINE_COMMENT_LIMIT = 2000


def comment_on_line(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    file_id: UUID,
    line: int,
    body: str,
    lease_seconds: int,
    now: datetime,
) -> UUID:
    """Say something about one line of one file of this version; anchored to the file's bytes.

    The same words at the same line again are the same comment: a second click adds nothing.
    """
    review = mine(db, actor, review_id)
    sha256 = _digest(db, file_id, review.version_id)
    body = _fitting(body)
    if line < 1:
        raise Invalid({"line": _("Type the number of the line, counted from 1.")})
    review.lease_until = rules.lease_end(now, seconds=lease_seconds)
    if said := _said_already(db, review.id, file_id, line, body):
        return said
    comment = ReviewComment(
        id=new_id(),
        review_id=review.id,
        file_id=file_id,
        file_sha256=sha256,
        line=line,
        body=body,
        created_at=now,
    )
    db.add(comment)
    db.flush()
    return comment.id


def reword_line_comment(
    db: Session,
    actor: Actor,
    review_id: UUID,
    comment_id: UUID,
    *,
    body: str,
    lease_seconds: int,
    now: datetime,
) -> None:
    """Say it otherwise, as long as it has not been sent; NotFound when it was taken away meanwhile."""
    review = mine(db, actor, review_id)
    comment = db.scalar(
        select(ReviewComment).where(ReviewComment.id == comment_id, ReviewComment.review_id == review.id)
    )
    if comment is None:
        raise NotFound
    comment.body = _fitting(body)
    review.lease_until = rules.lease_end(now, seconds=lease_seconds)


def remove_line_comment(db: Session, actor: Actor, review_id: UUID, comment_id: UUID) -> None:
    """Take back a comment that has not been sent; one that is gone already stays gone."""
    review = mine(db, actor, review_id)
    db.execute(
        delete(ReviewComment).where(ReviewComment.id == comment_id, ReviewComment.review_id == review.id)
    )


def _digest(db: Session, file_id: UUID, version_id: UUID) -> str:
    wanted = (EvidenceFile.id == file_id, EvidenceFile.version_id == version_id)
    sha256 = db.scalar(select(EvidenceFile.sha256).where(*wanted))
    if sha256 is None:
        raise NotFound
    return sha256


def _fitting(body: str) -> str:
    sentence = _("Write between 1 and %(most)s characters about that line.", most=grouped(LINE_COMMENT_LIMIT))
    return worded("body", body, longest=LINE_COMMENT_LIMIT, sentence=sentence)


def _said_already(db: Session, review_id: UUID, file_id: UUID, line: int, body: str) -> UUID | None:
    return db.scalar(
        select(ReviewComment.id).where(
            ReviewComment.review_id == review_id,
            ReviewComment.file_id == file_id,
            ReviewComment.line == line,
            ReviewComment.body == body,
        )
    )
