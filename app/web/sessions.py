"""Flask-Login over server-side sessions: the cookie carries an id, the database knows whether it lives."""

from datetime import timedelta

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from app.queries import people
from app.queries.people import SignedIn
from app.services import sign_ins
from app.web.languages import listen_to
from app.web.pages import course, now
from app.web.transactions import reading, writing
from config import Settings

SEEN_EVERY = timedelta(minutes=1)


class User(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of a signed-in person: the session id, and who it stands for."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.token = token
        self.signed_in = signed_in

    def get_id(self) -> str:
        return self.token


def register(app: Flask, settings: Settings) -> None:
    """Set up cookies and the loader; `g.actor` is known before any view runs."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-touchstone" if settings.secure else "touchstone",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=sign_ins.ABSOLUTE,
        SESSION_REFRESH_EACH_REQUEST=False,  # or a late answer would bring an ended session back
    )
    manager = LoginManager()
    manager.session_protection = None  # the session row is the protection
    manager.init_app(app, add_context_processor=False)  # an error page must render without the database
    manager.user_loader(_load)


def identify() -> None:
    """Before each request: who is asking."""
    g.actor = None
    if request.endpoint == "static" or not session:
        return
    if not current_user.is_authenticated:
        return
    signed_in: SignedIn = current_user.signed_in
    g.actor = signed_in.actor
    g.sign_in_id = signed_in.sign_in_id
    g.time_zone = signed_in.time_zone
    g.keys_enabled = signed_in.keys_enabled
    listen_to(signed_in.language)
    if now() - signed_in.last_seen_at > SEEN_EVERY:
        with writing() as db:
            sign_ins.touch(db, signed_in.sign_in_id, now=now())


def open_session(token: str) -> None:
    """Put a new session into this browser; whatever the cookie held before is dropped."""
    session.clear()
    session.permanent = True
    user = _load(token)
    if user is None:
        raise RuntimeError("a session that was just made is alive")
    login_user(user)


def close_session() -> None:
    """Forget the session in this browser."""
    logout_user()
    session.clear()


def _load(token: str) -> User | None:
    signed_in = people.signed_in(
        reading(), sign_ins.token_hash(token), course_slug=course().slug, idle=sign_ins.IDLE, now=now()
    )
    return User(token, signed_in) if signed_in else None
