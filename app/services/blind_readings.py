"""Blind second readings: taken from those offered, written on the desk like a review, handed in for comparison.

The learner is not told, and nothing waits for it. Locks come in the house's order: the reviewer, the version, the
review.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as rules
from app.domain import rubric
from app.domain.actors import Actor
from app.domain.errors import Conflict, require
from app.domain.reviews import Action, State, Verdict
from app.domain.switches import Switch
from app.models import Review, SubmissionVersion
from app.services import audit, rubrics, switches
from app.services.blind_offers import oldest_offered
from app.services.review_claims import LEASE_ENDED, lock_reviewer, locked, put_back
from app.services.review_drafts import require_mine, stale, stored_draft
from app.services.review_rounds import begin_draft
from app.words import _


def begin(
    db: Session,
    actor: Actor,
    *,
    course_slug: str,
    lease_seconds: int,
    now: datetime,
    without: Collection[str] = (),
) -> UUID | None:
    """Take the reading offered longest, of no capstone in `without`, or go on with one's own; None when there is none.

    Whose it is nobody chooses. It is held beside the three claims, one at a time.
    """
    require(actor.is_reviewer, _("Only reviewers read a second time."))
    if actor.is_admin:
        raise Conflict(_("Admins see every rating, so a reading of theirs would not be blind."))
    switches.require_running(db, Switch.REVIEWS)
    lock_reviewer(db, actor)
    own = db.scalar(
        select(Review).where(Review.reviewer_id == actor.id, Review.state == State.READING).with_for_update()
    )
    if own is not None:
        own.lease_until = rules.lease_end(now, seconds=lease_seconds)
        return own.id
    passed_by: set[UUID] = set()
    while (
        version := oldest_offered(db, actor, course_slug, passed_by, without=without, now=now)
    ) is not None:
        if _make_room(db, version, now=now):
            return _take(db, actor, version, lease_seconds=lease_seconds, now=now)
        passed_by.add(version.id)  # taken by a colleague between the SELECT and its lock
    return None


def hand_in(db: Session, actor: Actor, review_id: UUID, *, tag: int, verdict: Verdict, now: datetime) -> None:
    """Hand the reading in. From now on both reviewers and the admins see the two side by side.

    The same twice is done once. Raises Stale when the draft is not the one that was shown.
    """
    review = locked(db, review_id).review
    if review.state is State.READ and review.reviewer_id == actor.id and review.verdict is verdict:
        return
    require_mine(db, actor, review)
    draft = stored_draft(db, review)
    if tag != review.tag:
        raise stale(review, draft)
    state = rules.after(review.state, Action.HAND_IN)
    published = rubrics.published(db, review.rubric_version_id)
    outcome = rubric.outcome(published.criteria, draft.levels, threshold=published.threshold)
    rubric.require_verdict(outcome, verdict)
    review.state, review.verdict, review.decided_at, review.lease_until = state, verdict, now, None
    db.flush()
    audit.record(db, actor.id, "blind_reading.hand_in", "review", review.id, now=now)


def _make_room(db: Session, version: SubmissionVersion, *, now: datetime) -> bool:
    """End a reading of this version whose lease is over; whether the version is free then."""
    held = db.scalar(
        select(Review)
        .where(Review.version_id == version.id, Review.state.in_((State.READING, State.READ)))
        .with_for_update()
    )
    if held is None:
        return True
    if held.lease_until is None or held.lease_until > now:
        return False
    put_back(version, held, reason=LEASE_ENDED, now=now)
    db.flush()  # one blind reading at a time, so the ended one goes first
    return True


def _take(
    db: Session, actor: Actor, version: SubmissionVersion, *, lease_seconds: int, now: datetime
) -> UUID:
    review = Review(
        id=new_id(),
        version_id=version.id,
        rubric_version_id=version.rubric_version_id,
        reviewer_id=actor.id,
        state=State.READING,
        is_blind=True,
        tag=0,
        lease_until=rules.lease_end(now, seconds=lease_seconds),
        claimed_at=now,
        summary="",
        private_note="",
    )
    db.add(review)
    db.flush()
    begin_draft(db, review)
    audit.record(db, actor.id, "blind_reading.begin", "review", review.id, now=now)
    return review.id
