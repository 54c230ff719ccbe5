"""Handing a claim to a named colleague."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Conflict, Invalid
from app.queries.colleagues import colleagues
from app.services import handovers
from app.web import desk_pages
from app.web.access import REVIEWER, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form, read_uuid
from app.web.pages import capstones, course, now, page, redirect_to, settings
from app.web.transactions import reading, writing
from app.words import _

bp = Blueprint("handovers", __name__, url_prefix="/reviews/<uuid:review_id>/hand-over")


@bp.get("")
@access(REVIEWER)
def ask(review_id: UUID) -> Response:
    return _ask(review_id, Form())


@bp.post("")
@access(REVIEWER)
def hand_over(review_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            handovers.hand_over(
                db,
                g.actor,
                review_id,
                to_id=read_uuid(form.value("to")),
                note=form.value("note"),
                course=course(),
                base_url=settings().base_url,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused)
        return _ask(review_id, form, status=status_of(refused))
    return redirect_to("reviews.queue")


def _ask(review_id: UUID, form: Form, *, status: int = 200) -> Response:
    db = reading()
    desk = desk_pages.opened(review_id)
    if not desk.is_open and not form.errors:
        return redirect_to("reviews.desk", review_id=review_id)
    others = [("", _("Choose a reviewer")), *((str(each.id), each.name) for each in colleagues(db, g.actor))]
    return page(
        "reviews/hand_over.html",
        status,
        desk=desk,
        others=others,
        form=form,
        capstones=capstones(),
    )
