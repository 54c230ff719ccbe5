"""What the application is made of, for views and commands: settings, course, database, adapters, clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.adapters.identity import Providers
from app.adapters.jobs import Doorbell
from app.adapters.storage import Storage
from app.course import Course
from config import Settings

NAME = "touchstone"


@dataclass(frozen=True, slots=True)
class Parts:
    """Made once by the factory and never changed."""

    settings: Settings
    course: Course
    sessions: sessionmaker[Session]
    reads: Engine
    storage: Storage
    doorbell: Doorbell
    providers: Providers
    clock: Callable[[], datetime]


def parts() -> Parts:
    """The parts of the application that answers this request or runs this command."""
    found: Parts = current_app.extensions[NAME]
    return found
