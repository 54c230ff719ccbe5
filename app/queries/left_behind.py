"""What a change of the course folder would hide: people and work under slugs that the course no longer has."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import Reader
from app.models import Enrolment, Submission


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """How many learners each other course has, and how much work each capstone that is gone, by slug."""

    learners: dict[str, int]
    works: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.learners or self.works)


def left_behind(db: Reader, course_slug: str, capstones: Collection[str]) -> LeftBehind:
    """What nobody could open while the portal carries the course `course_slug` with these capstones alone."""
    learners = db.execute(
        select(Enrolment.course_slug.label("slug"), func.count().label("held"))
        .where(Enrolment.course_slug != course_slug, Enrolment.ended_at.is_(None))
        .group_by(Enrolment.course_slug)
        .order_by(Enrolment.course_slug)
    )
    works = db.execute(
        select(Submission.capstone_slug.label("slug"), func.count().label("held"))
        .where(Submission.course_slug == course_slug, Submission.capstone_slug.not_in(capstones))
        .group_by(Submission.capstone_slug)
        .order_by(Submission.capstone_slug)
    )
    return LeftBehind({row.slug: row.held for row in learners}, {row.slug: row.held for row in works})
