"""The real parts for every test: PostgreSQL, the shipped course, and an object store for those who ask."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event

from app import course as courses
from app.db import Base, make_engine, make_sessions
from app.factory import create_app
from app.words import speaking
from app.words.catalogue import ENGLISH
from config import from_environment
from embedded import postgres as embedded_postgres
from tests import real_parts
from tests.browser_client import Browser
from tests.clock import CLOCK, NOON
from tests.factories import Make

pytest.register_assert_rewrite("tests.story", "tests.web")  # asserts outside test modules speak too

ROOT = Path(__file__).parent.parent
# Without triggers, which refuse exactly this; DELETE is ten times faster than TRUNCATE on tables this small.
EMPTY = "SET session_replication_role = replica;" + ";".join(
    f"DELETE FROM {name}" for name in Base.metadata.tables
)

# With the real parts there (see real_parts.py) these say the same about them as about the embedded ones.
ON_EVERY_PART = ("adapters/test_storage", "embedded/test_objectstore_contract", "models/")


# Files of few tests that take long: begun first, they end with the others when files run side by side.
LONG = ("faults/", "story/", "models/", "embedded/", "worker/", "web/test_metrics", "deploy/")


def pytest_collection_modifyitems(items):
    """Long files first; and count what holds for every part as a test of the real ones, when they are named."""
    items.sort(key=lambda item: not _within_tests(item).startswith(LONG))
    if os.environ.get(real_parts.SUPERUSER_URL):
        for item in items:
            if _within_tests(item).startswith(ON_EVERY_PART):
                item.add_marker(pytest.mark.services)


def _within_tests(item):
    return str(item.path.relative_to(ROOT / "tests"))


@pytest.fixture(autouse=True)
def english():
    """What a test's requests speak ends with the test."""
    with speaking(ENGLISH):
        yield


@pytest.fixture(scope="session")
def postgres():
    """A throw-away server with the schema in place; TEST_DATABASE_SUPERUSER_URL takes a real one instead."""
    with real_parts.real_postgres() or embedded_postgres.start() as server:
        migrate(server.owner_url(), server.app_url())
        yield server


@pytest.fixture(scope="session")
def engine(postgres):
    engine = make_engine(postgres.app_url())
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def superuser(postgres):
    engine = create_engine(postgres.superuser_url("touchstone"), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine, superuser):
    """Sessions of the app's role on empty tables."""
    yield make_sessions(engine)
    with superuser.connect() as connection:
        connection.exec_driver_sql(EMPTY)


@pytest.fixture
def db(sessions):
    with sessions() as session:
        yield session


@pytest.fixture(scope="session")
def course():
    """The shipped course, in which nothing is read blind and no claim waits for an example unless a test asks."""
    return undisturbed(courses.load(ROOT / "course"))


def undisturbed(course):
    """Which version is read blind hangs on its id, and whose claim waits on what they have rated."""
    return replace(
        course,
        reviewing=replace(course.reviewing, blind_reading_every=0),
        calibration=replace(course.calibration, required=False),
    )


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def make(sessions, course):
    return Make(sessions, course, NOON)


@pytest.fixture
def count_selects():
    """`with count_selects() as seen: …` – then `len(seen)` SELECTs went to the database, through any engine."""
    return _Selects


class _Selects:
    def __enter__(self):
        self.seen = []
        event.listen(Engine, "before_cursor_execute", self._note)
        return self.seen

    def __exit__(self, *_):
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, _parameters, _context, _many):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.seen.append(statement)


@pytest.fixture(scope="session")
def settings(postgres, tmp_path_factory):
    """Settings of a development portal on the embedded parts; nothing listens at the storage address."""
    return from_environment(
        environment(postgres.app_url(), postgres.owner_url(), tmp_path_factory.mktemp("portal"))
    )


def environment(app_url, owner_url, folder):
    return {
        "DEVELOPMENT": "1",
        "BASE_URL": "http://localhost",
        "SECRET_KEY": "a secret that only the tests know, long enough",
        "DATABASE_URL": app_url,
        "MIGRATION_DATABASE_URL": owner_url,
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "S3_BUCKET": "touchstone",
        "S3_ACCESS_KEY_ID": "TESTACCESSKEY00000001",
        "S3_SECRET_ACCESS_KEY": "test-secret-key-0123456789",
        "OIDC_DEMO_ISSUER": "http://127.0.0.1:9",
        "OIDC_DEMO_CLIENT_ID": "touchstone",
        "OIDC_DEMO_CLIENT_SECRET": "test-client-secret",
        "CERTIFICATE_KEY_FILE": str(folder / "certificate-key.pem"),
        "REVIEW_UNDO_SECONDS": "0",  # tests of the ten minutes ask for them
        "DRAIN_FILE": str(folder / "drain"),
    }


def migrate(owner_url, app_url):
    """Bring a database to the newest schema, in a process of its own as an operator would."""
    environ = os.environ | {"DATABASE_URL": app_url, "MIGRATION_DATABASE_URL": owner_url}
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], check=True, cwd=ROOT, env=environ)


@pytest.fixture(scope="session")
def app(settings):
    """The portal itself. Its clock stands at NOON unless a test moves it."""
    app = create_app(settings, clock=lambda: CLOCK["now"])
    made = app.extensions["touchstone"]
    app.extensions["touchstone"] = replace(made, course=undisturbed(made.course))
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


@pytest.fixture
def reviewing(app):
    """`reviewing(blind=False)`: the same course with other rules of reviewing, for one test."""
    before = app.extensions["touchstone"]

    def changed(**rules):
        course = replace(before.course, reviewing=replace(before.course.reviewing, **rules))
        app.extensions["touchstone"] = replace(before, course=course)
        return course

    yield changed
    app.extensions["touchstone"] = before


@pytest.fixture
def clock():
    """`clock["now"] = …` moves the portal's time for one test."""
    yield CLOCK
    CLOCK["now"] = NOON


@pytest.fixture
def client(app, sessions):
    """A browser on our own pages. `client.sign_in(person)` opens a real session."""
    return Browser(app, sessions)
