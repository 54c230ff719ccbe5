"""What the queue remembers of one reviewer: searches saved as links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, new_id


class SavedSearch(Base):
    """A search of the queue under a name of the reviewer's own."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("reviewer_id", "name"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name_is_short"),
        CheckConstraint("length(query) BETWEEN 1 AND 300", name="query_fits_the_box"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]
