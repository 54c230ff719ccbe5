"""Rendering, and the few things every view asks the application for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, g, make_response, redirect, request, url_for

from app.adapters.storage import Storage
from app.course import Course
from app.course.values import Capstone
from app.domain.actors import Actor
from app.web.languages import write
from app.web.parts import parts
from app.web.transactions import close_reading
from app.words import _
from config import Settings

INSIDE = {
    "modules.home": ("/learn", "/work", "/versions"),
    "reviews.queue": ("/queue", "/reviews", "/second-readings", "/calibration", "/appeals"),
    "admin.home": ("/admin",),
    "home.capstones": ("/capstones",),
    "applications.status": ("/apply", "/application"),
}
"""What lies inside a place of the navigation besides the place itself."""
KEYS = {"reviews.queue": "queue"}
"""The place to which keys lead, by their name in static/js/shared.js."""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool
    key: str = ""


def now() -> datetime:
    """The clock of the web; services are told."""
    return parts().clock()


def system_clock() -> datetime:
    return datetime.now(UTC)


def course() -> Course:
    return parts().course


def capstones() -> dict[str, Capstone]:
    """Each capstone by slug; work on one that the course has dropped goes by its slug."""
    return {capstone.slug: capstone for capstone in course().capstones}


def capstone_titles() -> dict[str, str]:
    """The title of each capstone by slug."""
    return {capstone.slug: capstone.title for capstone in course().capstones}


def names_shown() -> bool:
    """Whether reviewers know whose work they rate: not while the course is blind."""
    return not course().reviewing.blind


def settings() -> Settings:
    return parts().settings


def storage() -> Storage:
    """The object store; its client is made at the first use."""
    return parts().storage


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page or a fragment. The database connection is given back first."""
    close_reading()
    response = make_response(write(template, **values), status)
    response.headers["Cache-Control"] = "no-store" if is_fragment() else "private, no-cache"
    response.headers["Vary"] = "HX-Request, HX-Request-Type, Cookie, Accept-Language"
    return response


def redirect_to(endpoint: str, **values: Any) -> Response:
    """After a change: on to a page. htmx is told to go there instead of pasting it into a box."""
    address = url_for(endpoint, **values)
    if request.headers.get("HX-Request"):
        return Response("", 200, {"HX-Redirect": address})
    return redirect(address, 303)  # type: ignore[return-value]


def base_values() -> dict[str, Any]:
    """What every template knows."""
    actor: Actor | None = g.get("actor")
    return {
        "viewer": actor,
        "navigation": _navigation(actor),
        "course": course(),
        "now": now(),
        "zone": _chosen_zone(),
        "keys_off": not g.get("keys_enabled", True),
        "mailbox_url": settings().mailbox_url,
    }


def _chosen_zone() -> str:
    """The time zone of the profile; empty while it is the UTC everybody begins with: the computer knows better then."""
    zone: str = g.get("time_zone", "UTC")
    return "" if zone == "UTC" else zone


def _navigation(actor: Actor | None) -> list[Link]:
    places = [
        (_("Course"), "home.show"),
        (_("Capstones"), "home.capstones"),
        (_("Fit check"), "home.fit_check"),
    ]
    if actor is not None:
        places = [(_("Learn"), "modules.home")] if actor.is_learner else [(_("Course"), "home.show")]
        if not actor.roles:
            places.append((_("Your request"), "applications.status"))
        if actor.is_reviewer:
            places.append((_("Queue"), "reviews.queue"))
        if actor.is_admin:
            places.append((_("Admin"), "admin.home"))
    return [
        Link(label, _address(endpoint, actor), _is_here(endpoint), KEYS.get(endpoint, ""))
        for label, endpoint in places
        if endpoint in current_app.view_functions
    ]


def _address(endpoint: str, actor: Actor | None) -> str:
    """Where a place of the navigation is; the signed-in ask for the course by name, as "/" may lead elsewhere."""
    if endpoint == "home.show" and actor is not None:
        return url_for(endpoint, course=1)
    return url_for(endpoint)


def _is_here(endpoint: str) -> bool:
    """Whether this page belongs to that place of the navigation."""
    return request.endpoint == endpoint or request.path.startswith(INSIDE.get(endpoint, ()))
