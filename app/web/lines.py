"""Lines of an evidence file, and what the reviewer says about them."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Invalid, NotFound
from app.queries import review_desk
from app.queries.review_desk import Desk
from app.queries.review_evidence import DeskFile
from app.services import reviews
from app.web import desk_pages
from app.web.access import REVIEWER, SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import now, page, redirect_to, settings
from app.web.transactions import close_reading, reading, writing

bp = Blueprint("lines", __name__, url_prefix="/reviews/<uuid:review_id>/files/<uuid:file_id>")


@bp.get("")
@access(SIGNED_IN)
def show(review_id: UUID, file_id: UUID) -> Response:
    """One file of the version, a thousand lines at a time."""
    return _show(review_id, file_id, Form())


@bp.post("/comments")
@access(REVIEWER)
def comment(review_id: UUID, file_id: UUID) -> Response:
    form = Form(request.form)
    line = form.number("line", label="The line")
    try:
        form.done()
        with writing() as db:
            reviews.comment_on_line(
                db,
                g.actor,
                review_id,
                file_id=file_id,
                line=int(line or 0),
                body=form.value("body"),
                lease_seconds=settings().limits.review_lease,
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _show(review_id, file_id, form, status=422)
    return redirect_to("reviews.desk", review_id=review_id, _anchor=f"comments-{file_id}")


@bp.post("/comments/<uuid:comment_id>/remove")
@access(REVIEWER)
def remove(review_id: UUID, file_id: UUID, comment_id: UUID) -> Response:
    with writing() as db:
        reviews.remove_line_comment(db, g.actor, review_id, comment_id)
    return redirect_to("reviews.desk", review_id=review_id, _anchor=f"comments-{file_id}")


def _show(review_id: UUID, file_id: UUID, form: Form, status: int = 200) -> Response:
    desk = review_desk.desk(reading(), g.actor, review_id)
    file = _file(desk, file_id)
    first = max(1, request.args.get("first", 1, type=int))
    close_reading()
    text = desk_pages.text_of(file, first=first, count=desk_pages.LINES_A_PAGE)
    rows = desk_pages.noted(text, file, desk.comments)
    return page(
        "reviews/lines.html", status, desk=desk, file=file, first=first, text=text, rows=rows, form=form
    )


def _file(desk: Desk, file_id: UUID) -> DeskFile:
    file = next((each for each in desk.files if each.id == file_id), None)
    if file is None:
        raise NotFound
    return file
