"""Reviews: decided by a person, by the rubric's rule, and released to the learner in one transaction."""

from datetime import datetime
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
from app.models import Review, ReviewComment, Score, SubmissionVersion
from app.services import certificates, rubrics, submissions
from app.services.outbox import promise_mail
from app.services.review_claims import claim, claim_next, give_back, locked, record, skip
from app.services.review_drafts import (
    Draft,
    comment_on_line,
    remove_line_comment,
    require_mine,
    save_draft,
    stale,
    stored_draft,
)

__all__ = [
    "Draft",
    "claim",
    "claim_next",
    "comment_on_line",
    "decide",
    "give_back",
    "remove_line_comment",
    "save_draft",
    "skip",
    "stored_draft",
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
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Release the review to the learner, with all that follows from it. The same decision twice is made once.

    A pass may issue the certificate, "needs changes" opens the next version. The lease may have ended as long as
    nobody has taken over. Raises Stale when the draft is not the one that was shown.
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
    _release(version, review, verdict, now=now)
    db.flush()
    if verdict is Verdict.PASS:
        certificates.issue_if_earned(db, learner_id, course=course, base_url=base_url, now=now)
    if verdict is Verdict.NEEDS_CHANGES:
        submissions.open_next_version(db, version.id, now=now)
    _tell(db, learner_id, version, review, course=course, base_url=base_url, now=now)
    detail = {"verdict": verdict.value, "points": outcome.points}
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
        "Only its reviewer or an admin can undo a verdict.",
    )
    if review.state is State.UNDONE:
        return
    reason = _reason(reason)
    _require_latest(db, version)
    review.state = rules.after(review.state, Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, reason
    version.state = version_rules.after(version.state, version_rules.Action.UNDO)
    version.closed_at = None
    db.flush()
    ended = f"A rating it rests on was undone: {reason}"
    certificates.revoke_if_unearned(db, learner_id, course=course, base_url=base_url, reason=ended, now=now)
    _tell_undone(db, learner_id, version, review, course=course, base_url=base_url, now=now)
    record(db, actor, "review.undo", version, review, now=now, subject_id=learner_id, reason=reason)


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
        raise Invalid({"summary": "Say what is missing: in the summary, beside a criterion or at a line."})


def _release(version: SubmissionVersion, review: Review, verdict: Verdict, *, now: datetime) -> None:
    review.state = rules.after(rules.after(review.state, Action.DECIDE), Action.RELEASE)
    review.verdict, review.lease_until = verdict, None
    review.decided_at = review.released_at = now
    version.state = version_rules.after(version.state, rules.MOVES_VERSION[verdict])
    version.closed_at = now


def _require_latest(db: Session, version: SubmissionVersion) -> None:
    later = db.scalar(
        select(func.max(SubmissionVersion.number)).where(
            SubmissionVersion.submission_id == version.submission_id,
            SubmissionVersion.number > version.number,
            SubmissionVersion.submitted_at.is_not(None),
        )
    )
    if later is not None:
        raise Conflict(f"Version {later} has been sent since. Rate that one; this verdict stays as it is.")


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_LIMIT:
        raise Invalid({"reason": f"Say in up to {REASON_LIMIT} characters why; the learner reads it."})
    return reason


def _tell(
    db: Session,
    learner_id: UUID,
    version: SubmissionVersion,
    review: Review,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    context = _about(version, review, course=course, base_url=base_url) | {
        "verdict": review.verdict.value if review.verdict else "",
        "summary": review.summary,
    }
    promise_mail(
        db, learner_id, "review-released", context, dedupe_key=f"review-released:{review.id}", now=now
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
    context = _about(version, review, course=course, base_url=base_url) | {"reason": review.undo_reason}
    promise_mail(db, learner_id, "review-undone", context, dedupe_key=f"review-undone:{review.id}", now=now)


def _about(
    version: SubmissionVersion, review: Review, *, course: Course, base_url: str
) -> dict[str, str | int]:
    """What both mails name. A capstone the course has dropped since goes by its slug."""
    titles = {capstone.slug: capstone.title for capstone in course.capstones}
    return {
        "capstone": titles.get(version.capstone_slug, version.capstone_slug),
        "number": version.number,
        "url": f"{base_url}/reviews/{review.id}/feedback",
        "work_url": f"{base_url}/work/{version.capstone_slug}",
    }
