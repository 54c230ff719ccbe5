"""What a reviewer arranges in the queue: saved searches, and work passed by that is to be offered again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid
from app.domain.queue_search import LONGEST
from app.models import SavedSearch, SkippedReview
from app.services import audit
from app.words import _

NAME_LIMIT = 60
MOST_SEARCHES = 20


def save_search(db: Session, actor: Actor, *, name: str, query: str, now: datetime) -> None:
    """Keep a search under a name; the same name again gets the new search."""
    name, query = " ".join(name.split()), " ".join(query.replace("\x00", "").split())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise Invalid({"name": _("Give the search a name of up to %(most)s characters.", most=NAME_LIMIT)})
    if not 1 <= len(query) <= LONGEST:
        raise Invalid({"name": _("Search for something first; then it can be saved.")})
    names = set(db.scalars(select(SavedSearch.name).where(SavedSearch.reviewer_id == actor.id)))
    if name not in names and len(names) >= MOST_SEARCHES:
        raise Conflict(
            _("%(most)s searches are saved already. Remove one that is not used.", most=MOST_SEARCHES)
        )
    row = insert(SavedSearch).values(
        id=new_id(), reviewer_id=actor.id, name=name, query=query, created_at=now
    )
    db.execute(row.on_conflict_do_update(index_elements=["reviewer_id", "name"], set_={"query": query}))


def forget_search(db: Session, actor: Actor, search_id: UUID) -> None:
    """Take a saved search away; gone already is gone."""
    db.execute(delete(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.reviewer_id == actor.id))


def unskip(db: Session, actor: Actor, version_id: UUID, *, now: datetime) -> None:
    """Let "next" offer a version again that this reviewer had passed by."""
    gone = db.scalar(
        delete(SkippedReview)
        .where(SkippedReview.reviewer_id == actor.id, SkippedReview.version_id == version_id)
        .returning(SkippedReview.version_id)
    )
    if gone is not None:
        audit.record(db, actor.id, "review.unskip", "submission_version", version_id, now=now)
