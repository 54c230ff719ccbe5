"""A claim handed to a named colleague, with what was written so far and a note that the learner never sees."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.course import Course
from app.domain import reviews as rules
from app.domain import submissions as version_rules
from app.domain.actors import Actor, Role, may_review
from app.domain.errors import Conflict, Invalid
from app.domain.wording import worded
from app.models import Appointment, Handover, Person, Review
from app.services import calibrations
from app.services.closed_work import is_closed, require_not_read_blind
from app.services.outbox import promise_mail
from app.services.review_claims import (
    Locked,
    lock_reviewer,
    locked,
    opened,
    put_back,
    record,
    require_room,
)
from app.services.review_drafts import require_mine
from app.services.review_releases import about
from app.services.review_rounds import copy_draft
from app.words import _, grouped

NOTE_LIMIT = 2000
HANDED_OVER = "handed over"


def hand_over(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    to_id: UUID | None,
    note: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Give a claim and its draft to a colleague, who holds it for a day and is told by mail. A second click is one.

    The private note stays behind. Whoever cannot take it is refused in one sentence for every reason, so that nobody
    learns whose work it is by trying.
    """
    note = _worded(note)
    colleague = _colleague(db, actor, to_id)
    lock_reviewer(db, colleague)
    found = locked(db, review_id)
    if _is_done(db, actor, colleague, review_id):
        return
    require_mine(db, actor, found.review)
    if found.review.is_blind:
        raise Conflict(
            _("A blind second reading is not handed over. Put it back; somebody else is offered it.")
        )
    _require_may_take(db, colleague, found, now=now)
    _require_calibrated(db, colleague, found, course=course)
    put_back(found.version, found.review, reason=HANDED_OVER, now=now)
    db.flush()  # one live review at a time, so the one that is given goes first
    again = _given(db, colleague, found, note, now=now)
    context = about(found.version, again, course=course, base_url=base_url) | {
        "giver": actor.name,
        "url": f"{base_url}/reviews/{again.id}",
    }
    promise_mail(
        db, colleague.id, "review-handed-over", context, dedupe_key=f"handed-over:{again.id}", now=now
    )
    record(db, actor, "review.hand_over", found.version, found.review, now=now, to=str(colleague.id))


def _given(db: Session, colleague: Actor, found: Locked, note: str, *, now: datetime) -> Review:
    again = opened(found.version, colleague, lease_seconds=rules.HANDED_SECONDS, now=now)
    found.version.state = version_rules.after(found.version.state, version_rules.Action.CLAIM)
    db.add(again)
    db.flush()
    copy_draft(db, found.review, again)
    again.private_note = ""
    db.add(Handover(review_id=again.id, from_review_id=found.review.id, note=note, handed_at=now))
    db.flush()
    return again


def _colleague(db: Session, actor: Actor, to_id: UUID | None) -> Actor:
    """The named reviewer as an actor; Invalid when there is none such, or it is oneself."""
    name = db.scalar(
        select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Person.id == to_id,
            Person.deactivated_at.is_(None),
            Appointment.role == Role.REVIEWER,
            Appointment.ended_at.is_(None),
        )
    )
    if to_id is None or name is None or to_id == actor.id:
        raise Invalid({"to": _("Choose one of the other reviewers.")})
    return Actor(to_id, name, frozenset({Role.REVIEWER}))


def _is_done(db: Session, actor: Actor, colleague: Actor, review_id: UUID) -> bool:
    """Whether this very claim went from this reviewer to that one before: a second click must not fail."""
    given, taken = aliased(Review), aliased(Review)
    done = db.scalar(
        select(Handover.review_id)
        .join(given, given.id == Handover.from_review_id)
        .join(taken, taken.id == Handover.review_id)
        .where(given.id == review_id, given.reviewer_id == actor.id, taken.reviewer_id == colleague.id)
    )
    return done is not None


def _require_may_take(db: Session, colleague: Actor, found: Locked, *, now: datetime) -> None:
    try:
        require_room(db, colleague, now=now)
        require_not_read_blind(db, colleague, found.version.id)
        may = may_review(colleague, owner_id=found.learner_id)
        is_free = may and not is_closed(db, colleague, found.version.id)
    except Conflict:
        is_free = False
    if not is_free:
        raise Conflict(
            _(
                "%(name)s cannot take this one now: nobody holds more than three pieces of work, and some work is "
                "closed to some reviewers. Choose somebody else, or put it back.",
                name=colleague.name,
            )
        )


def _require_calibrated(db: Session, colleague: Actor, found: Locked, *, course: Course) -> None:
    if found.version.capstone_slug in calibrations.owed(db, colleague, course=course):
        raise Conflict(
            _(
                "%(name)s has not passed the examples of this capstone yet. Choose somebody else, or put it back.",
                name=colleague.name,
            )
        )


def _worded(note: str) -> str:
    most = grouped(NOTE_LIMIT)
    sentence = _("Tell your colleague in up to %(most)s characters what there is to know.", most=most)
    return worded("note", note, longest=NOTE_LIMIT, sentence=sentence)
