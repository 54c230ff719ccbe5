"""What a visitor reads: the course, the capstones, the fit check."""

from flask import Blueprint, Response, g, request

from app.course.fit import fit_question
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.queries import applications, rubrics
from app.web.access import PUBLIC, access
from app.web.forms import Form
from app.web.pages import course, page, redirect_to
from app.web.transactions import reading
from app.words import _

bp = Blueprint("home", __name__)

FIT_FIELDS = ("product", "traffic", "stack", "bottleneck")


@bp.get("/")
@access(PUBLIC)
def show() -> Response:
    """The course; who has work here is taken to it instead, unless the course itself is asked for."""
    start = _start(g.actor)
    if start is not None and "course" not in request.args:
        return redirect_to(start)
    return page("home/show.html", start=start)


def _start(actor: Actor | None) -> str | None:
    """The endpoint where this person's work begins; None while they have none and never asked for a place."""
    if actor is None:
        return None
    if actor.is_learner:
        return "modules.home"
    if actor.is_admin:
        return "admin.home"
    if actor.is_reviewer:
        return "reviews.queue"
    return "applications.status" if applications.latest(reading(), actor.id) else None


@bp.get("/capstones")
@access(PUBLIC)
def capstones() -> Response:
    return page("home/capstones.html")


@bp.get("/capstones/<slug>")
@access(PUBLIC)
def capstone(slug: str) -> Response:
    try:
        chosen = course().capstone(slug)
    except KeyError:
        raise NotFound from None
    published = rubrics.in_force(reading(), course().slug, slug)
    return page(
        "home/capstone.html", capstone=chosen, rubric=published.rubric if published else chosen.rubric
    )


@bp.get("/fit-check")
@access(PUBLIC)
def fit_check() -> Response:
    """Fill in four blanks, get a question. The answers travel in the address and are stored nowhere."""
    form = Form(request.args)
    answers = {name: form.text(name, longest=400, label=_("This answer")) for name in FIT_FIELDS}
    question = ""
    if any(answers.values()):
        for name in FIT_FIELDS:
            if not answers[name]:
                form.fail(name, _("Write a few words here, even a guess."))
        question = "" if form.errors else fit_question(course().fit_check, **answers)
    return page("home/fit_check.html", 422 if form.errors else 200, form=form, question=question)
