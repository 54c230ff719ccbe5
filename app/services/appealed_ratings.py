"""The rating that takes another's place when an appeal is upheld: the same but for one criterion."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as review_rules
from app.domain import rubric
from app.domain import submissions as version_rules
from app.domain.actors import Actor
from app.domain.reviews import Verdict
from app.models import Review, Score, SubmissionVersion
from app.services import rubrics
from app.services.review_rounds import copy_draft

REPLACED = "An appeal was upheld."


def replace_rating(
    db: Session,
    actor: Actor,
    version: SubmissionVersion,
    review: Review,
    criterion_key: str,
    level: rubric.Level,
    comment: str,
    *,
    now: datetime,
) -> Review:
    """End `review` as undone and release another one by `actor`, with its verdict by the pass rule.

    A draft of the next version is closed when the work has passed by this.
    """
    before = review.verdict or Verdict.NEEDS_CHANGES
    replaced = _replace(db, actor, version, review, now=now)
    db.execute(
        update(Score)
        .where(Score.review_id == replaced.id, Score.criterion_key == criterion_key)
        .values(level_key=level.key, label=level.label, points=level.points, comment=comment)
    )
    _release(db, version, replaced, _verdict(db, replaced, before), now=now)
    if replaced.verdict is Verdict.PASS:
        _close_next_draft(db, version, now=now)
    return replaced


def _replace(
    db: Session, actor: Actor, version: SubmissionVersion, review: Review, *, now: datetime
) -> Review:
    """Another review by `actor` with all that `review` says, which stays readable as undone."""
    review.state = review_rules.after(review.state, review_rules.Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, REPLACED
    version.state = version_rules.after(version.state, version_rules.Action.UNDO)
    version.closed_at = None
    db.flush()  # one live review at a time, so the first one goes before the next
    version.state = version_rules.after(version.state, version_rules.Action.CLAIM)
    again = Review(
        id=new_id(),
        version_id=version.id,
        rubric_version_id=review.rubric_version_id,
        reviewer_id=actor.id,
        state=review_rules.State.CLAIMED,
        lease_until=now,
        claimed_at=now,
        tag=0,
        summary="",
        private_note="",
        is_blind=False,
    )
    db.add(again)
    db.flush()
    copy_draft(db, review, again)
    return again


def _verdict(db: Session, review: Review, before: Verdict) -> Verdict:
    """By the pass rule; where it is not met, what the first reviewer said about mending stays true."""
    published = rubrics.published(db, review.rubric_version_id)
    rows = db.execute(select(Score.criterion_key, Score.level_key).where(Score.review_id == review.id))
    chosen = {key: level for key, level in rows if level}
    outcome = rubric.outcome(published.criteria, chosen, threshold=published.threshold)
    return Verdict.PASS if outcome.met else before


def _release(
    db: Session, version: SubmissionVersion, review: Review, verdict: Verdict, *, now: datetime
) -> None:
    decided = review_rules.after(review.state, review_rules.Action.DECIDE)
    review.state = review_rules.after(decided, review_rules.Action.RELEASE)
    review.verdict, review.lease_until = verdict, None
    review.decided_at = review.release_at = review.released_at = now
    version.state = version_rules.after(version.state, review_rules.MOVES_VERSION[verdict])
    version.closed_at = now
    db.flush()


def _close_next_draft(db: Session, version: SubmissionVersion, *, now: datetime) -> None:
    """The next version that had been opened is not needed any more; its words and files stay readable."""
    draft = db.scalar(
        select(SubmissionVersion)
        .where(
            SubmissionVersion.submission_id == version.submission_id,
            SubmissionVersion.state == version_rules.State.DRAFT,
        )
        .with_for_update()
    )
    if draft is not None:
        draft.state = version_rules.after(draft.state, version_rules.Action.WITHDRAW)
        draft.closed_at = now
        db.flush()
