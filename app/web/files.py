"""Evidence files: begun, confirmed, pasted, removed, and given back as attachments.

Downloads are streamed through the portal rather than redirected to the store: so the right to read is asked each
time, the sandbox policy and `nosniff` are really sent (a store cannot add them), no address that works for
others can leak, and the bytes are hashed on the way (I2).
"""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from app.adapters.storage import StorageMissing, attachment
from app.domain.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from app.domain.placing import PACKAGE
from app.evidence import registry
from app.queries import files as rows
from app.queries.files import FileRow
from app.queries.work import Work
from app.services import files
from app.services.files import Offer
from app.web import submissions, uploads
from app.web.access import LEARNER, SIGNED_IN, access
from app.web.errors import errors_of, status_of
from app.web.evidence_text import window
from app.web.forms import Form
from app.web.kinds import kind_title
from app.web.pages import course, is_fragment, page, redirect_to, storage
from app.web.transactions import close_reading, reading
from app.words import _, spoken

bp = Blueprint("files", __name__)

SANDBOX = "sandbox; default-src 'none'"
LINES = 400


@bp.post("/versions/<uuid:version_id>/files")
@access(LEARNER)
def begin(version_id: UUID) -> Response:
    """Answer the upload script with a request that the bucket accepts for exactly these bytes, once, for 5 minutes."""
    form = Form(request.form)
    size = form.value("size")
    offer = Offer(
        slot=form.value("slot"),
        name=form.value("name"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else -1,
        media_type=form.value("media_type"),
        sha256=form.value("sha256"),
    )
    try:
        begun = uploads.begin(version_id, offer)
    except Invalid as invalid:
        return _refusal(invalid)
    signed = storage().presign_put(
        begun.staging_key, size=begun.size, media_type=begun.media_type, sha256_hex=begun.sha256
    )
    moved = _("%(name)s is an archive. It lies in “%(place)s”.", name=offer.name, place=PACKAGE.title)
    answer = jsonify(
        id=str(begun.file_id),
        elsewhere=spoken(moved) if files.slot_for(offer.slot, offer.name) != offer.slot else "",
        url=signed.url,
        headers=signed.headers,
        confirm=url_for("files.confirm", file_id=begun.file_id, slot=offer.slot),
    )
    answer.status_code = 201
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/files/<uuid:file_id>/confirm")
@access(LEARNER)
def confirm(file_id: UUID) -> Response:
    """Look at what arrived, take it in, and answer with the slot it was brought to; an archive goes elsewhere."""
    file = rows.own_file(reading(), g.actor, file_id)
    close_reading()
    try:
        uploads.require_arrived(file)
    except Invalid as invalid:
        return _refusal(invalid)
    uploads.confirm(file_id)
    brought = request.args.get("slot", file.card)
    return submissions.slot_fragment(submissions.own_work(file.version_id), brought, also={file.card})


@bp.post("/versions/<uuid:version_id>/upload")
@access(LEARNER)
def upload(version_id: UUID) -> Response:
    """The same without a script: the file comes through the portal."""
    slot, chosen = request.form.get("slot", ""), list(filter(None, request.files.getlist("file")))
    if not chosen:
        return _again(version_id, slot, Invalid({"file": _("Choose a file first.")}))
    try:
        for sent in chosen:
            uploads.take(version_id, slot, sent.filename or "", sent.mimetype, sent.stream)
    except (Invalid, Unavailable) as refused:
        return _again(version_id, slot, refused)
    return _to_slot(version_id, files.slot_for(slot, chosen[-1].filename or ""))


@bp.post("/versions/<uuid:version_id>/paste")
@access(LEARNER)
def paste(version_id: UUID) -> Response:
    """What was pasted becomes a file like any other."""
    slot, text = request.form.get("slot", ""), request.form.get("text", "").replace("\r\n", "\n")
    data = text.encode("utf-8", "replace")
    try:
        if not text.strip():
            raise Invalid({"text": _("Paste the output first.")})
        uploads.take(version_id, slot, f"pasted-{slot}.txt", "text/plain", BytesIO(data))
    except (Invalid, Unavailable) as refused:
        return _again(version_id, slot, refused)
    return _to_slot(version_id, slot)


@bp.post("/files/<uuid:file_id>/remove")
@access(LEARNER)
def remove(file_id: UUID) -> Response:
    file = rows.own_file(reading(), g.actor, file_id)
    uploads.remove(file_id)
    if is_fragment():
        return submissions.slot_fragment(submissions.own_work(file.version_id), file.card)
    return _to_slot(file.version_id, file.card)


@bp.post("/files/<uuid:file_id>/slot")
@access(LEARNER)
def choose_slot(file_id: UUID) -> Response:
    """Put a file that came in an archive where its author says; `place` is a slot and what it would replace there."""
    file, form = rows.own_file(reading(), g.actor, file_id), Form(request.form)
    close_reading()
    slot, *replaces = form.value("place").split(" ")
    try:
        uploads.move(file_id, slot, replaces)
    except (Invalid, Conflict) as refused:
        return _unplaced(file, refused)
    if is_fragment():
        return submissions.slot_fragment(submissions.own_work(file.version_id), file.card, also={slot})
    return _to_slot(file.version_id, slot)


@bp.post("/versions/<uuid:version_id>/places")
@access(LEARNER)
def choose_slots(version_id: UUID) -> Response:
    """The same for all files that wait, in one press; those without a choice go on waiting."""
    work, form = submissions.own_work(version_id), Form(request.form)
    close_reading()
    waiting = [file for card in work.slots for file in card.unplaced]
    chosen = {file.id: form.value(f"place-{file.id}") for file in waiting}
    try:
        if waiting and not any(chosen.values()):
            raise Invalid({str(waiting[0].id): _("Choose a slot for one of the files first.")})
        uploads.move_all({file_id: value for file_id, value in chosen.items() if value})
    except Invalid as refused:
        form.errors = {f"place-{file_id}": said for file_id, said in refused.errors.items()}
        return _placing(submissions.own_work(version_id), form, form.errors, 422)
    if is_fragment():
        slots = {value.split(" ")[0] for value in chosen.values()}
        return submissions.slot_fragment(submissions.own_work(version_id), PACKAGE.key, also=slots)
    return _to_slot(version_id, PACKAGE.key)


@bp.get("/files/<uuid:file_id>/kind")
@access(LEARNER)
def kind(file_id: UUID) -> Response:
    """What a file could be read as, when it was taken for something else."""
    return _kinds(rows.own_file(reading(), g.actor, file_id), Form())


@bp.post("/files/<uuid:file_id>/kind")
@access(LEARNER)
def choose_kind(file_id: UUID) -> Response:
    file, form = rows.own_file(reading(), g.actor, file_id), Form(request.form)
    close_reading()
    try:
        uploads.choose_kind(file_id, form.value("kind") or None)
    except Invalid as invalid:
        form.errors = dict(invalid.errors)
        return _kinds(file, form, 422)
    return _to_slot(file.version_id, file.card)


@bp.get("/files/<uuid:file_id>/download")
@access(SIGNED_IN)
def download(file_id: UUID) -> Response:
    file = _stored(file_id)
    response = Response(_verified(file, _opened(file)), mimetype="application/octet-stream")
    response.content_length = file.size
    response.headers["Content-Disposition"] = attachment(file.name.replace("/", "-"))
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/files/<uuid:file_id>/text")
@access(SIGNED_IN)
def text(file_id: UUID) -> Response:
    """Some lines of the file with their numbers; `line` marks one of them."""
    file = _stored(file_id)
    first = max(1, request.args.get("first", 1, type=int))
    marked = request.args.get("line", 0, type=int)
    shown = window(_opened(file), first=first, count=LINES)
    lines = [(number, line, "here" if number == marked else "") for number, line in shown.lines]
    return page("files/text.html", file=file, shown=shown, lines=lines, first=first, count=LINES)


def _kinds(file: FileRow, form: Form, status: int = 200) -> Response:
    """The page with every kind; those the slot asks for come first."""
    capstone = next((one for one in course().capstones if one.slug == file.capstone_slug), None)
    slots = capstone.slots if capstone is not None else ()
    wanted = next((slot.kinds for slot in slots if slot.key == file.slot), ())
    ordered = sorted(registry.KINDS, key=lambda one: (one.name not in wanted, one.title))
    options = [("", _("Whatever its content says")), *((one.name, kind_title(one.name)) for one in ordered)]
    return page("files/kind.html", status, file=file, form=form, options=options)


def _stored(file_id: UUID) -> FileRow:
    file = rows.readable_file(reading(), g.actor, file_id)
    close_reading()
    if file.uploaded_at is None:
        raise NotFound(_("This upload has not finished, so there is nothing to read yet."))
    return file


def _opened(file: FileRow) -> Iterator[bytes]:
    """The bytes, with the first piece already there, so that a store that is down is told before the answer begins."""
    pieces = storage().open(file.storage_key or "")
    try:
        first = next(pieces, b"")
    except StorageMissing:
        raise Unavailable(
            _("The file store does not have this file now. Tell the course team; it will be looked into.")
        ) from None

    def again() -> Iterator[bytes]:
        yield first
        yield from pieces

    return again()


def _verified(file: FileRow, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give out the bytes one piece late: the last goes out only if the whole has the hash that was recorded."""
    digest, held = hashlib.sha256(), b""
    for piece in pieces:
        digest.update(piece)
        if held:
            yield held
        held = piece
    if digest.hexdigest() != file.sha256:
        raise Unavailable(_("The stored bytes of %(id)s are not those that were sent.", id=file.id))
    yield held


def _refusal(invalid: Invalid) -> Response:
    answer = jsonify(message=spoken(invalid.sentence))
    answer.status_code = 422
    return answer


def _again(version_id: UUID, slot: str, refused: Refused) -> Response:
    """The page again with the sentence at its slot, and what was pasted still in its box."""
    work = submissions.own_work(version_id)
    field, said = next(iter(errors_of(refused, field="file").items()))
    at_slot, on_page = Form(MultiDict({"text": request.form.get("text", "")})), Form()
    if "text" in request.form:
        field = "text"
    at_slot.errors, on_page.errors = {field: said}, {f"{field}-{slot}": said}
    status = status_of(refused)
    return submissions.draft_page(work, on_page, status, upload_form=at_slot, upload_slot=slot)


def _unplaced(file: FileRow, refused: Refused) -> Response:
    """The place of archives again, with the sentence at the file."""
    form = Form()
    said = next(iter(errors_of(refused).values()))
    form.errors = {"place": said, f"place-{file.id}": said}
    work = submissions.own_work(file.version_id)
    return _placing(work, form, {f"place-{file.id}": said}, status_of(refused), place_file=file.id)


def _placing(work: Work, form: Form, errors: dict[str, str], status: int, **values: Any) -> Response:
    """The place of archives with what was chosen; `errors` are listed above the page."""
    if is_fragment():
        return submissions.slot_fragment(work, PACKAGE.key, status=status, place_form=form, **values)
    on_page = Form()
    on_page.errors = errors
    return submissions.draft_page(work, on_page, status, place_form=form, **values)


def _to_slot(version_id: UUID, slot: str) -> Response:
    work = submissions.own_work(version_id)
    return redirect_to("submissions.show", slug=work.capstone.slug, _anchor=f"slot-{slot}")
