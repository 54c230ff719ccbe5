"""One's own data as a download, and the erasing of a person by an admin."""

import contextlib
from uuid import UUID

from flask import Blueprint, Response, g, request

from app.adapters.storage import StorageDown, attachment
from app.domain.errors import Unavailable
from app.queries import personal as rows
from app.services import erasure, people
from app.web import takeout
from app.web.access import ADMIN, SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import now, page, redirect_to, storage
from app.web.parts import parts
from app.web.transactions import close_reading, reading, writing
from app.words import _

bp = Blueprint("personal", __name__)


@bp.get("/profile/data")
@access(SIGNED_IN)
def show() -> Response:
    return page("personal/show.html", held=rows.footprint(reading(), g.actor.id), parts_held=rows.PARTS)


@bp.post("/profile/data")
@access(SIGNED_IN)
def export() -> Response:
    """The ZIP, sent while it is made. It ends unfinished, and the browser says so, when the storage stops answering."""
    if not storage().is_up():
        raise Unavailable(
            _("The file storage does not answer, so your files cannot be put in. Try again later.")
        )
    with writing() as db:
        people.note_export(db, g.actor, now=now())
    close_reading()
    name = f"touchstone-{now():%Y-%m-%d}.zip"
    return Response(
        takeout.pieces(parts().reads, storage(), g.actor.id, now=now()),
        mimetype="application/zip",
        headers={"Content-Disposition": attachment(name), "Cache-Control": "no-store"},
    )


@bp.get("/admin/people/<uuid:person_id>/erase")
@access(ADMIN)
def confirm(person_id: UUID) -> Response:
    return _confirm(person_id, Form())


@bp.post("/admin/people/<uuid:person_id>/erase")
@access(ADMIN)
def erase(person_id: UUID) -> Response:
    form = Form(request.form)
    if not form.checked("sure"):
        form.errors = {"sure": _("Tick the box: what is erased cannot be brought back.")}
        return _confirm(person_id, form, status=422)
    with writing() as db:
        staged = erasure.erase(db, g.actor, person_id, now=now())
    forget(staged)
    return redirect_to("personal.confirm", person_id=person_id)


def forget(keys: list[str]) -> None:
    """Delete uploads that were never stored; what a storage that is down keeps, the sweep finds within a day."""
    with contextlib.suppress(StorageDown):
        for key in keys:
            storage().delete(key)


def _confirm(person_id: UUID, form: Form, *, status: int = 200) -> Response:
    held = rows.footprint(reading(), person_id)
    return page("personal/erase.html", status, form=form, held=held, person_id=person_id)
