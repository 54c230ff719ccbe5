"""Blind second readings: taken from the queue, handed in from the desk, then seen beside the first rating."""

from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.errors import Invalid, Stale
from app.domain.reviews import State, Verdict
from app.queries.compared_readings import compared_reading
from app.services import blind_readings
from app.web import desk_pages, queue_pages
from app.web.access import REVIEWER, SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import capstone_titles, capstones, now, page, redirect_to
from app.web.transactions import reading, writing
from app.web.verdicts import choices
from app.words import _, joined

bp = Blueprint("blind_readings", __name__)


@bp.post("/second-readings/blind")
@access(REVIEWER)
def begin() -> Response:
    return queue_pages.take_next(blind_readings.begin)


@bp.get("/reviews/<uuid:review_id>/hand-in")
@access(REVIEWER)
def ask(review_id: UUID) -> Response:
    return _ask(review_id, Form())


@bp.post("/reviews/<uuid:review_id>/hand-in")
@access(REVIEWER)
def hand_in(review_id: UUID) -> Response:
    form = Form(request.form)
    tag, verdict = form.number("tag"), form.choice("verdict", Verdict, label=_("the verdict"))
    try:
        form.done()
        with writing() as db:
            blind_readings.hand_in(
                db, g.actor, review_id, tag=int(tag or 0), verdict=verdict or Verdict.NEEDS_CHANGES, now=now()
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _ask(review_id, form, status=422)
    except Stale as stale:
        form.errors = {"": joined([stale.sentence, _("Read it again before you hand it in.")])}
        return _ask(review_id, form, status=409)
    return redirect_to("blind_readings.show", review_id=review_id)


@bp.get("/second-readings/blind/<uuid:review_id>")
@access(SIGNED_IN)
def show(review_id: UUID) -> Response:
    """The two ratings side by side."""
    return page(
        "second_readings/compared.html",
        read=compared_reading(reading(), g.actor, review_id),
        titles=capstone_titles(),
    )


def _ask(review_id: UUID, form: Form, status: int = 200) -> Response:
    found = desk_pages.opened(review_id)
    if not (found.is_mine and found.state is State.READING):
        return redirect_to("reviews.desk", review_id=review_id)
    says = found.outcome
    if len(says.verdicts) == 1 and not form.value("verdict"):
        form.values = MultiDict({"verdict": says.verdicts[0].value})
    return page(
        "second_readings/hand_in.html",
        status,
        desk=found,
        outcome=says,
        rows=desk_pages.rated_rows(found),
        options=choices(says.verdicts),
        form=form,
        capstones=capstones(),
    )
