"""The course's bank of comments: what every reviewer finds beside a criterion, kept by admins."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Conflict, Invalid
from app.queries.course_comments import shared_comments
from app.services import course_comments
from app.web.access import ADMIN, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import course, now, page, redirect_to
from app.web.transactions import reading, writing

bp = Blueprint("course_comments", __name__, url_prefix="/admin/comments")


@bp.get("")
@access(ADMIN)
def show() -> Response:
    return _show(Form())


@bp.post("")
@access(ADMIN)
def keep() -> Response:
    form = Form(request.form)
    slug, _, key = form.value("place").partition("/")
    try:
        with writing() as db:
            course_comments.keep(db, g.actor, slug, key, body=form.value("body"), course=course(), now=now())
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused, field="body")
        return _show(form, status=status_of(refused))
    return redirect_to("course_comments.show", _anchor=f"{slug}-{key}")


@bp.post("/<uuid:comment_id>/forget")
@access(ADMIN)
def forget(comment_id: UUID) -> Response:
    try:
        with writing() as db:
            course_comments.forget(db, g.actor, comment_id, now=now())
    except Conflict as refused:
        form = Form()
        form.errors = errors_of(refused)
        return _show(form, status=409)
    return redirect_to("course_comments.show")


def _show(form: Form, status: int = 200) -> Response:
    kept: dict[tuple[str, str], list[object]] = {}
    for each in shared_comments(reading(), course().slug):
        kept.setdefault((each.capstone_slug, each.criterion_key), []).append(each)
    places = {
        (capstone.slug, each.key): f"{capstone.number} {capstone.title}: {each.title}"
        for capstone in course().capstones
        for each in capstone.rubric.criteria
    }
    dropped = {place: "/".join(place) for place in kept if place not in places}
    return page(
        "admin/comments.html",
        status,
        kept=kept,
        options=[("/".join(place), title) for place, title in places.items()],
        titles=places | dropped,
        form=form,
    )
