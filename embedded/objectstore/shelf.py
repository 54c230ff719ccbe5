"""Where objects lie: bytes in files under random names, their keys in one SQLite index.

A file is complete and on disk before its key points to it, and a key changes in one transaction, so a reader
sees the old object or the new one, never half. One process at a time owns the folder; what a crash left
behind is swept when the next one opens it.
"""

import contextlib
import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from embedded.objectstore.faults import Fault, Refused
from embedded.process import Unstartable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, created_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
    bucket TEXT NOT NULL REFERENCES bucket, key TEXT NOT NULL, blob TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL, etag TEXT NOT NULL, headers TEXT NOT NULL, modified_at TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
"""
_COLUMNS = "key, blob, size, etag, headers, modified_at"


@dataclass(frozen=True, slots=True)
class Object:
    """An object's entry in the index; `headers` are those to give back, checksums included."""

    key: str
    blob: str
    size: int
    etag: str
    headers: Mapping[str, str]
    modified_at: datetime


class Shelf:
    """Buckets and objects of one folder; safe for many threads."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._owned = _own(folder)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "index.db", isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_SCHEMA}")
        self._sweep()

    def close(self) -> None:
        with self._lock:
            self._db.close()
            os.close(self._owned)

    def create_bucket(self, name: str, now: datetime) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO bucket VALUES (?, ?)", (name, now.isoformat()))

    def buckets(self) -> list[tuple[str, datetime]]:
        with self._transaction() as db:
            rows = db.execute("SELECT name, created_at FROM bucket ORDER BY name").fetchall()
        return [(name, datetime.fromisoformat(made)) for name, made in rows]

    def has_bucket(self, name: str) -> bool:
        with self._transaction() as db:
            return db.execute("SELECT 1 FROM bucket WHERE name = ?", (name,)).fetchone() is not None

    def write(self, pieces: Iterable[bytes]) -> str:
        """Put the bytes on disk under a new random name; leave nothing behind if `pieces` raises."""
        name = uuid4().hex
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        try:
            with path.open("xb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            _sync_folder(path.parent)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return name

    def put(self, bucket: str, entry: Object, *, write_once: bool) -> None:
        """Point the key at its new bytes; with `write_once`, refuse and drop them if the key is there."""
        try:
            with self._transaction() as db:
                old = db.execute(
                    "SELECT blob FROM object WHERE bucket = ? AND key = ?", (bucket, entry.key)
                ).fetchone()
                if old and write_once:
                    raise Refused(Fault.PRECONDITION, "The key is already there.")
                row = (bucket, entry.key, entry.blob, entry.size, entry.etag)
                rest = (json.dumps(dict(entry.headers)), entry.modified_at.isoformat())
                db.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?)", row + rest)
        except BaseException:
            self._path(entry.blob).unlink(missing_ok=True)
            raise
        if old:
            self._path(old[0]).unlink(missing_ok=True)

    def get(self, bucket: str, key: str) -> Object:
        with self._transaction() as db:
            query = f"SELECT {_COLUMNS} FROM object WHERE bucket = ? AND key = ?"  # noqa: S608 - a constant
            row = db.execute(query, (bucket, key)).fetchone()
        if row is None:
            raise Refused(Fault.NO_KEY)
        return _object(row)

    def open(self, bucket: str, key: str) -> tuple[Object, IO[bytes]]:
        """The entry and its open file; an overwrite in between means: look again."""
        while True:
            entry = self.get(bucket, key)
            with contextlib.suppress(FileNotFoundError):
                return entry, self._path(entry.blob).open("rb")

    def delete(self, bucket: str, key: str) -> None:
        with self._transaction() as db:
            row = db.execute(
                "DELETE FROM object WHERE bucket = ? AND key = ? RETURNING blob", (bucket, key)
            ).fetchone()
        if row:
            self._path(row[0]).unlink(missing_ok=True)

    def page(self, bucket: str, *, start: str, limit: int) -> list[Object]:
        """Up to `limit` objects whose keys are not before `start`, in S3's order (by UTF-8 bytes)."""
        query = f"SELECT {_COLUMNS} FROM object WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?"  # noqa: S608
        with self._transaction() as db:
            return [_object(row) for row in db.execute(query, (bucket, start, limit)).fetchall()]

    def _path(self, blob: str) -> Path:
        return self._blobs / blob[:2] / blob

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _sweep(self) -> None:
        """Remove files no key points to: an upload that was cut, an object that was replaced."""
        wanted = {row[0] for row in self._db.execute("SELECT blob FROM object")}
        for path in self._blobs.glob("*/*"):
            if path.name not in wanted:
                path.unlink()


def _own(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Unstartable(f"{folder} is in use by another object store. Stop that one first.") from None
    return lock


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _object(row: tuple[str, str, int, str, str, str]) -> Object:
    key, blob, size, etag, headers, modified_at = row
    return Object(
        key, blob, size, etag, json.loads(headers), datetime.fromisoformat(modified_at).astimezone(UTC)
    )
