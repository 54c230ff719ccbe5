"""Conflicts of interest: declared from the desk, listed for whoever declared them, withdrawn by admins."""

from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.errors import Conflict, Invalid
from app.queries import conflicts as rows
from app.services import conflicts
from app.web.access import ADMIN, REVIEWER, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import capstone_titles, course, names_shown, now, page, redirect_to
from app.web.transactions import reading, writing

bp = Blueprint("conflicts", __name__)

WORK, LEARNER = "work", "learner"


@bp.get("/queue/<uuid:version_id>/conflict")
@access(REVIEWER)
def ask(version_id: UUID) -> Response:
    return _ask(version_id, Form())


@bp.post("/queue/<uuid:version_id>/conflict")
@access(REVIEWER)
def declare(version_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            conflicts.declare(
                db,
                g.actor,
                version_id,
                reason=form.value("reason"),
                whole_learner=form.value("reach") == LEARNER,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused)
        return _ask(version_id, form, status=status_of(refused))
    return redirect_to("conflicts.mine")


@bp.get("/queue/conflicts")
@access(REVIEWER)
def mine() -> Response:
    declared = rows.declared_conflicts(reading(), g.actor, named=names_shown())
    return page("reviews/conflicts.html", declared=declared, titles=capstone_titles())


@bp.get("/admin/conflicts")
@access(ADMIN)
def reported() -> Response:
    found = rows.reported_conflicts(reading(), course().slug)
    return page("admin/conflicts.html", conflicts=found, titles=capstone_titles())


@bp.post("/admin/conflicts/<uuid:conflict_id>/withdraw")
@access(ADMIN)
def withdraw(conflict_id: UUID) -> Response:
    with writing() as db:
        conflicts.withdraw(db, g.actor, conflict_id, now=now())
    return redirect_to("conflicts.reported")


def _ask(version_id: UUID, form: Form, *, status: int = 200) -> Response:
    work = rows.named_work(reading(), g.actor, version_id, named=names_shown())
    if not form.value("reach"):
        form.values = MultiDict([*form.values.items(multi=True), ("reach", WORK)])
    return page("reviews/conflict_of_interest.html", status, work=work, form=form, titles=capstone_titles())
