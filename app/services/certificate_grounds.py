"""What a certificate rests on: the ticked moves and the released passes of one person, as they stand now."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.course import Course
from app.domain import reviews as review_rules
from app.domain import submissions as version_rules
from app.domain.certificates import RatedCapstone
from app.domain.completion import progress
from app.models import Enrolment, MoveDone, Review, RubricVersion, Submission, SubmissionVersion

_TICKED = (
    select(MoveDone.module_slug, MoveDone.move_key)
    .select_from(Enrolment)
    .outerjoin(
        MoveDone,
        (MoveDone.person_id == Enrolment.person_id) & (MoveDone.course_slug == Enrolment.course_slug),
    )
    .where(
        Enrolment.person_id == bindparam("person_id"),
        Enrolment.course_slug == bindparam("course_slug"),
        Enrolment.ended_at.is_(None),
    )
)
"""The moves of an enrolled person; one row of nothing before the first tick, and none without a place in the course."""


def earned(db: Session, person_id: UUID, course: Course) -> list[RatedCapstone] | None:
    """The passing ratings the certificate rests on, or None while something is missing."""
    enrolled = db.execute(_TICKED, {"person_id": person_id, "course_slug": course.slug}).all()
    moves = [(module, move) for module, move in enrolled if module is not None]
    if not enrolled or not progress(course, moves=moves, passed=[]).modules_complete:
        return None  # most often so, and the ratings need not be read
    rated = list(rated_capstones(db, person_id, course))
    made = progress(course, moves=moves, passed=[each.slug for each in rated])
    return rated if made.complete else None


def rated_capstones(db: Session, person_id: UUID, course: Course) -> Iterator[RatedCapstone]:
    """The first released pass of each capstone the course still has, in the course's order."""
    rows = db.execute(
        select(
            SubmissionVersion.capstone_slug,
            SubmissionVersion.id.label("version_id"),
            SubmissionVersion.manifest_sha256,
            RubricVersion.content_hash,
            Review.id.label("review_id"),
            Review.decided_at,
            Review.claimed_at,
        )
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(Review, Review.version_id == SubmissionVersion.id)
        .join(RubricVersion, RubricVersion.id == Review.rubric_version_id)
        .where(
            Submission.person_id == person_id,
            Submission.course_slug == course.slug,
            SubmissionVersion.state == version_rules.State.PASSED,
            Review.state == review_rules.State.RELEASED,
            Review.verdict == review_rules.Verdict.PASS,
        )
        .order_by(Review.decided_at.desc(), Review.id.desc())
    )
    first = {row.capstone_slug: row for row in rows}  # the oldest comes last and stays
    for capstone in course.capstones:
        if capstone.slug in first:
            row = first[capstone.slug]
            yield RatedCapstone(
                slug=capstone.slug,
                title=capstone.title,
                version_id=row.version_id,
                manifest_sha256=row.manifest_sha256 or "",
                rubric_hash=row.content_hash,
                review_id=row.review_id,
                rated_at=row.decided_at or row.claimed_at,
            )
