"""One's own name, time zone, keys and sign-ins."""

from uuid import UUID
from zoneinfo import available_timezones

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from app.domain.errors import Invalid
from app.queries import people as people_rows
from app.services import people, sign_ins
from app.web.access import SIGNED_IN, access
from app.web.forms import Form
from app.web.pages import now, page, redirect_to
from app.web.transactions import reading, writing
from app.words import _
from app.words.catalogue import LANGUAGES

bp = Blueprint("profile", __name__, url_prefix="/profile")


@bp.get("")
@access(SIGNED_IN)
def show() -> Response:
    return _show(None)


@bp.post("")
@access(SIGNED_IN)
def save() -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            people.describe(
                db,
                g.actor,
                name=form.text("name", longest=people.NAME_LIMIT),
                certificate_name=form.text("certificate_name", longest=people.NAME_LIMIT),
                time_zone=form.value("time_zone"),
                keys_enabled=form.checked("keys_enabled"),
                language=form.value("language"),
                now=now(),
            )
    except Invalid as invalid:
        form.errors = invalid.errors
        return _show(form, status=422)
    return redirect_to("profile.show", saved=1)


@bp.post("/keys")
@access(SIGNED_IN)
def save_keys() -> Response:
    """The switch in the keys dialog."""
    with writing() as db:
        people.set_keys(db, g.actor, enabled=Form(request.form).checked("keys"))
    return Response(status=204)


@bp.post("/sign-ins/<uuid:sign_in_id>/end")
@access(SIGNED_IN)
def end_sign_in(sign_in_id: UUID) -> Response:
    with writing() as db:
        sign_ins.end(db, g.actor, sign_in_id, now=now())
    return redirect_to("profile.show")


@bp.post("/sign-ins/end-others")
@access(SIGNED_IN)
def end_other_sign_ins() -> Response:
    with writing() as db:
        sign_ins.end_others(db, g.actor, keep=g.sign_in_id, now=now())
    return redirect_to("profile.show")


def _show(form: Form | None, *, status: int = 200) -> Response:
    db = reading()
    profile = people_rows.profile(db, g.actor.id)
    return page(
        "profile/show.html",
        status,
        form=form or _form(profile),
        profile=profile,
        sign_ins=people_rows.sign_ins(db, g.actor.id, now=now()),
        this_sign_in=g.sign_in_id,
        zones=[(zone, zone) for zone in sorted(available_timezones())],
        language_choices=[
            ("", _("What my browser asks for")),
            *((code, one.name) for code, one in LANGUAGES.items()),
        ],
        saved="saved" in request.args,
    )


def _form(profile: people_rows.Profile) -> Form:
    values = {
        "name": profile.name,
        "certificate_name": profile.certificate_name or "",
        "time_zone": profile.time_zone,
        "keys_enabled": "on" if profile.keys_enabled else "",
        "language": profile.language or "",
    }
    return Form(MultiDict(values))
