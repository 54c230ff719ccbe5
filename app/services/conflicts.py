"""Conflicts of interest: work that a reviewer said is not theirs to judge is closed to them.

Whoever declares one holds their own row's lock, as whoever claims does: so a claim comes before and is given back, or
comes after and is refused.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain import reviews as review_rules
from app.domain.actors import Actor
from app.domain.errors import Conflict, Forbidden, NotFound, require
from app.domain.reviews import State
from app.domain.wording import worded
from app.models import ConflictOfInterest, Review, Submission, SubmissionVersion
from app.services import audit
from app.services.review_claims import REASON_LIMIT, give_back, lock_reviewer
from app.words import _

LET_GO = "conflict of interest"


def declare(
    db: Session, actor: Actor, version_id: UUID, *, reason: str, whole_learner: bool, now: datetime
) -> None:
    """Close this work to the reviewer, and with `whole_learner` everything of its author; claims on it go back.

    What was released stays as it is. The same again is declared once.
    """
    require(actor.is_reviewer, _("Only reviewers declare a conflict of interest."))
    sentence = _("Say in up to %(most)s characters what connects you; admins read it.", most=REASON_LIMIT)
    reason = worded("reason", reason, longest=REASON_LIMIT, sentence=sentence)
    submission_id, learner_id = _work(db, actor, version_id)
    lock_reviewer(db, actor)
    reach = Submission.person_id == learner_id if whole_learner else Submission.id == submission_id
    _require_none_decided(db, actor, reach)
    declared = db.scalar(
        insert(ConflictOfInterest)
        .values(
            id=new_id(),
            reviewer_id=actor.id,
            submission_id=submission_id,
            learner_id=learner_id if whole_learner else None,
            reason=reason,
            declared_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ConflictOfInterest.id)
    )
    for review_id in _of_mine(db, actor, reach, *review_rules.OPEN):
        give_back(db, actor, review_id, now=now, reason=LET_GO)
    if declared is not None:
        reach_said = "everything of the learner" if whole_learner else "this work"
        _record(db, actor, "conflict.declare", declared, learner_id, now=now, reach=reach_said)


def withdraw(db: Session, actor: Actor, conflict_id: UUID, *, now: datetime) -> None:
    """Open the work to its reviewer again, as an admin; the row stays. A second click changes nothing."""
    require(actor.is_admin, _("Only admins withdraw a conflict of interest."))
    found = db.get(ConflictOfInterest, conflict_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at, found.withdrawn_by = now, actor.id
    learner_id = db.scalar(select(Submission.person_id).where(Submission.id == found.submission_id))
    _record(db, actor, "conflict.withdraw", found.id, learner_id, now=now)


def _work(db: Session, actor: Actor, version_id: UUID) -> tuple[UUID, UUID]:
    """The submission and its author; NotFound unless it was sent."""
    row = db.execute(
        select(Submission.id, Submission.person_id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(SubmissionVersion.id == version_id, SubmissionVersion.submitted_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.person_id == actor.id:
        raise Forbidden(_("This is your own work. Another reviewer rates it."))
    return row.id, row.person_id


def _require_none_decided(db: Session, actor: Actor, reach: ColumnElement[bool]) -> None:
    if _of_mine(db, actor, reach, State.DECIDED):
        raise Conflict(
            _(
                "A decision of yours about this work has not been sent yet. Take it back first, so that somebody else "
                "can rate it."
            )
        )


def _of_mine(db: Session, actor: Actor, reach: ColumnElement[bool], *states: State) -> list[UUID]:
    """This reviewer's reviews of that work, in the order in which versions are locked."""
    return list(
        db.scalars(
            select(Review.id)
            .join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
            .join(Submission, Submission.id == SubmissionVersion.submission_id)
            .where(Review.reviewer_id == actor.id, Review.state.in_(states), reach)
            .order_by(Review.version_id)
        )
    )


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conflict_id: UUID,
    learner_id: UUID | None,
    *,
    now: datetime,
    **detail: str,
) -> None:
    audit.record(
        db,
        actor.id,
        action,
        "conflict_of_interest",
        conflict_id,
        subject_id=learner_id,
        now=now,
        **detail,
    )
