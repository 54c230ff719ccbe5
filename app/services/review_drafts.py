"""The draft of a review: saved as it is typed, with a tag, so that a save made on an older page is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as rules
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid, NotFound, Stale
from app.domain.reviews import State
from app.models import EvidenceFile, Person, Review, ReviewComment, RubricCriterion, RubricLevel, Score
from app.services.review_claims import locked

TEXT_LIMIT = 8000
LINE_COMMENT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Draft:
    """What the desk holds: level keys and comments by criterion key, and two longer texts."""

    levels: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    private_note: str = ""

    def as_fields(self) -> dict[str, str]:
        """The draft by form field, empty ones left out."""
        fields = {f"level-{key}": value for key, value in self.levels.items()}
        fields |= {f"comment-{key}": value for key, value in self.comments.items()}
        fields |= {"summary": self.summary, "private_note": self.private_note}
        return {name: value for name, value in fields.items() if value}


def save_draft(
    db: Session, actor: Actor, review_id: UUID, draft: Draft, *, tag: int, lease_seconds: int, now: datetime
) -> int:
    """Keep the draft and renew the lease; returns the new tag.

    Raises Stale, with the text that is there, when it was saved from elsewhere since `tag`.
    """
    review = require_mine(db, actor, review_id)
    saved = stored_draft(db, review)
    if tag != review.tag and draft.as_fields() != saved.as_fields():
        raise stale(review, saved)
    _require_fits(draft)
    _keep_scores(db, review, draft)
    review.summary, review.private_note = draft.summary, draft.private_note
    review.lease_until = rules.lease_end(now, seconds=lease_seconds)
    review.saved_at = now
    if draft.as_fields() != saved.as_fields():
        review.tag += 1
    db.flush()
    return review.tag


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
    """Say something about one line of one file of this version; anchored to the file's bytes."""
    review = require_mine(db, actor, review_id)
    sha256 = db.scalar(
        select(EvidenceFile.sha256).where(
            EvidenceFile.id == file_id, EvidenceFile.version_id == review.version_id
        )
    )
    if sha256 is None:
        raise NotFound
    body = body.strip()
    if not 1 <= len(body) <= LINE_COMMENT_LIMIT:
        raise Invalid({"body": f"Write between 1 and {LINE_COMMENT_LIMIT:,} characters about that line."})
    if line < 1:
        raise Invalid({"line": "Type the number of the line, counted from 1."})
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
    review.lease_until = rules.lease_end(now, seconds=lease_seconds)
    db.flush()
    return comment.id


def remove_line_comment(db: Session, actor: Actor, review_id: UUID, comment_id: UUID) -> None:
    """Take back a comment that has not been sent; one that is gone already stays gone."""
    review = require_mine(db, actor, review_id)
    db.execute(
        delete(ReviewComment).where(ReviewComment.id == comment_id, ReviewComment.review_id == review.id)
    )


def require_mine(db: Session, actor: Actor, review_id: UUID) -> Review:
    """The review, locked, if this reviewer may still write in it; an ended lease will do until somebody takes over."""
    _, review = locked(db, review_id)
    if review.reviewer_id != actor.id or not actor.is_reviewer:
        raise NotFound
    if review.state is State.RETURNED:
        raise Conflict(_gone(db, review))
    if review.state is not State.CLAIMED:
        raise Conflict("This review has been sent, so it does not change any more.")
    return review


def stored_draft(db: Session, review: Review) -> Draft:
    """The draft as it was last saved."""
    scores = db.execute(
        select(Score.criterion_key, Score.level_key, Score.comment).where(Score.review_id == review.id)
    ).all()
    return Draft(
        levels={key: level for key, level, _ in scores if level is not None},
        comments={key: comment for key, _, comment in scores if comment},
        summary=review.summary,
        private_note=review.private_note,
    )


def stale(review: Review, saved: Draft) -> Stale:
    """The refusal of a save made on an older page, with the saved text beside it."""
    message = "This review was saved from another window since this page was opened. Both texts are shown."
    return Stale(message, tag=review.tag, theirs=saved.as_fields())


def _gone(db: Session, review: Review) -> str:
    """Why the claim has ended, and that the text has not."""
    taker = db.scalar(
        select(Person.name)
        .join(Review, Review.reviewer_id == Person.id)
        .where(Review.version_id == review.version_id, Review.state.in_(rules.LIVE))
    )
    now_with = f" {taker} has the work now." if taker else " Nobody has taken it: you can claim it again."
    return f"Your claim has ended.{now_with} What was saved stays readable on this page."


def _require_fits(draft: Draft) -> None:
    errors = {
        name: f"Use at most {TEXT_LIMIT:,} characters; this has {len(value):,}."
        for name, value in draft.as_fields().items()
        if len(value) > TEXT_LIMIT
    }
    if errors:
        raise Invalid(errors)


def _keep_scores(db: Session, review: Review, draft: Draft) -> None:
    """One row a criterion that is rated or commented on; label and points as published."""
    criteria = set(
        db.scalars(
            select(RubricCriterion.key).where(RubricCriterion.rubric_version_id == review.rubric_version_id)
        )
    )
    known = db.execute(
        select(RubricLevel.criterion_key, RubricLevel.key, RubricLevel.label, RubricLevel.points).where(
            RubricLevel.rubric_version_id == review.rubric_version_id
        )
    )
    levels = {(row.criterion_key, row.key): row for row in known}
    rows = {
        score.criterion_key: score for score in db.scalars(select(Score).where(Score.review_id == review.id))
    }
    for key in sorted(criteria & (set(draft.levels) | set(draft.comments) | set(rows))):
        level = _level(levels, key, draft.levels.get(key))
        score = rows.get(key) or Score(
            review_id=review.id, rubric_version_id=review.rubric_version_id, criterion_key=key
        )
        score.level_key, score.label, score.points = level
        score.comment = draft.comments.get(key, "")
        db.add(score)


def _level(
    levels: Mapping[tuple[str, str], object], criterion: str, chosen: str | None
) -> tuple[str | None, str | None, int | None]:
    if not chosen:
        return None, None, None
    row = levels.get((criterion, chosen))
    if row is None:
        raise Invalid({f"level-{criterion}": "Choose one of the levels of this criterion."})
    return row.key, row.label, row.points  # type: ignore[attr-defined]
