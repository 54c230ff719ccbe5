"""Reviews: decided by a person, by the rubric's rule; sent a few minutes later, so that a slip can be taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course import Course
from app.domain import reviews as rules
from app.domain import rubric
from app.domain import submissions as version_rules
from app.domain.actors import Actor, may_administer
from app.domain.errors import Conflict, Invalid, NotFound, require
from app.domain.reviews import Action, State, Verdict
from app.domain.wording import worded
from app.models import Review, ReviewComment, Score, SubmissionVersion
from app.services import certificates, rubrics, second_readings
from app.services.closed_work import require_open
from app.services.line_comments import comment_on_line, remove_line_comment, reword_line_comment
from app.services.outbox import promise_mail
from app.services.review_claims import claim, claim_next, give_back, locked, record, skip
from app.services.review_drafts import (
    Draft,
    require_filled,
    require_mine,
    save_draft,
    stale,
    stored_draft,
)
from app.services.review_releases import about, release, release_due, take_back
from app.words import _

__all__ = [
    "Draft",
    "claim",
    "claim_next",
    "comment_on_line",
    "decide",
    "give_back",
    "release_due",
    "remove_line_comment",
    "reword_line_comment",
    "save_draft",
    "skip",
    "stored_draft",
    "take_back",
    "undo",
]
REASON_LIMIT = 500


def decide(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    tag: int,
    verdict: Verdict,
    hold_seconds: int,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Decide. After `hold_seconds` the worker releases it (at once when there are none), unless it was taken back.

    Where the course asks for a second reading, the release waits for that as well.

    The same decision twice is made once. The lease may have ended as long as nobody has taken over. Raises Stale
    when the draft is not the one that was shown.
    """
    version, review, learner_id = locked(db, review_id)
    if _is_decided(review, actor, verdict):
        return
    require_mine(db, actor, review)
    draft = stored_draft(db, review)
    if tag != review.tag:
        raise stale(review, draft)
    published = rubrics.published(db, review.rubric_version_id)
    outcome = rubric.outcome(published.criteria, draft.levels, threshold=published.threshold)
    rubric.require_verdict(outcome, verdict)
    _require_words(db, review, verdict)
    require_filled(db, review, draft)
    _decide(review, verdict, hold_seconds=hold_seconds, now=now)
    db.flush()
    is_read_twice = second_readings.begin_if_asked(db, version, review, course=course, now=now)
    detail = {"verdict": verdict.value, "points": outcome.points}
    if hold_seconds or is_read_twice:
        record(db, actor, "review.decide", version, review, now=now, subject_id=learner_id, **detail)
        return
    release(db, version, review, learner_id, course=course, base_url=base_url, now=now)
    record(db, actor, "review.release", version, review, now=now, subject_id=learner_id, **detail)


def undo(
    db: Session, actor: Actor, review_id: UUID, *, reason: str, course: Course, base_url: str, now: datetime
) -> None:
    """Take a verdict back: the review stays readable as undone, and the version returns to its place in the queue.

    Ends a certificate that rests on it. Refused once the learner has sent a later version.
    """
    version, review, learner_id = locked(db, review_id)
    if not (actor.is_reviewer or actor.is_admin):
        raise NotFound
    require(
        may_administer(actor) or review.reviewer_id == actor.id,
        _("Only its reviewer or an admin can undo a verdict."),
    )
    if review.state is State.UNDONE:
        return
    require_open(db, actor, version.id)
    sentence = _("Say in up to %(most)s characters why; the learner reads it.", most=REASON_LIMIT)
    reason = worded("reason", reason, longest=REASON_LIMIT, sentence=sentence)
    _require_latest(db, version)
    review.state = rules.after(review.state, Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, reason
    version.state = version_rules.after(version.state, version_rules.Action.UNDO)
    version.closed_at = None
    db.flush()
    ended = f"A rating it rests on was undone: {reason}"
    certificates.revoke_if_unearned(db, learner_id, course=course, base_url=base_url, reason=ended, now=now)
    _tell_undone(db, learner_id, version, review, course=course, base_url=base_url, now=now)
    record(db, actor, "review.undo", version, review, now=now, subject_id=learner_id)


def _is_decided(review: Review, actor: Actor, verdict: Verdict) -> bool:
    """Whether this very decision has been made: a second click must not fail."""
    released = review.state in {State.DECIDED, State.RELEASED}
    return released and review.reviewer_id == actor.id and review.verdict is verdict


def _require_words(db: Session, review: Review, verdict: Verdict) -> None:
    """Nobody is turned down without a word."""
    if verdict is Verdict.PASS or review.summary:
        return
    comments = select(func.count()).where(Score.review_id == review.id, Score.comment != "")
    lines = select(func.count()).where(ReviewComment.review_id == review.id)
    if not (db.scalar(comments) or db.scalar(lines)):
        raise Invalid({"summary": _("Say what is missing: in the summary, beside a criterion or at a line.")})


def _decide(review: Review, verdict: Verdict, *, hold_seconds: int, now: datetime) -> None:
    review.state = rules.after(review.state, Action.DECIDE)
    review.verdict, review.lease_until = verdict, None
    review.decided_at, review.release_at = now, now + timedelta(seconds=hold_seconds)


def _require_latest(db: Session, version: SubmissionVersion) -> None:
    later = db.scalar(
        select(func.max(SubmissionVersion.number)).where(
            SubmissionVersion.submission_id == version.submission_id,
            SubmissionVersion.number > version.number,
            SubmissionVersion.submitted_at.is_not(None),
        )
    )
    if later is not None:
        raise Conflict(
            _(
                "Version %(later)s has been sent since. Rate that one; this verdict stays as it is.",
                later=later,
            )
        )


def _tell_undone(
    db: Session,
    learner_id: UUID,
    version: SubmissionVersion,
    review: Review,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    context = about(version, review, course=course, base_url=base_url) | {"reason": review.undo_reason}
    promise_mail(db, learner_id, "review-undone", context, dedupe_key=f"review-undone:{review.id}", now=now)
