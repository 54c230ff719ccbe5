"""Second readings: a colleague agrees with a decided review or not; when not, an admin decides about the rating.

Locks come in the house's order: the version, its review, then the reading.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course import Course
from app.domain import reviews as review_rules
from app.domain import rubric
from app.domain import second_readings as rules
from app.domain.actors import Actor, Role, may_administer, may_review
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.reviews import Verdict
from app.domain.second_readings import Action, State
from app.domain.wording import worded
from app.models import Appointment, Review, SecondReading, SubmissionVersion
from app.services import audit, rubrics
from app.services.closed_work import require_open
from app.services.outbox import is_due, promise_mail
from app.services.review_claims import Locked, locked, opened
from app.services.review_drafts import Draft, keep_scores, stored_draft
from app.services.review_rounds import copy_draft
from app.words import _, grouped

REASON_LIMIT = 2000
SETTLED = "A second reader disagreed, and an admin decided."


def is_asked(course: Course, capstone_slug: str) -> bool:
    """Whether the course, or this capstone of it, wants every rating read twice."""
    asking = {capstone.slug for capstone in course.capstones if capstone.second_reader}
    return course.reviewing.second_reader or capstone_slug in asking


def begin_if_asked(
    db: Session, version: SubmissionVersion, review: Review, *, course: Course, now: datetime
) -> bool:
    """Ask for a second reading of a review decided in this transaction, where the course wants it; whether it does."""
    if not is_asked(course, version.capstone_slug):
        return False
    db.add(SecondReading(review_id=review.id, state=State.WAITING, reason="", asked_at=now))
    db.flush()
    return True


def answer(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    levels: Mapping[str, str],
    reason: str,
    agrees: bool,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Agree, or disagree with one's own levels and a reason. The same answer again changes nothing."""
    found = locked(db, review_id)
    _require_may_read(db, actor, found)
    reading = _lock(db, review_id)
    action = Action.AGREE if agrees else Action.DISAGREE
    if reading.reader_id == actor.id and rules.MOVES[State.WAITING, action] is reading.state:
        return
    state = rules.after(reading.state, action)
    reading.reason = _worded(reason, optional=agrees)
    reading.levels = None if agrees else _other_levels(db, found.review, levels)
    reading.state, reading.reader_id, reading.read_at = state, actor.id, now
    if agrees:
        is_due(db)
    else:
        _tell_admins(db, found.version, reading, course=course, base_url=base_url, now=now)
    _record(db, actor, f"second_reading.{action.value}", review_id, now=now)


def settle(
    db: Session, actor: Actor, review_id: UUID, *, draft: Draft, verdict: Verdict, now: datetime
) -> None:
    """Decide as an admin what the rating is; it is released at once. The first review stays when nothing differs."""
    found = locked(db, review_id)
    _require_may_settle(db, actor, found)
    reading = _lock(db, review_id)
    if reading.state is State.SETTLED and reading.settled_by == actor.id:
        return
    if actor.id == reading.reader_id:
        raise Conflict(_("You read this review as the second reader. Another admin decides."))
    reading.state = rules.after(reading.state, Action.SETTLE)
    _require_verdict(db, found.review, draft, verdict)
    reading.settled_by, reading.settled_at = actor.id, now
    first = stored_draft(db, found.review)
    stays = verdict is found.review.verdict and draft.as_fields() == _told(first)
    if stays:
        found.review.release_at = now
    else:
        _replace(db, actor, found, draft, verdict, now=now)
    is_due(db)
    _record(db, actor, "second_reading.settle", review_id, now=now, changed="no" if stays else "yes")


def _replace(
    db: Session, actor: Actor, found: Locked, draft: Draft, verdict: Verdict, *, now: datetime
) -> None:
    """End the first review, unseen by the learner, and decide another one by this admin."""
    version, review, _ = found
    review.state = review_rules.after(review.state, review_rules.Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, SETTLED
    db.flush()  # one live review at a time, so the first one goes before the next
    again = opened(version, actor, lease_seconds=0, now=now)
    db.add(again)
    db.flush()
    copy_draft(db, review, again)
    keep_scores(db, again, draft, stored_draft(db, again))
    again.private_note, again.summary = "", draft.summary
    db.flush()
    again.state = review_rules.after(again.state, review_rules.Action.DECIDE)
    again.verdict, again.lease_until = verdict, None
    again.decided_at = again.release_at = now
    db.flush()


def _require_may_read(db: Session, actor: Actor, found: Locked) -> None:
    if not may_review(actor, owner_id=found.learner_id):
        raise NotFound
    require_open(db, actor, found.version.id)
    _require_decided(found.review)
    if found.review.reviewer_id == actor.id:
        raise Conflict(_("You gave this rating. Another reviewer reads it."))


def _require_may_settle(db: Session, actor: Actor, found: Locked) -> None:
    if not may_administer(actor) or found.learner_id == actor.id:
        raise NotFound
    require_open(db, actor, found.version.id)
    if found.review.reviewer_id == actor.id:
        raise Conflict(_("You gave this rating. Another admin decides."))


def _require_decided(review: Review) -> None:
    if review.state is review_rules.State.UNDONE:
        raise Conflict(_("This decision was taken back. Nothing was changed."))


def _lock(db: Session, review_id: UUID) -> SecondReading:
    reading = db.get(SecondReading, review_id, with_for_update=True, populate_existing=True)
    if reading is None:
        raise NotFound
    return reading


def _other_levels(db: Session, review: Review, levels: Mapping[str, str]) -> dict[str, str]:
    """The second reader's levels, complete, of the rubric, and not the same as the first ones."""
    criteria = rubrics.published(db, review.rubric_version_id).criteria
    known = {criterion.key: {level.key for level in criterion.levels} for criterion in criteria}
    errors = {
        f"level-{key}": _("Choose one of the levels of this criterion.")
        for key, allowed in known.items()
        if levels.get(key) not in allowed
    }
    if errors:
        raise Invalid(errors)
    chosen = {key: levels[key] for key in known}
    if chosen == dict(stored_draft(db, review).levels):
        raise Invalid({"": _("These are the levels of the first reviewer. Change one, or agree.")})
    return chosen


def _told(draft: Draft) -> dict[str, str]:
    """What of a draft the learner reads."""
    return {name: value for name, value in draft.as_fields().items() if name != "private_note"}


def _require_verdict(db: Session, review: Review, draft: Draft, verdict: Verdict) -> None:
    published = rubrics.published(db, review.rubric_version_id)
    if verdict is not Verdict.PASS and not (draft.summary or any(draft.comments.values())):
        raise Invalid({"summary": _("Say what is missing: in the summary or beside a criterion.")})
    try:
        outcome = rubric.outcome(published.criteria, draft.levels, threshold=published.threshold)
    except KeyError:
        raise Invalid({"verdict": _("Choose one of the levels of each criterion.")}) from None
    rubric.require_verdict(outcome, verdict)


def _worded(reason: str, *, optional: bool) -> str:
    most = grouped(REASON_LIMIT)
    sentence = _("Say in up to %(most)s characters what you see otherwise, and where.", most=most)
    return worded("reason", reason, shortest=0 if optional else 1, longest=REASON_LIMIT, sentence=sentence)


def _tell_admins(
    db: Session,
    version: SubmissionVersion,
    reading: SecondReading,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    titles = {capstone.slug: capstone.title for capstone in course.capstones}
    context = {
        "capstone": titles.get(version.capstone_slug, version.capstone_slug),
        "number": version.number,
        "url": f"{base_url}/admin/second-readings/{reading.review_id}",
    }
    admins = select(Appointment.person_id).where(
        Appointment.role == Role.ADMIN, Appointment.ended_at.is_(None)
    )
    for person_id in sorted(set(db.scalars(admins))):
        key = f"second-reading:{reading.review_id}:{person_id}"
        promise_mail(db, person_id, "second-reading-disagreed", context, dedupe_key=key, now=now)


def _record(db: Session, actor: Actor, action: str, review_id: UUID, *, now: datetime, **detail: Any) -> None:
    audit.record(db, actor.id, action, "review", review_id, now=now, **detail)
