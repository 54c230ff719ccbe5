"""How long work waits for its rating, from what was rated lately and what still waits.

The statements are put together once: building one took longer than running it, and it runs for every queue page.
What they look at is bounded, so that a hundred thousand submissions cost what a thousand do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    ScalarSelect,
    Subquery,
    Text,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    select,
)

from app.db import Moment, Reader
from app.domain.submissions import State
from app.domain.waiting import Waits, waits
from app.models import SubmissionVersion

RECENT = timedelta(days=60)
MOST_RATED = 200
MOST_WAITING = 1000

NOW = bindparam("now", type_=Moment)
RECENTLY = bindparam("recently", type_=Moment)
COURSE = bindparam("course_slug", type_=Text)

IN_QUEUE: ColumnElement[bool] = literal_column("(submission_version.state IN ('submitted', 'in_review'))")
"""Spelled out, because only so does PostgreSQL see that the partial index serves."""
RATED: ColumnElement[bool] = literal_column(
    "(submission_version.state IN ('passed', 'needs_changes', 'not_passed'))"
)


@dataclass(frozen=True, slots=True)
class QueueOutlook:
    """The queue as it stands: ids of unclaimed versions as text, oldest first, and the waits of late."""

    unclaimed: tuple[str, ...]
    waits: Waits | None

    def before(self, version_id: UUID) -> int | None:
        """How many unclaimed versions are ahead of this one; None when it is not among them."""
        key = str(version_id)
        return self.unclaimed.index(key) if key in self.unclaimed else None


def queue_outlook(db: Reader, course_slug: str, *, now: datetime) -> QueueOutlook:
    """One SELECT of one row: at most 200 ratings of the last 60 days and the 1,000 oldest versions in flight."""
    row = db.execute(_OUTLOOK, moments(course_slug, now=now)).one()
    return QueueOutlook(tuple(row.unclaimed or ()), waits(finished=row.rated or (), waiting=row.ages or ()))


def moments(course_slug: str, *, now: datetime) -> dict[str, Any]:
    """The values of the parameters above."""
    return {"course_slug": course_slug, "now": now, "recently": now - RECENT}


def oldest() -> Subquery:
    """The oldest versions in flight with their age in seconds.

    Arrays of these make one row: a thousand rows cost five times as much to fetch.
    """
    version = SubmissionVersion
    return (
        select(
            version.id,
            version.queued_at,
            version.state,
            extract("epoch", NOW - version.queued_at).cast(Float).label("age"),
        )
        .where(IN_QUEUE, version.course_slug == COURSE)
        .order_by(version.queued_at, version.id)
        .limit(MOST_WAITING)
        .subquery()
    )


def rated_waits() -> ScalarSelect[list[float]]:
    """How long each version rated lately had waited, in seconds."""
    version = SubmissionVersion
    lately = (
        select(extract("epoch", version.closed_at - version.queued_at).cast(Float).label("wait"))
        .where(
            version.course_slug == COURSE,
            version.closed_at > RECENTLY,
            version.closed_at.is_not(None),
            RATED,
        )
        .order_by(version.closed_at.desc())
        .limit(MOST_RATED)
        .subquery()
    )
    return select(func.array_agg(lately.c.wait)).scalar_subquery()


def _outlook() -> Any:
    queue = oldest()
    is_unclaimed = queue.c.state == State.SUBMITTED
    in_order = func.array_agg(cast(queue.c.id, Text)).aggregate_order_by(queue.c.queued_at, queue.c.id)
    return select(
        func.array_agg(queue.c.age).label("ages"),
        in_order.filter(is_unclaimed).label("unclaimed"),
        rated_waits().label("rated"),
    )


_OUTLOOK = _outlook()
