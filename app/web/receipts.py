"""The receipt of a version that was sent: names, sizes, SHA-256 and time, to read and to keep."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify

from app.domain.certificates import zulu
from app.domain.errors import NotFound
from app.queries import work as works
from app.queries.work import Work
from app.web.access import SIGNED_IN, access
from app.web.learner_pages import waiting_words
from app.web.pages import course, now, page
from app.web.transactions import reading
from app.words import _

bp = Blueprint("receipts", __name__)


@bp.get("/versions/<uuid:version_id>/receipt")
@access(SIGNED_IN)
def show(version_id: UUID) -> Response:
    work = _received(version_id)
    titles = {card.slot.key: card.slot.title for card in work.slots}
    return page(
        "submissions/receipt.html",
        work=work,
        files=[{**file, "slot": titles[file["slot"]]} for file in _receipt_files(work)],
        waiting=waiting_words(work.before, work.waits),
    )


@bp.get("/versions/<uuid:version_id>/receipt.json")
@access(SIGNED_IN)
def download(version_id: UUID) -> Response:
    """The receipt for safe keeping: whoever holds the files can show what was sent when."""
    work = _received(version_id)
    sent = work.version
    response = jsonify(
        receipt=sent.receipt_code,
        course=course().slug,
        capstone=work.capstone.slug,
        version=sent.number,
        version_id=str(sent.id),
        submitted_at=zulu(sent.submitted_at) if sent.submitted_at else None,
        manifest_sha256=sent.manifest_sha256,
        files=_receipt_files(work),
    )
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{sent.receipt_code}.json"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _received(version_id: UUID) -> Work:
    work = works.version_work(reading(), g.actor, version_id, course=course(), now=now())
    if work.version.receipt_code is None:
        raise NotFound(_("This version has not been sent, so there is no receipt."))
    return work


def _receipt_files(work: Work) -> list[dict[str, Any]]:
    return [
        {"slot": card.slot.key, "name": file.name, "size": file.size, "sha256": file.sha256}
        for card in work.slots
        for file in card.files
    ]
