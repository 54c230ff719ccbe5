"""Who may open an endpoint. Denied by default: one that declares nothing is refused, and a test lists it."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for

from app.domain.actors import Actor
from app.domain.errors import Forbidden
from app.web.autosaves import is_autosave
from app.web.languages import write
from app.words import _, spoken

View = TypeVar("View", bound=Callable[..., object])


class Access(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    LEARNER = "learner"
    REVIEWER = "reviewer"
    ADMIN = "admin"


PUBLIC, SIGNED_IN, LEARNER, REVIEWER, ADMIN = Access

REFUSAL = {
    LEARNER: _("This part is for learners. It opens when free access is granted to you."),
    REVIEWER: _("This part is for reviewers. An admin can appoint you."),
    ADMIN: _("This part is for admins."),
}


def access(who: Access) -> Callable[[View], View]:
    """Declare who may open this view."""

    def declare(view: View) -> View:
        view.access = who  # type: ignore[attr-defined]
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Access | None:
    """What an endpoint declares; static files are public."""
    if endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions.get(endpoint), "access", None)


def guard() -> Response | None:
    """Before each request: let in, send to sign-in, or refuse."""
    if request.endpoint is None:
        return None  # no such page: the 404 handler answers
    who = declared(current_app, request.endpoint)
    if who is None:
        raise Forbidden(_("The page %(endpoint)s does not say who may open it.", endpoint=request.endpoint))
    if who is PUBLIC or _is(g.actor, who):
        return None
    if g.actor is None:
        return to_sign_in()
    raise Forbidden(REFUSAL[who])


def to_sign_in() -> Response:
    """Send the browser to sign in and back; a fragment cannot show that page, so htmx is told to leave."""
    here = request.full_path.rstrip("?") if request.method == "GET" else path_of(request.referrer)
    address = url_for("sign_in.show", next=here)
    if request.headers.get("HX-Request"):
        return Response(spoken(_("Sign in again to go on.")), 401, {"HX-Redirect": address})
    if request.mimetype == "application/x-www-form-urlencoded" and request.form and not is_autosave():
        return _send_again(address)
    return redirect(address, 303)  # type: ignore[return-value]


def _send_again(sign_in: str) -> Response:
    """What was typed, in a page that can send it once its writer has signed in elsewhere; the portal keeps nothing."""
    fields = [(name, value) for name, values in request.form.lists() for value in values]
    words = [value for _, value in fields if " " in value.strip()]
    page = write(
        "errors/signed_out.html",
        sign_in=sign_in,
        address=request.full_path.rstrip("?"),
        fields=fields,
        words=words,
    )
    return make_response(page, 401)


def path_of(address: str | None) -> str:
    """The page a form was sent from, without scheme and host: a sign-in leads to paths of our own only."""
    parts = urlsplit(address or "/")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _is(actor: Actor | None, who: Access) -> bool:
    if actor is None:
        return False
    return who is SIGNED_IN or who.value in actor.roles
