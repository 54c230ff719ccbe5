"""A person's data as one ZIP, made while it is sent: JSON for each part, then their evidence files.

Nothing is written to a disk, no connection to the database is held while the receiver takes its time, and bytes of
evidence are hashed on the way: a file that is not what was uploaded ends the ZIP unfinished rather than lie in it.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Engine

from app.adapters.storage import Storage, StorageMissing
from app.queries import personal
from app.queries.personal import Part, StoredFile

if TYPE_CHECKING:
    from typing_extensions import Buffer  # collections.abc has it from Python 3.12 on

MISSING = "NOT IN THE STORAGE.txt"
NOT_HERE = (
    "Not in here: notes that reviewers keep among themselves, who rated your work, ratings that have not been\n"
    "released, and what was found for reviewers alone. Ask an admin about these.\n"
)


class _Outlet(io.RawIOBase):
    """A file that ZipFile writes to and that is emptied after every piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer", /) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def pieces(reads: Engine, storage: Storage, person_id: UUID, *, now: datetime) -> Iterator[bytes]:
    """The ZIP, piece by piece. Raises StorageDown or ValueError where it has to end unfinished."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:
        _write(archive, "READ ME.txt", _read_me(now), now)
        for part in personal.PARTS:
            with reads.connect() as db:
                rows = personal.rows(db, person_id, part)
            _write(archive, f"{part.name}.json", _as_json(rows), now)
            yield outlet.take()
        with reads.connect() as db:
            files = personal.stored_files(db, person_id)
        missing = []
        for file in files:
            try:
                yield from _evidence(archive, outlet, storage, file)
            except StorageMissing:
                missing.append(f"{file.capstone_slug}, version {file.number}, {file.slot}: {file.name}\n")
        if missing:
            _write(archive, MISSING, "".join(missing), now)
    yield outlet.take()


def path_of(file: StoredFile) -> str:
    """Where a file lies in the ZIP; its id keeps two of the same name apart."""
    return f"evidence/{file.capstone_slug}/version-{file.number}/{file.slot}/{file.id.hex[-8:]}-{file.name}"


def _evidence(archive: ZipFile, outlet: _Outlet, storage: Storage, file: StoredFile) -> Iterator[bytes]:
    """One file as it was uploaded. Nothing of it is written when the storage does not have it."""
    key = f"evidence/{file.sha256}" if file.stored_at else str(file.staging_key)
    body = storage.open(key)
    piece: bytes | None = next(body, b"")
    digest = hashlib.sha256()
    entry = ZipInfo(path_of(file))
    entry.compress_type = ZIP_STORED if file.name.endswith((".gz", ".zip")) else ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as target:
        while piece:
            digest.update(piece)
            target.write(piece)
            yield outlet.take()
            piece = next(body, None)
    if digest.hexdigest() != file.sha256:
        raise ValueError(f"{key} is not what was uploaded.")


def _write(archive: ZipFile, name: str, text: str, now: datetime) -> None:
    entry = ZipInfo(name, date_time=now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, text)


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    """Ids and times as text; times as ISO 8601 with their zone."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read_me(now: datetime) -> str:
    lines = "".join(f"{_line(part)}\n" for part in personal.PARTS)
    return (
        f"Your data, as of {now:%d %B %Y, %H:%M} UTC. One file of JSON for each part, times in UTC:\n\n"
        f"{lines}\n"
        "evidence/ holds the files you uploaded, by capstone, version and slot, as they were uploaded.\n\n"
        f"{NOT_HERE}"
    )


def _line(part: Part) -> str:
    return f"{part.name + '.json':28}{part.says}"
