"""People and their work in a running portal, made by the factories of the other tests instead of by pages."""

from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

from sqlalchemy import select

from app import course as courses
from app.db import make_engine, make_sessions
from app.models import Person as PersonRow
from config import ROOT
from tests.factories import Make
from tests.story.people import Person


@contextmanager
def database(portal):
    """The portal's own database: `sessions`, and `make` with factories that work at the present moment."""
    engine = make_engine(portal.environment["DATABASE_URL"])
    sessions = make_sessions(engine)
    yield SimpleNamespace(
        sessions=sessions, make=Make(sessions, courses.load(ROOT / "course"), datetime.now(UTC))
    )
    engine.dispose()


def signed_in_once(portal, db, name, *roles):
    """Somebody the provider knows, with these appointments; their row."""
    person = Person(portal, name, f"{name.lower()}@example.org")
    person.sign_in()
    for role in roles:
        assert portal.flask("people", "appoint", person.email, role).returncode == 0
    with db.sessions() as session:
        return session.scalars(select(PersonRow).where(PersonRow.email == person.email)).one()
