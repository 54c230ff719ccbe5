"""The course's bank of comments for admins: each with its criterion, where it comes from and how often it is used."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import Reader
from app.models import SavedComment

MOST = 2000


@dataclass(frozen=True, slots=True)
class SharedComment:
    """A comment that every reviewer has; `from_course` when it stands in the course's files."""

    id: UUID
    capstone_slug: str
    criterion_key: str
    body: str
    uses: int
    from_course: bool


def shared_comments(db: Reader, course_slug: str) -> tuple[SharedComment, ...]:
    """All of them by criterion, the most used first; one SELECT."""
    rows = db.execute(
        select(
            SavedComment.id,
            SavedComment.capstone_slug,
            SavedComment.criterion_key,
            SavedComment.body,
            SavedComment.uses,
            SavedComment.from_course,
        )
        .where(SavedComment.course_slug == course_slug, SavedComment.owner_id.is_(None))
        .order_by(
            SavedComment.capstone_slug,
            SavedComment.criterion_key,
            SavedComment.uses.desc(),
            SavedComment.created_at,
            SavedComment.id,
        )
        .limit(MOST)
    )
    return tuple(SharedComment(*row) for row in rows)
