"""Certificates for everybody: the page, the documents, the issuer's keys, and verifying without an account."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, request, url_for
from markupsafe import Markup

from app.adapters import certificate_pdf
from app.adapters.signing import KeyUnusable, Signer, Verification, load, verify_jwt
from app.domain.certificates import CONTEXTS, read_code
from app.domain.errors import NotFound, Unavailable
from app.queries import certificates
from app.queries.certificates import CertificateRow
from app.web.access import PUBLIC, access
from app.web.forms import Form
from app.web.pages import now, page, settings
from app.web.transactions import reading
from app.words import _

bp = Blueprint("certificates", __name__)

VERIFY_LIMIT = 256 * 1024


@bp.get("/c/<code>")
@access(PUBLIC)
def show(code: str) -> Response:
    """The public page. A code typed in another way is sent on to its own address."""
    meant = read_code(code)
    if meant is not None and meant != code:
        return redirect(url_for("certificates.show", code=meant), 301)  # type: ignore[return-value]
    row = _row(code)
    response = page(
        "certificates/show.html",
        certificate=row,
        qr=_qr(str(row.document["id"])),
        linkedin=_linkedin(row),
        has_pdf=certificate_pdf.is_available(),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.add("Link", f'<{_page(row.code)}.json>; rel="alternate"; type="application/json"')
    return response


@bp.get("/c/<code>.json")
@access(PUBLIC)
def document(code: str) -> Response:
    """The credential exactly as it was issued."""
    return _shared(jsonify(dict(_row(code).document)), f"{code}.json")


@bp.get("/c/<code>.jwt")
@access(PUBLIC)
def token(code: str) -> Response:
    """The credential, signed."""
    row = _row(code)
    response = make_response(signer().sign(row.document))
    response.headers["Content-Type"] = "application/vc+jwt"
    return _shared(response, f"{code}.jwt")


@bp.get("/c/<code>.pdf")
@access(PUBLIC)
def pdf(code: str) -> Response:
    row = _row(code)
    if not certificate_pdf.is_available() or row.standing != "valid":
        raise NotFound
    sheet = page("certificates/sheet.html", certificate=row, qr=_qr(str(row.document["id"]))).get_data(
        as_text=True
    )
    response = make_response(certificate_pdf.render(sheet, identifier=str(row.id)))
    response.headers["Content-Type"] = "application/pdf"
    return _shared(response, f"certificate-{code}.pdf")


@bp.get("/issuer")
@access(PUBLIC)
def issuer() -> Response:
    """The issuer's profile (Open Badges 3.0), with the keys that sign."""
    base = settings().base_url
    profile = {
        "@context": list(CONTEXTS),
        "id": f"{base}/issuer",
        "type": ["Profile"],
        "name": "Touchstone",
        "url": base,
        "publicKey": sorted(signer().trusted()),
    }
    return _shared(jsonify(profile))


@bp.get("/issuer/keys/<kid>")
@access(PUBLIC)
def key(kid: str) -> Response:
    """One public key as a JWK."""
    found = signer().public_keys().get(kid)
    if found is None:
        raise NotFound
    response = jsonify(found)
    response.headers["Content-Type"] = "application/jwk+json"
    return _shared(response)


@bp.get("/issuer/revoked")
@access(PUBLIC)
def revoked() -> Response:
    """Every certificate that ended, in the shape of the 1EdTech revocation list."""
    rows = certificates.revoked(reading())
    base = settings().base_url
    listed = [
        {
            "id": row.credential_id,
            "revoked": True,
            "revocationReason": row.reason,
            "revokedAt": row.revoked_at.isoformat(),
        }
        for row in rows
    ]
    return _shared(
        jsonify({"id": f"{base}/issuer/revoked", "issuer": f"{base}/issuer", "revokedCredential": listed})
    )


@bp.get("/verify")
@access(PUBLIC)
def verify() -> Response:
    return page("certificates/verify.html", form=Form(request.args), result=None, certificate=None)


@bp.post("/verify")
@access(PUBLIC)
def judge() -> Response:
    """Say what a code, a signed token or a document is worth. Changes nothing."""
    form = Form(request.form)
    text = form.value("certificate").strip() or _uploaded()
    if not text:
        form.fail("certificate", _("Type a code, paste a certificate, or choose its file."))
        return page("certificates/verify.html", 422, form=form, result=None, certificate=None)
    result, row = judged(text)
    return page("certificates/verify.html", form=form, result=result, certificate=row)


def signer() -> Signer:
    """The issuer's keys; outside production they are made at the first use."""
    found: Signer | None = current_app.extensions.get("touchstone.signer")
    if found is None:
        chosen = settings()
        try:
            keys = load(
                pem=chosen.signing_key_pem, path=chosen.signing_key_path, may_create=not chosen.production
            )
        except KeyUnusable as broken:
            raise Unavailable(
                _("Certificates cannot be signed right now. The page itself stays true.")
            ) from broken
        found = Signer(keys, base_url=chosen.base_url)
        current_app.extensions["touchstone.signer"] = found
    return found


def judged(text: str) -> tuple[Verification, CertificateRow | None]:
    """The verdict in words, and our own record of that certificate if there is one."""
    if (code := read_code(text)) is not None:
        row = certificates.certificate(reading(), code)
        found = Verification(True, _("This code is in our records.")) if row else None
        return found or Verification(False, _("No certificate with this code was ever issued here.")), row
    if text.startswith("{"):
        return _judged_document(text)
    result = verify_jwt(text, signer().trusted(), now=now())
    row = _recorded(result.document) if result.document is not None else None
    if result.valid and row is None:
        return Verification(
            False, _("The signature is ours, and our records do not hold this certificate.")
        ), None
    return result, row


def _judged_document(text: str) -> tuple[Verification, CertificateRow | None]:
    """A document carries no signature: it is compared word for word with the one that was issued."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Verification(False, _("This is not readable as a certificate document.")), None
    row = _recorded(document)
    if row is None:
        return Verification(False, _("This document names no certificate that was issued here.")), None
    if dict(row.document) != document:
        return Verification(
            False, _("This document differs from the one that was issued under its code.")
        ), None
    return Verification(True, _("The document is word for word the one that was issued."), document), row


def _recorded(document: Any) -> CertificateRow | None:
    address = document.get("id") if isinstance(document, Mapping) else None
    code = read_code(str(address).rpartition("/")[2])
    row = certificates.certificate(reading(), code) if code else None
    return row if row is not None and row.document["id"] == address else None


def _uploaded() -> str:
    file = request.files.get("file")
    return file.read(VERIFY_LIMIT).decode("utf-8", errors="replace").strip() if file else ""


def _row(code: str) -> CertificateRow:
    row = certificates.certificate(reading(), code)
    if row is None:
        raise NotFound(_("No certificate has this code. Check it against the one you were given."))
    return row


def _page(code: str) -> str:
    return f"{settings().base_url}/c/{code}"


def _shared(response: Response, filename: str = "") -> Response:
    """Documents that anybody, on any site, may fetch; never stale for longer than a minute."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["X-Robots-Tag"] = "noindex"
    if filename:
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


def _qr(address: str) -> Markup:
    """The address as a QR code: inline SVG whose colours come from the style sheet."""
    out = io.BytesIO()
    looks = {"xmldecl": False, "border": 2, "svgclass": "qr", "lineclass": None, "omitsize": True}
    segno.make(address, error="m", micro=False).save(out, kind="svg", title=address, **looks)
    return Markup(out.getvalue().decode())  # noqa: S704 - made by segno from our own address


def _linkedin(row: CertificateRow) -> str:
    done: datetime = row.completed_at
    wanted = {
        "startTask": "CERTIFICATION_NAME",
        "name": row.title,
        "organizationName": "Touchstone",
        "issueYear": done.year,
        "issueMonth": done.month,
        "certUrl": _page(row.code),
        "certId": row.code,
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(wanted)}"
