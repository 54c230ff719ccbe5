"""What a reviewer arranges in the queue: searches saved by name, and work passed by."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Conflict, Invalid
from app.services import review_queue
from app.web import queue_pages
from app.web.access import REVIEWER, access
from app.web.forms import Form
from app.web.pages import now, redirect_to
from app.web.transactions import writing

bp = Blueprint("queue", __name__, url_prefix="/queue")


@bp.post("/searches")
@access(REVIEWER)
def save_search() -> Response:
    form = Form(request.form)
    query = form.value("q")
    queue_pages.remember(query)
    try:
        with writing() as db:
            review_queue.save_search(db, g.actor, name=form.value("name"), query=query, now=now())
    except Invalid as invalid:
        form.errors = invalid.errors
        return queue_pages.show(form=form, status=422)
    except Conflict as refused:
        form.errors = {"name": refused.sentence}
        return queue_pages.show(form=form, status=409)
    return redirect_to("reviews.queue", q=query)


@bp.post("/searches/<uuid:search_id>/remove")
@access(REVIEWER)
def forget_search(search_id: UUID) -> Response:
    with writing() as db:
        review_queue.forget_search(db, g.actor, search_id)
    return redirect_to("reviews.queue")


@bp.post("/<uuid:version_id>/unskip")
@access(REVIEWER)
def unskip(version_id: UUID) -> Response:
    with writing() as db:
        review_queue.unskip(db, g.actor, version_id, now=now())
    return redirect_to("reviews.queue")
