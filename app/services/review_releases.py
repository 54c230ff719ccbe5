"""The end of a review: released to the learner when its time has come, or taken back before that.

Until then nothing has happened for the learner: the version is still with a reviewer, no mail is promised, no
certificate issued and no next version opened.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.course import Course
from app.domain import reviews as rules
from app.domain import second_readings
from app.domain import submissions as version_rules
from app.domain.actors import Actor, may_administer
from app.domain.errors import Conflict, NotFound
from app.domain.reviews import Action, State, Verdict
from app.domain.wording import worded
from app.models import Review, SecondReading, Submission, SubmissionVersion
from app.services import audit, blind_offers, certificates, submissions
from app.services.outbox import promise_mail
from app.services.review_claims import locked, opened, record
from app.services.review_rounds import copy_draft
from app.words import _

MOST_DUE = 500
REASON_LIMIT = 500
TAKEN_BACK = "taken back before it was sent"


def due(db: Session, *, now: datetime, without: Collection[UUID] = ()) -> list[UUID]:
    """The decided reviews whose time has come, the first of them first."""
    ids = select(Review.id).where(
        Review.state == State.DECIDED, Review.release_at <= now, Review.id.not_in(without), ~is_held()
    )
    return list(db.scalars(ids.order_by(Review.release_at, Review.id).limit(MOST_DUE)))


def release_due(db: Session, review_id: UUID, *, course: Course, base_url: str, now: datetime) -> bool:
    """Release this review if its time has come; False when it has not, or while somebody else holds its rows."""
    row = db.execute(
        select(SubmissionVersion, Review, Submission.person_id)
        .join(Review, Review.version_id == SubmissionVersion.id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Review.id == review_id, Review.state == State.DECIDED, Review.release_at <= now, ~is_held())
        .with_for_update(of=[SubmissionVersion, Review], skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return False
    version, review, learner_id = row
    release(db, version, review, learner_id, course=course, base_url=base_url, now=now)
    audit.record(
        db,
        None,
        "review.release",
        "review",
        review.id,
        now=now,
        subject_id=learner_id,
        version_id=str(version.id),
        verdict=review.verdict.value if review.verdict else "",
    )
    return True


def release(
    db: Session,
    version: SubmissionVersion,
    review: Review,
    learner_id: UUID,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Give the review to the learner, with all that follows: the mail, and a certificate or the next version."""
    verdict = review.verdict or Verdict.NEEDS_CHANGES
    review.state, review.released_at = rules.after(review.state, Action.RELEASE), now
    version.state = version_rules.after(version.state, rules.MOVES_VERSION[verdict])
    version.closed_at = now
    db.flush()
    blind_offers.offer_if_chosen(db, review, every=course.reviewing.blind_reading_every, now=now)
    if verdict is Verdict.PASS:
        certificates.issue_if_earned(db, learner_id, course=course, base_url=base_url, now=now)
    if verdict is Verdict.NEEDS_CHANGES:
        submissions.open_next_version(db, version.id, now=now)
    _tell(db, learner_id, version, review, course=course, base_url=base_url, now=now)


def take_back(db: Session, actor: Actor, review_id: UUID, *, lease_seconds: int, now: datetime) -> UUID:
    """Open a decided review again before it is sent; returns the review that holds its text from now on.

    What was decided keeps its row, as undone. A second click finds the same open review.
    """
    version, review, learner_id = locked(db, review_id)
    if review.reviewer_id != actor.id or not actor.is_reviewer:
        raise NotFound
    if review.state is State.CLAIMED:
        return review.id
    if review.state is State.UNDONE and (live := _live(db, version.id, actor)):
        return live
    if review.state is not State.DECIDED:
        raise Conflict(_("The learner has this review already. Undo the verdict on its page, with a reason."))
    if db.scalar(select(SecondReading.review_id).where(_is_disputed(review_id))):
        raise Conflict(
            _("A second reader disagreed, so an admin decides about it. It cannot be taken back now.")
        )
    review.state = rules.after(review.state, Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, TAKEN_BACK
    db.flush()  # one live review at a time, so the decided one goes first
    again = opened(version, actor, lease_seconds=lease_seconds, now=now)
    db.add(again)
    db.flush()
    copy_draft(db, review, again)
    record(db, actor, "review.take_back", version, review, now=now, subject_id=learner_id)
    return again.id


def stop(
    db: Session,
    actor: Actor,
    review_id: UUID,
    *,
    reason: str,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Keep a decided review from its learner, as an admin: the work goes back to its place in the queue.

    The learner hears nothing; the reviewer is told why. A second click changes nothing.
    """
    version, review, learner_id = locked(db, review_id)
    if not may_administer(actor) or learner_id == actor.id:
        raise NotFound
    if review.state is State.UNDONE and review.released_at is None:
        return
    if review.state is not State.DECIDED:
        raise Conflict(
            _("This review is not on its way any more. A released verdict is undone on its own page.")
        )
    if db.scalar(select(SecondReading.review_id).where(_is_disputed(review_id))):
        raise Conflict(_("A second reader disagreed. Decide between the two under “Ratings in dispute”."))
    sentence = _("Say in up to %(most)s characters why; the reviewer reads it.", most=REASON_LIMIT)
    reason = worded("reason", reason, longest=REASON_LIMIT, sentence=sentence)
    review.state = rules.after(review.state, Action.UNDO)
    review.undone_at, review.undone_by, review.undo_reason = now, actor.id, reason
    version.state = version_rules.after(version.state, version_rules.Action.RETURN)
    context = about(version, review, course=course, base_url=base_url) | {
        "reason": reason,
        "url": f"{base_url}/queue",
    }
    key = f"review-stopped:{review.id}"
    promise_mail(db, review.reviewer_id, "review-stopped", context, dedupe_key=key, now=now)
    record(db, actor, "review.stop", version, review, now=now, subject_id=learner_id)


def _live(db: Session, version_id: UUID, actor: Actor) -> UUID | None:
    return db.scalar(
        select(Review.id).where(
            Review.version_id == version_id, Review.reviewer_id == actor.id, Review.state == State.CLAIMED
        )
    )


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
    context = about(version, review, course=course, base_url=base_url) | {
        "verdict": review.verdict.value if review.verdict else "",
        "summary": review.summary,
    }
    promise_mail(
        db, learner_id, "review-released", context, dedupe_key=f"review-released:{review.id}", now=now
    )


def about(
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


def is_held() -> ColumnElement[bool]:
    """Of a row of Review: whether a second reading keeps it from its release."""
    return exists().where(
        SecondReading.review_id == Review.id, SecondReading.state.in_(second_readings.HOLDS)
    )


def _is_disputed(review_id: UUID) -> ColumnElement[bool]:
    return (SecondReading.review_id == review_id) & (SecondReading.state == second_readings.State.DISAGREED)
