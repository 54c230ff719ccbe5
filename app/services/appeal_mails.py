"""Who hears of an appeal: those who can answer it when it opens, its author when it ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course import Course
from app.domain.actors import Role
from app.domain.submissions import State as VersionState
from app.models import Appeal, Appointment, Person, Review, SubmissionVersion
from app.services.closed_work import who_declared
from app.services.outbox import promise_mail
from app.services.review_releases import about

MOST_TOLD = 5


def tell_reviewers(
    db: Session,
    appeal: Appeal,
    criterion: str,
    version: SubmissionVersion,
    review: Review,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Tell the five others who reviewed last; where nobody else reviews, the admins, who can appoint somebody."""
    closed = who_declared(db, submission_id=version.submission_id, learner_id=appeal.learner_id)
    outsiders = (appeal.learner_id, review.reviewer_id, *closed)
    others = _appointed(db, Role.REVIEWER, without=outsiders)
    told = others or _appointed(db, Role.ADMIN, without=(appeal.learner_id,))
    context = about(version, review, course=course, base_url=base_url) | {
        "criterion": criterion,
        "nobody_else": not others,
        "url": f"{base_url}/appeals/{appeal.id}" if others else f"{base_url}/admin/appeals",
    }
    for person_id in told:
        key = f"appeal-opened:{appeal.id}:{person_id}"
        promise_mail(db, person_id, "appeal-opened", context, dedupe_key=key, now=now)


def tell_author(
    db: Session,
    appeal: Appeal,
    criterion: str,
    version: SubmissionVersion,
    review: Review,
    *,
    course: Course,
    base_url: str,
    now: datetime,
) -> None:
    """Tell the learner how the appeal ended and what was answered."""
    context = about(version, review, course=course, base_url=base_url) | {
        "criterion": criterion,
        "outcome": appeal.state.value,
        "answer": appeal.answer,
        "passed": version.state is VersionState.PASSED,
        "url": f"{base_url}/reviews/{appeal.new_review_id or review.id}/feedback",
    }
    promise_mail(
        db, appeal.learner_id, "appeal-decided", context, dedupe_key=f"appeal-decided:{appeal.id}", now=now
    )


def _appointed(db: Session, role: Role, *, without: Sequence[UUID]) -> list[UUID]:
    """Who holds that role and can be told, the one who claimed work last before the others."""
    last = (
        select(func.max(Review.claimed_at))
        .where(Review.reviewer_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    people = (
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.role == role,
            Appointment.ended_at.is_(None),
            Person.deactivated_at.is_(None),
            Person.id.not_in(without),
        )
        .order_by(last.desc().nulls_last(), Person.id)
        .limit(MOST_TOLD)
    )
    return list(db.scalars(people))
