"""What a worker works with: made once at start, passed to everything."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from app import course as courses
from app.adapters.jobs import Doorbell
from app.adapters.mail import Post
from app.adapters.storage import Storage, from_settings
from app.course import Course
from app.db import make_engine, make_sessions
from config import Settings, from_environment
from worker import sandbox
from worker.sandbox import Sandbox
from worker.spares import Spares

READER = "app.evidence"  # the learner's own command
GRACE = 8.0  # seconds between being asked to stop and giving back what is under way


class Stopping:
    """Whether the worker has been asked to stop, and how long ago. Safe to ask from a signal handler."""

    def __init__(self, *, grace: float = GRACE) -> None:
        self._asked_at: float | None = None
        self._asked = threading.Event()
        self._grace = grace

    def ask(self) -> None:
        self._asked_at = self._asked_at or time.monotonic()
        self._asked.set()

    def is_asked(self) -> bool:
        return self._asked.is_set()

    def is_urgent(self) -> bool:
        """Whether patience with the item under way has ended."""
        return self._asked_at is not None and time.monotonic() - self._asked_at > self._grace

    def wait(self, seconds: float) -> bool:
        """Sleep until asked, at most `seconds`; whether it was asked."""
        return self._asked.wait(seconds)


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    course: Course
    sessions: sessionmaker[Session]
    storage: Storage
    post: Post
    doorbell: Doorbell
    sandbox: Sandbox
    reader: Spares
    clock: Callable[[], datetime]
    stopping: Stopping = field(default_factory=Stopping)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.limits.check_lease)


def make(environ: Mapping[str, str]) -> Context:
    """Read the settings and try the sandbox; raises SettingsInvalid, CourseInvalid or NoSandbox, each in words."""
    settings = from_environment(environ)
    box = sandbox.probe(environ.get("SANDBOX", "").split() or sandbox.LEVELS)
    return Context(
        settings=settings,
        course=courses.load(settings.course_path),
        sessions=make_sessions(make_engine(settings.database_url, pool_size=4)),
        storage=from_settings(settings.storage),
        post=Post(settings.mail),
        doorbell=Doorbell(settings.redis_url),
        sandbox=box,
        reader=Spares(box, READER),
        clock=lambda: datetime.now(UTC),
    )
