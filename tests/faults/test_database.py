"""PostgreSQL killed while people write (I25): whatever the portal said was kept is there, and every invariant holds."""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import course as courses
from app.factory import create_app
from app.models import Application, AuditEntry, Person
from app.queries import integrity
from config import from_environment
from embedded import postgres
from embedded.process import Unstartable
from tests.browser_client import Browser
from tests.clock import NOON
from tests.conftest import ROOT, environment, migrate
from tests.factories import Make
from tests.worker.parts import until

WRITERS, KILLS, MORE = 4, 3, 25
"""So many people of each sort, so many kills, and so many writes kept between two of them."""


class Server:
    """A server that keeps its data, at an address that stays the same when it is started anew."""

    def __init__(self, folder):
        self.folder, self.address = folder, folder / "address"
        self.running = None
        self.start()

    def start(self):
        """Again and again, while what the killed one left behind still ends."""
        deadline = time.monotonic() + 20
        while self.running is None:
            with contextlib.suppress(Unstartable):
                self.running = postgres.start(self.folder / "data")
            assert self.running or time.monotonic() < deadline, "PostgreSQL did not come back"
        there = self.running.app_url().partition("host=")[2]
        self.address.unlink(missing_ok=True)
        self.address.symlink_to(there)

    def kill(self):
        os.kill(self.running.pid, signal.SIGKILL)
        self.running._child.popen.wait()
        self.running = None

    def url(self, role):
        return f"postgresql+psycopg://{role}@/touchstone?host={self.address}"


@pytest.fixture
def server():
    folder = Path(tempfile.mkdtemp(prefix="touchstone-killed-", dir="/var/tmp"))
    folder.chmod(0o711)
    server = Server(folder)
    try:
        migrate(server.url(postgres.OWNER), server.url(postgres.APP))
        yield server
    finally:
        if server.running:
            server.running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def portal(server, tmp_path):
    """The portal itself, on that server, its clock at NOON."""
    known = environment(server.url(postgres.APP), server.url(postgres.OWNER), tmp_path)
    app = create_app(from_environment(known), clock=lambda: NOON)
    yield app
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


class Writer(threading.Thread):
    """Somebody who writes one thing after the other, counted: what they tried, what the portal said it has kept."""

    def __init__(self, app, sessions, person, stop):
        super().__init__()
        self.person, self.stop = person, stop
        self.client = Browser(app, sessions)
        self.client.sign_in(person)
        self.tried = self.kept = self.refused = 0

    def run(self):
        while not self.stop.is_set():
            self.tried += 1
            answer = self.write(self.tried)
            if answer.status_code < 400:
                assert "sign-in" not in answer.location
                self.kept = self.tried
            else:
                assert answer.status_code == 503, answer.text
                self.refused += 1
                self.stop.wait(0.02)


class Applicant(Writer):
    """Keeps typing into the draft of a request: the last number is what counts."""

    def write(self, number):
        return self.client.post("/apply", data={"building": str(number), "then": "keep"})

    def holds(self, db):
        found = db.scalar(select(Application.building).where(Application.person_id == self.person.id))
        return self.kept <= int(found or 0) <= self.tried


class Learner(Writer):
    """Changes their name again and again; each change is a row and an entry of the audit trail, or neither."""

    def write(self, number):
        return self.client.post("/profile", data={"name": str(number), "time_zone": "UTC"})

    def holds(self, db):
        entries = select(func.count()).where(
            AuditEntry.actor_id == self.person.id, AuditEntry.action == "person.describe"
        )
        name = int(db.scalar(select(Person.name).where(Person.id == self.person.id)))
        return (
            self.kept <= name <= self.tried and self.tried - self.refused <= db.scalar(entries) <= self.tried
        )


def test_what_was_said_to_be_kept_outlives_a_killed_postgresql(server, portal):
    stop = threading.Event()
    sessions = portal.extensions["touchstone"].sessions
    make = Make(sessions, courses.load(ROOT / "course"), NOON)
    people = [(Applicant, ()), (Learner, ("learner",))]
    writers = [
        kind(portal, sessions, make.person(f"{kind.__name__} {n}", roles=roles), stop)
        for kind, roles in people
        for n in range(WRITERS)
    ]
    began = time.monotonic()
    for writer in writers:
        writer.start()

    try:
        for _ in range(KILLS):
            goal = [writer.kept + MORE for writer in writers]
            assert until(
                lambda goal=goal: all(w.kept >= g for w, g in zip(writers, goal, strict=True)), seconds=30
            )
            server.kill()
            assert until(lambda: all(writer.refused for writer in writers), seconds=10)
            server.start()
        goal = [writer.kept + MORE for writer in writers]
        assert until(lambda: all(w.kept >= g for w, g in zip(writers, goal, strict=True)), seconds=30)
    finally:
        stop.set()
        for writer in writers:
            writer.join()

    with sessions() as db:
        assert [writer.person.name for writer in writers if not writer.holds(db)] == []
        assert integrity.violations(db, now=NOON) == []
    assert time.monotonic() - began < 60
