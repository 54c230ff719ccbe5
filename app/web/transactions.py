"""The only places where the web opens and commits transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.errors import Unavailable
from app.web.parts import parts


def reading() -> Session:
    """The session of this request for reading; it flushes nothing, so no row changed in it is kept.

    Each statement stands alone: BEGIN and ROLLBACK would be two more round trips (a tenth of a page's processor time
    on one machine, more over a network) and buy nothing, for under READ COMMITTED every statement sees its own state
    of the database anyhow.
    """
    if "db" not in g:
        opened = parts().sessions(autoflush=False)
        opened.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        g.db = opened
    session: Session = g.db
    return session


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
                "The database does not answer. What you typed is still here; try again."
            ) from broken
        raise
    if due:
        parts().doorbell.ring()


def close_reading() -> None:
    """Give the connection back."""
    session = g.pop("db", None)
    if session is not None:
        session.close()
