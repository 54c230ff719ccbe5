"""Flask's test client as a browser: it says where its requests come from, and can be signed in."""

from flask.testing import FlaskClient

from app.services import sign_ins
from tests.clock import CLOCK


class Browser(FlaskClient):
    """Sends `Sec-Fetch-Site: same-origin`, as our own pages make browsers do."""

    def __init__(self, app, sessions):
        super().__init__(app, app.response_class)
        self.sessions = sessions

    def open(self, *args, **kwargs):
        kwargs["headers"] = {"Sec-Fetch-Site": "same-origin"} | dict(kwargs.get("headers") or {})
        return super().open(*args, **kwargs)

    def sign_in(self, person):
        """A real session row and its cookie; returns the session's id, as the cookie's owner would know it."""
        with self.sessions.begin() as db:
            token = sign_ins.begin(
                db, person.id, provider="demo", browser="test", staff=False, now=CLOCK["now"]
            )
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
            session["_fresh"] = True
        return token

    def fragment(self, method, path, **kwargs):
        """A request as htmx sends it for a part of a page."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} | dict(kwargs.pop("headers", {}))
        return self.open(path, method=method, headers=headers, **kwargs)
