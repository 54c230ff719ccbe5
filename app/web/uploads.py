"""What an upload needs of the object store: look at what arrived, put a plain form's file there, settle before sending.

No transaction is open while the store is asked.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import IO
from uuid import UUID

from flask import g

from app.adapters.storage import StorageDown, StorageMismatch, StorageMissing, StorageTaken
from app.domain.errors import Conflict, Invalid
from app.metrics import UPLOAD_FAILURES, UPLOADS
from app.queries import files as rows
from app.queries.files import FileRow
from app.services import files, packages
from app.services.files import Begun, Offer
from app.web.pages import course, now, settings, storage
from app.web.transactions import close_reading, reading, writing
from app.words import _, grouped

CHUNK = 1 << 20


def require_arrived(file: FileRow) -> None:
    """Invalid, in words, unless the store holds exactly what was announced."""
    if file.uploaded_at is not None:
        return
    with _noting_a_store_that_is_down():
        found = storage().head(file.storage_key or "")
    if found is None:
        UPLOAD_FAILURES.labels("absent").inc()
        raise Invalid(
            {"file": _("The file has not arrived. Choose it again; what was there before is still there.")}
        )
    if found.size != file.size:
        what = _("%(size)s bytes instead of %(size_2)s", size=grouped(found.size), size_2=grouped(file.size))
        raise _different(what)
    if found.sha256_hex not in (None, file.sha256):
        raise _different(_("its SHA-256 differs"))


def _different(what: str) -> Invalid:
    UPLOAD_FAILURES.labels("different").inc()
    return Invalid(
        {
            "file": _(
                "What arrived is not the file that was announced: %(what)s. "
                "Nothing was kept; choose the file again.",
                what=what,
            )
        }
    )


@contextlib.contextmanager
def _noting_a_store_that_is_down() -> Iterator[None]:
    try:
        yield
    except StorageDown:
        UPLOAD_FAILURES.labels("storage").inc()
        raise


def begin(version_id: UUID, offer: Offer) -> Begun:
    """Make room for a file in a draft."""
    with writing() as db:
        begun = files.begin(
            db, g.actor, version_id, offer, course=course(), limits=settings().limits, now=now()
        )
    UPLOADS.labels("begun").inc()
    return begun


def confirm(file_id: UUID) -> None:
    """Take the file in; its check is promised with it."""
    with writing() as db:
        is_new = files.confirm(db, g.actor, file_id, course=course(), now=now())
    if is_new:
        UPLOADS.labels("kept").inc()


def take(version_id: UUID, slot: str, name: str, media_type: str, stream: IO[bytes]) -> UUID:
    """Take a file that came through the portal itself: hash it, begin, store it, confirm."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    begun = begin(version_id, Offer(slot, name, size, media_type, digest.hexdigest()))
    with _noting_a_store_that_is_down():
        storage().put_file(begun.staging_key, stream, media_type=begun.media_type, limit=begun.size)
    confirm(begun.file_id)
    return begun.file_id


def remove(file_id: UUID) -> None:
    """Take a file out of a draft; an object left in staging is swept later if the store is down now."""
    with writing() as db:
        key = files.remove(db, g.actor, file_id, course=course(), now=now())
    if key is not None:
        with contextlib.suppress(StorageDown):
            storage().delete(key)


def move(file_id: UUID, slot: str, replaces: Sequence[str]) -> None:
    """Put a file that waits into a slot, in place of those its author was shown there."""
    shown = _shown("place", replaces)
    with writing() as db:
        keys = packages.move(db, g.actor, file_id, slot, replaces=shown, course=course(), now=now())
    _drop(keys)


def move_all(chosen: Mapping[UUID, str]) -> None:
    """The same for several files in one transaction; `chosen` holds what each one's list sent."""
    parts = {file_id: value.split(" ") for file_id, value in chosen.items()}
    moves = [(file_id, slot, _shown(str(file_id), replaces)) for file_id, (slot, *replaces) in parts.items()]
    with writing() as db:
        keys = packages.move_all(db, g.actor, moves, course=course(), now=now())
    _drop(keys)


def _shown(field: str, replaces: Sequence[str]) -> frozenset[UUID]:
    """The files that were shown as replaced."""
    try:
        return frozenset(map(UUID, replaces))
    except ValueError:
        raise Invalid({field: _("Choose one of the slots in the list.")}) from None


def _drop(keys: Sequence[str]) -> None:
    """Objects that no file needs any more; a store that is down keeps them for the sweep."""
    for key in keys:
        with contextlib.suppress(StorageDown):
            storage().delete(key)


def choose_kind(file_id: UUID, kind: str | None) -> None:
    """Have a file read as another kind."""
    with writing() as db:
        files.choose_kind(db, g.actor, file_id, kind, now=now())


def settle(version_id: UUID) -> None:
    """Move what was uploaded under its hash, so that the version can be sent though a worker was slow (I28)."""
    waiting = rows.unsettled_files(reading(), g.actor, version_id)
    close_reading()
    for file in waiting:
        try:
            storage().settle(file.staging_key or "", sha256_hex=file.sha256, size=file.size)
        except (StorageMismatch, StorageMissing, StorageTaken):
            raise Conflict(
                _(
                    "The bytes of %(name)s are not those that were announced. Remove it and upload it again.",
                    name=file.name,
                )
            ) from None
        with writing() as db:
            files.mark_stored(db, file.id, now=now())
