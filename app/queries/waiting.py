"""How long work waits for its rating, from what was rated lately and what still waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from app.domain.submissions import IN_FLIGHT, RATED, State
from app.domain.waiting import Waits, waits
from app.models import SubmissionVersion

RECENT = timedelta(days=60)
MOST_RATED = 200
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class QueueOutlook:
    """The queue as it stands: unclaimed versions oldest first, and the waits of late."""

    unclaimed: tuple[UUID, ...]
    waits: Waits | None

    def before(self, version_id: UUID) -> int | None:
        """How many unclaimed versions are ahead of this one; None when it is not among them."""
        return self.unclaimed.index(version_id) if version_id in self.unclaimed else None


def queue_outlook(db: Session, course_slug: str, *, now: datetime) -> QueueOutlook:
    """One SELECT: at most 200 ratings of the last 60 days and the 1,000 oldest versions in flight."""
    rows = db.execute(union_all(_rated(course_slug, now), _in_flight(course_slug))).all()
    in_flight = sorted(
        (row for row in rows if row.closed_at is None), key=lambda row: (row.queued_at, row.id)
    )
    return QueueOutlook(
        unclaimed=tuple(row.id for row in in_flight if row.state == State.SUBMITTED),
        waits=waits(
            finished=[row.closed_at - row.queued_at for row in rows if row.closed_at is not None],
            waiting=[now - row.queued_at for row in in_flight],
        ),
    )


def _rated(course_slug: str, now: datetime) -> Select[tuple[UUID, State, datetime | None, datetime | None]]:
    version = SubmissionVersion
    rated = (
        select(version.id, version.state, version.queued_at, version.closed_at)
        .where(
            version.course_slug == course_slug,
            version.closed_at > now - RECENT,
            version.closed_at.is_not(None),
            version.state.in_(RATED),
        )
        .order_by(version.closed_at.desc())
        .limit(MOST_RATED)
        .subquery()
    )
    return select(rated.c.id, rated.c.state, rated.c.queued_at, rated.c.closed_at)


def _in_flight(course_slug: str) -> Select[tuple[UUID, State, datetime | None, datetime | None]]:
    version = SubmissionVersion
    waiting = (
        select(version.id, version.state, version.queued_at, version.closed_at)
        .where(version.course_slug == course_slug, version.state.in_(IN_FLIGHT))
        .order_by(version.queued_at, version.id)
        .limit(MOST_WAITING)
        .subquery()
    )
    return select(waiting.c.id, waiting.c.state, waiting.c.queued_at, waiting.c.closed_at)
