"""Certificates for admins: found, revoked with a reason, replaced under a changed name."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.domain.errors import Conflict, Invalid
from app.queries import certificates as rows
from app.services import certificates
from app.web import paging
from app.web.access import ADMIN, access
from app.web.errors import errors_of, status_of
from app.web.forms import Form
from app.web.pages import now, page, redirect_to, settings
from app.web.transactions import reading, writing

bp = Blueprint("certificates_admin", __name__, url_prefix="/admin/certificates")

PAGE = 30


@bp.get("")
@access(ADMIN)
def show() -> Response:
    return _show(Form())


@bp.post("/<uuid:certificate_id>/revoke")
@access(ADMIN)
def revoke(certificate_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            certificates.revoke(db, g.actor, certificate_id, reason=form.value("reason"), now=now())
    except Invalid as invalid:
        form.errors = invalid.errors
        return _show(form, chosen=certificate_id, status=422)
    return redirect_to("certificates_admin.show", q=request.args.get("q") or None)


@bp.post("/<uuid:certificate_id>/reissue")
@access(ADMIN)
def reissue(certificate_id: UUID) -> Response:
    form = Form(request.form)
    try:
        with writing() as db:
            certificates.reissue(
                db,
                g.actor,
                certificate_id,
                name=form.value("name"),
                base_url=settings().base_url,
                now=now(),
            )
    except (Invalid, Conflict) as refused:
        form.errors = errors_of(refused)
        return _show(form, chosen=certificate_id, status=status_of(refused))
    return redirect_to("certificates_admin.show", q=request.args.get("q") or None)


def _show(form: Form, *, chosen: UUID | None = None, status: int = 200) -> Response:
    search = request.args.get("q", "").strip()
    found = rows.certificates(reading(), search=search, after=paging.after(), limit=PAGE)
    shown, last = paging.cut(found, PAGE)
    return page(
        "certificates/admin.html",
        status,
        certificates=shown,
        more=paging.key(last.issued_at, last.id) if last else "",
        search=search,
        form=form,
        chosen=chosen,
        blank=Form(),
    )
