"""What the instances stand on: the demo's own parts, a database with people in it, and learners who are signed in."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from flask.sessions import SecureCookieSessionInterface

from app import course as courses
from app.db import make_engine, make_sessions
from app.factory import create_app
from app.services import rubrics, sign_ins
from config import from_environment
from embedded.stack import stack
from tests.conftest import migrate
from tests.factories import Make

LEARNERS = 8


@dataclass(frozen=True)
class World:
    """`environment` is what an instance is told; `cookies` are those of the learners' browsers."""

    environment: dict
    cookies: list
    pages: list
    form: str


@contextlib.contextmanager
def world(port):
    """PostgreSQL, Redis and the file store, with learners signed in at `http://localhost:<port>`."""
    with stack(base_url=f"http://localhost:{port}") as parts:
        migrate(parts.postgres.owner_url(), parts.postgres.app_url())
        environment = parts.environment() | {"PROXIES": "1"}
        course = courses.load(from_environment(environment).course_path)
        engine = make_engine(parts.postgres.app_url())
        sessions = make_sessions(engine)
        with sessions.begin() as db:
            rubrics.publish(db, course, actor_id=None, now=datetime.now(UTC))
        make = Make(sessions, course, datetime.now(UTC))
        tokens = [_sign_in(sessions, make.person(f"Learner {number}")) for number in range(LEARNERS)]
        engine.dispose()
        module = course.modules[0]
        pages = ["/learn", f"/learn/modules/{module.slug}", "/capstones", "/fit-check"]
        form = f"/learn/modules/{module.slug}/moves/{module.moves[0].key}"
        yield World(environment, _cookies(environment, tokens), pages, form)


def _sign_in(sessions, person):
    with sessions.begin() as db:
        return sign_ins.begin(
            db, person.id, provider="demo", browser="rehearsal", staff=False, now=datetime.now(UTC)
        )


def _cookies(environment, tokens):
    """As the portal signs them."""
    app = create_app(from_environment(environment))
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    name = app.config["SESSION_COOKIE_NAME"]
    app.extensions["touchstone"].sessions.kw["bind"].dispose()
    return [f"{name}={signer.dumps({'_user_id': token, '_fresh': True})}" for token in tokens]
