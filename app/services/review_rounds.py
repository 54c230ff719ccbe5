"""Where a new claim begins: with what the same reviewer had written, or with what stood in the round before."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.reviews import State
from app.domain.rubric import stands
from app.models import Review, ReviewComment, Score, SubmissionVersion
from app.services import rubrics

_SCORE = (
    Score.criterion_key,
    Score.rubric_version_id,
    Score.level_key,
    Score.label,
    Score.points,
    Score.comment,
)
_COMMENT = (
    ReviewComment.file_id,
    ReviewComment.file_sha256,
    ReviewComment.line,
    ReviewComment.body,
    ReviewComment.created_at,
)


def begin_draft(db: Session, review: Review) -> None:
    """Fill a new claim: from the reviewer's own earlier draft of this version, else from the round before.

    A blind reading begins with nothing of the round before: levels that stand would be counted as agreement.
    """
    earlier = db.scalar(
        select(Review)
        .where(
            Review.version_id == review.version_id,
            Review.reviewer_id == review.reviewer_id,
            Review.state == State.RETURNED,
            Review.is_blind == review.is_blind,
        )
        .order_by(Review.returned_at.desc(), Review.id.desc())
        .limit(1)
    )
    if earlier is not None:
        copy_draft(db, earlier, review)
    elif not review.is_blind:
        _carry_over(db, review)


def copy_draft(db: Session, earlier: Review, review: Review) -> None:
    """Give `review` every word and level of `earlier`, comments on lines included."""
    review.summary, review.private_note = earlier.summary, earlier.private_note
    for row in db.execute(select(*_SCORE).where(Score.review_id == earlier.id)).mappings():
        db.add(Score(review_id=review.id, **row))
    for row in db.execute(select(*_COMMENT).where(ReviewComment.review_id == earlier.id)).mappings():
        db.add(ReviewComment(review_id=review.id, **row))
    db.flush()


def _carry_over(db: Session, review: Review) -> None:
    """Pre-fill the levels that stood when the version before was rated; the rest is to be rated anew."""
    before = _rated_before(db, review.version_id)
    if before is None:
        return
    levels = db.execute(select(Score.criterion_key, Score.level_key).where(Score.review_id == before))
    chosen = {key: level_key for key, level_key in levels if level_key}
    for criterion in rubrics.published(db, review.rubric_version_id).criteria:
        level = next((each for each in criterion.levels if each.key == chosen.get(criterion.key)), None)
        if level is not None and stands(criterion, level.key):
            db.add(
                Score(
                    review_id=review.id,
                    rubric_version_id=review.rubric_version_id,
                    criterion_key=criterion.key,
                    level_key=level.key,
                    label=level.label,
                    points=level.points,
                    comment="",
                )
            )
    db.flush()


def _rated_before(db: Session, version_id: UUID) -> UUID | None:
    """The newest released review of an earlier version of the same work."""
    this, earlier = aliased(SubmissionVersion), aliased(SubmissionVersion)
    return db.scalar(
        select(Review.id)
        .join(earlier, earlier.id == Review.version_id)
        .join(this, this.submission_id == earlier.submission_id)
        .where(this.id == version_id, earlier.number < this.number, Review.state == State.RELEASED)
        .order_by(earlier.number.desc())
        .limit(1)
    )
