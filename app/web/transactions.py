"""The only places where the web opens and commits transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.errors import Unavailable
from app.web.parts import parts
from app.words import _


def reading() -> Connection:
    """The connection of this request for reading; it knows no entities, so there is no row to change by mistake."""
    if "db" not in g:
        g.db = parts().reads.connect()
    connection: Connection = g.db
    return connection


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction: committed at the end, or not at all. Rings the doorbell when it made work due."""
    close_reading()  # one connection a request, and later reads see what was written
    try:
        with parts().sessions.begin() as db:
            yield db
            due = db.info.pop("due", False)
    except OperationalError as broken:
        if broken.connection_invalidated or not getattr(broken.orig, "sqlstate", None):
            raise Unavailable(
                _("The database does not answer. What you typed is still here; try again.")
            ) from broken
        raise
    if due:
        parts().doorbell.ring()


def close_reading() -> None:
    """Give the connection back."""
    connection = g.pop("db", None)
    if connection is not None:
        connection.close()
