"""Claims: one reviewer at a time holds a version, for as long as the lease lasts.

Locks are always taken in this order: the reviewer (for the cap), the version, its review, the learner. Audit
entries come last, because writing one makes every other writer of the trail wait.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as rules
from app.domain import submissions as version_rules
from app.domain.actors import Actor, may_administer, may_read_work, may_review
from app.domain.errors import Conflict, Forbidden, NotFound, require
from app.domain.reviews import Action, State
from app.domain.switches import Switch
from app.domain.wording import worded
from app.models import Person, Review, SkippedReview, Submission, SubmissionVersion
from app.services import audit, switches
from app.services.closed_work import require_not_read_blind, require_open
from app.services.review_rounds import begin_draft
from app.services.review_turns import oldest_free
from app.words import _, joined

CAP = 3
"""Claims one reviewer may hold at a time."""
LEASE_ENDED = "lease ended"
REASON_LIMIT = 500

_LOCKED = (
    select(SubmissionVersion, Review, Submission.person_id)
    .join(Review, Review.version_id == SubmissionVersion.id)
    .join(Submission, Submission.id == SubmissionVersion.submission_id)
    .where(Review.id == bindparam("review_id"))
    .with_for_update(of=[SubmissionVersion, Review])
    .execution_options(populate_existing=True)
)
"""Rows are locked in the order in which the clause names their tables, and read as they are once both are held."""


class Locked(NamedTuple):
    """A review and its version, held until the transaction ends, and whose work it is."""

    version: SubmissionVersion
    review: Review
    learner_id: UUID


def claim(db: Session, actor: Actor, version_id: UUID, *, lease_seconds: int, now: datetime) -> UUID:
    """Take a version for oneself, or over from a lease that has ended; one's own claim is renewed instead.

    Returns the review. Conflict when a colleague holds it or it has been decided.
    """
    _require_may_claim(db, actor, version_id)
    lock_reviewer(db, actor)
    require_open(db, actor, version_id)
    require_not_read_blind(db, actor, version_id)
    version = lock_version(db, version_id)
    live = _live_review(db, version_id)
    if live is not None and live.state is State.CLAIMED and live.reviewer_id == actor.id:
        live.lease_until = rules.lease_end(now, seconds=lease_seconds)
        return live.id
    require_room(db, actor, now=now)
    return _take(db, actor, version, live, lease_seconds=lease_seconds, now=now)


def claim_next(
    db: Session,
    actor: Actor,
    *,
    course_slug: str,
    lease_seconds: int,
    now: datetime,
    without: Collection[str] = (),
) -> UUID | None:
    """Take the oldest work that is free, not one's own, not skipped, of no capstone in `without`; None without any.

    Among work about as old as the oldest, the next round of a learner one has rated before goes first. Rows that
    a colleague is taking at this moment are passed by (SKIP LOCKED), so nobody waits and nothing is taken twice.
    """
    require(actor.is_reviewer, _("Only reviewers can take work from the queue."))
    switches.require_running(db, Switch.REVIEWS)
    lock_reviewer(db, actor)
    require_room(db, actor, now=now)
    passed_by: set[UUID] = set()
    while (version := oldest_free(db, actor, course_slug, passed_by, without=without, now=now)) is not None:
        live = _live_review(db, version.id)
        if _is_free(live, now):
            return _take(db, actor, version, live, lease_seconds=lease_seconds, now=now)
        passed_by.add(version.id)  # taken over between the SELECT and its lock
    return None


def give_back(
    db: Session, actor: Actor, review_id: UUID, *, now: datetime, reason: str = "given back"
) -> None:
    """Put the work back at its old place in the queue; the draft stays readable. Admins may do it for others."""
    version, review, learner_id = locked(db, review_id)
    if not may_read_work(actor, owner_id=learner_id, was_sent=True):
        raise NotFound
    require(
        review.reviewer_id == actor.id or may_administer(actor),
        _("Only its reviewer or an admin can put work back."),
    )
    if review.state is State.RETURNED:
        return
    put_back(version, review, reason=reason, now=now)
    record(db, actor, "review.return", version, review, now=now)


def skip(db: Session, actor: Actor, version_id: UUID, *, reason: str, now: datetime) -> None:
    """Never be offered this version by "next" again; a claim on it is given back. The reason is for admins."""
    require(actor.is_reviewer, _("Only reviewers can skip work."))
    sentence = _("Say in up to %(most)s characters why somebody else should take this.", most=REASON_LIMIT)
    reason = worded("reason", reason, longest=REASON_LIMIT, sentence=sentence)
    version = lock_version(db, version_id)
    if (held := _held_review(db, actor, version_id)) is not None:
        put_back(version, held, reason="skipped", now=now)
    added = db.execute(
        insert(SkippedReview)
        .values(reviewer_id=actor.id, version_id=version_id, reason=reason, skipped_at=now)
        .on_conflict_do_nothing()
        .returning(SkippedReview.version_id)
    ).scalar()
    if added is not None:
        audit.record(db, actor.id, "review.skip", "submission_version", version_id, now=now)


def locked(db: Session, review_id: UUID) -> Locked:
    """The version and its review, locked in the house's order; NotFound when there is no such review."""
    row = db.execute(_LOCKED, {"review_id": review_id}).one_or_none()
    if row is None:
        raise NotFound
    return Locked(*row)


def lock_version(db: Session, version_id: UUID) -> SubmissionVersion:
    """The version as it is now, locked until the transaction ends; NotFound when there is none."""
    version = db.get(SubmissionVersion, version_id, with_for_update=True, populate_existing=True)
    if version is None:
        raise NotFound
    return version


def lock_reviewer(db: Session, actor: Actor) -> None:
    """Make what one reviewer claims or declares queue up, so that two claims at once cannot both find room."""
    db.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))


def require_room(db: Session, actor: Actor, *, now: datetime) -> None:
    """Refuse a claim beyond the cap."""
    held = db.scalar(
        select(func.count()).where(
            Review.reviewer_id == actor.id, Review.state == State.CLAIMED, Review.lease_until > now
        )
    )
    if (held or 0) >= CAP:
        room = _("Finish one, or put one back, before you take the next.")
        raise Conflict(joined([_("You hold %(held)s pieces of work already.", held=held), room]))


def put_back(version: SubmissionVersion, review: Review, *, reason: str, now: datetime) -> None:
    """End a claim; the version is free at its old place, a blind reading for others. The caller has locked both."""
    review.state = rules.after(review.state, Action.RETURN)
    review.lease_until, review.returned_at, review.return_reason = None, now, reason
    if review.is_blind:
        return
    version.state = version_rules.after(version.state, version_rules.Action.RETURN)


def opened(version: SubmissionVersion, actor: Actor, *, lease_seconds: int, now: datetime) -> Review:
    """A new claim of this version, empty so far."""
    return Review(
        id=new_id(),
        version_id=version.id,
        rubric_version_id=version.rubric_version_id,
        reviewer_id=actor.id,
        state=State.CLAIMED,
        tag=0,
        lease_until=rules.lease_end(now, seconds=lease_seconds),
        claimed_at=now,
        summary="",
        private_note="",
        is_blind=False,
    )


def owner_id(db: Session, version_id: UUID) -> UUID:
    """Whose work it is; NotFound when there is no such version."""
    owner = db.scalar(
        select(Submission.person_id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(SubmissionVersion.id == version_id)
    )
    if owner is None:
        raise NotFound
    return owner


def record(
    db: Session,
    actor: Actor,
    action: str,
    version: SubmissionVersion,
    review: Review,
    *,
    now: datetime,
    subject_id: UUID | None = None,
    **detail: str | int,
) -> None:
    """An audit entry about a review that also names its version."""
    audit.record(
        db,
        actor.id,
        action,
        "review",
        review.id,
        subject_id=subject_id,
        now=now,
        version_id=str(version.id),
        **detail,
    )


def _require_may_claim(db: Session, actor: Actor, version_id: UUID) -> None:
    """Judged before any lock: an owner never changes, and nobody may wait for a version they cannot have."""
    if not actor.is_reviewer:
        raise NotFound
    if not may_review(actor, owner_id=owner_id(db, version_id)):
        raise Forbidden(_("This is your own work. Another reviewer rates it."))
    switches.require_running(db, Switch.REVIEWS)


def _live_review(db: Session, version_id: UUID) -> Review | None:
    return db.scalar(
        select(Review)
        .where(Review.version_id == version_id, Review.state.in_(rules.LIVE))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _held_review(db: Session, actor: Actor, version_id: UUID) -> Review | None:
    """What this reviewer writes about the version now: their claim, or their blind reading."""
    return db.scalar(
        select(Review)
        .where(Review.version_id == version_id, Review.reviewer_id == actor.id, Review.state.in_(rules.OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _is_free(live: Review | None, now: datetime) -> bool:
    return live is None or (
        live.state is State.CLAIMED and live.lease_until is not None and live.lease_until <= now
    )


def _take(
    db: Session,
    actor: Actor,
    version: SubmissionVersion,
    live: Review | None,
    *,
    lease_seconds: int,
    now: datetime,
) -> UUID:
    if live is not None and not _is_free(live, now):
        raise Conflict(_held_by(db, live))
    if live is not None:
        put_back(version, live, reason=LEASE_ENDED, now=now)
        db.flush()  # one live review at a time, so the ended one goes first
    version.state = version_rules.after(version.state, version_rules.Action.CLAIM)
    review = opened(version, actor, lease_seconds=lease_seconds, now=now)
    db.add(review)
    db.flush()
    begin_draft(db, review)
    record(db, actor, "review.claim", version, review, now=now)
    return review.id


def _held_by(db: Session, live: Review) -> str:
    name = db.scalar(select(Person.name).where(Person.id == live.reviewer_id))
    if live.state is not State.CLAIMED or live.lease_until is None:
        return _("%(name)s has rated this already.", name=name)
    return _(
        "%(name)s holds this until %(clock)s UTC. If it is not finished by then, it becomes free.",
        name=name,
        clock=f"{live.lease_until:%H:%M}",
    )
