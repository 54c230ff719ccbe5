"""The learner's home and the ten modules: what to do next, in order, and what is done."""

from typing import Any

from flask import Blueprint, Response, g, request

from app.course.values import Module
from app.domain.completion import progress
from app.domain.errors import NotFound
from app.queries import progress as learners
from app.services import learning
from app.web.access import LEARNER, access
from app.web.languages import write
from app.web.learner_pages import next_step, waiting_words
from app.web.pages import course, is_fragment, now, page, redirect_to, settings
from app.web.transactions import reading, writing

bp = Blueprint("modules", __name__, url_prefix="/learn")


@bp.get("")
@access(LEARNER)
def home() -> Response:
    found = learners.learner_home(reading(), g.actor.id, course=course(), now=now())
    return page("modules/home.html", home=found, step=next_step(found, course()), waiting_words=waiting_words)


@bp.get("/modules/<slug>")
@access(LEARNER)
def show(slug: str) -> Response:
    module = _module(slug)
    return page("modules/show.html", **_values(module))


@bp.post("/modules/<slug>/moves/<key>")
@access(LEARNER)
def mark(slug: str, key: str) -> Response:
    """Tick or untick one move, as `done` says: "yes" or "no"."""
    module = _module(slug)
    with writing() as db:
        if request.form.get("done") == "no":
            learning.untick(db, g.actor, slug, key, course=course(), now=now())
        else:
            learning.tick(db, g.actor, slug, key, course=course(), base_url=settings().base_url, now=now())
    if not is_fragment():
        return redirect_to("modules.show", slug=slug, _anchor=f"move-{key}")
    values = _values(module)
    number, move = next((n, move) for n, move in enumerate(module.moves, start=1) if move.key == key)
    response = page("modules/_move.html", module=module, move=move, number=number, ticked=values["ticked"])
    response.data += write("modules/_module-progress.html", out_of_band=True, **values).encode()
    return response


def _module(slug: str) -> Module:
    try:
        return course().module(slug)
    except KeyError:
        raise NotFound from None


def _values(module: Module) -> dict[str, Any]:
    moves = learners.ticked_moves(reading(), g.actor.id, course_slug=course().slug)
    done = progress(course(), moves=moves, passed=())
    modules = course().modules
    place = modules.index(module)
    return {
        "module": module,
        "ticked": {key for slug, key in moves if slug == module.slug},
        "standing": next(one for one in done.modules if one.slug == module.slug),
        "modules_done": done.modules_done,
        "before": modules[place - 1] if place else None,
        "after": modules[place + 1] if place + 1 < len(modules) else None,
    }
