"""Saved comments on one criterion: the reader's own and the course's."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from app.db import Reader
from app.domain.actors import Actor
from app.models import SavedComment

MOST = 100


@dataclass(frozen=True, slots=True)
class KeptComment:
    """A saved comment; `is_mine` is false for one of the course, which every reviewer has.

    `from_course` when it stands in the course's files, so that it is not removed from the desk.
    """

    id: UUID
    body: str
    uses: int
    is_mine: bool
    from_course: bool


def saved_comments(
    db: Reader, actor: Actor, course_slug: str, capstone_slug: str, criterion_key: str
) -> tuple[KeptComment, ...]:
    """The most used first."""
    rows = db.execute(
        select(
            SavedComment.id,
            SavedComment.body,
            SavedComment.uses,
            SavedComment.owner_id.is_not(None),
            SavedComment.from_course,
        )
        .where(
            SavedComment.course_slug == course_slug,
            SavedComment.capstone_slug == capstone_slug,
            SavedComment.criterion_key == criterion_key,
            or_(SavedComment.owner_id == actor.id, SavedComment.owner_id.is_(None)),
        )
        .order_by(SavedComment.uses.desc(), SavedComment.created_at, SavedComment.id)
        .limit(MOST)
    )
    return tuple(KeptComment(*row) for row in rows)


def body(db: Reader, actor: Actor, comment_id: UUID) -> str | None:
    """The words of one of them; None when it is another reviewer's or gone."""
    found: str | None = db.scalar(
        select(SavedComment.body).where(
            SavedComment.id == comment_id,
            or_(SavedComment.owner_id == actor.id, SavedComment.owner_id.is_(None)),
        )
    )
    return found
