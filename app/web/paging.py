"""Lists page by key: the address of the next page carries the key of this page's last row."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flask import request

Row = TypeVar("Row")


def cut(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], Row | None]:
    """The rows of this page, and the last of them when more follow: a query gives one row too many to tell."""
    return rows[:size], rows[size - 1] if len(rows) > size else None


def key(at: datetime, row_id: UUID) -> str:
    """The key of a row for the address: its time and its id."""
    return f"{at.isoformat()}_{row_id}"


def after() -> tuple[datetime, UUID] | None:
    """The key of the last row of the page before, from the address; a mangled one means the first page."""
    at, _, row_id = request.args.get("after", "").partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(row_id)) if moment.tzinfo else None
    except ValueError:
        return None
