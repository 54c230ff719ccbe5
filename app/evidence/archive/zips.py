"""The entries of a zip file.

The directory at its end is bounded before it is read, since a reader makes an object of each of its entries. Two ways
of compressing are read: a header can make the others reserve gigabytes.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.evidence.archive import directory
from app.evidence.archive.entries import FILE, FOLDER, Entry
from app.evidence.archive.formats import BLOCK, is_tar
from app.evidence.archive.rules import DAMAGED, TOO_MUCH
from app.evidence.findings import Unreadable, phrase
from app.evidence.source import CHUNK, Source

MOST_DIRECTORY = 1024 * 1024
_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNIX = 3
_BROKEN = (
    BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error,
    OverflowError, UnicodeError,
)  # fmt: skip
"""What `zipfile` raises on bytes that are no sound zip file."""


def entries(source: Source) -> Iterator[Entry]:
    """Every entry in the directory's order. Raises `Unreadable`, also while an entry is read."""
    _require_one_small_directory(source)
    try:
        with ZipFile(source.path) as archive:
            for info in archive.infolist():
                yield Entry(_name(info), _sort(info), _reader(archive, info))
    except _BROKEN as error:
        raise Unreadable(DAMAGED.at(reason=_reason(error))) from error


def _require_one_small_directory(source: Source) -> None:
    if is_tar(source.head_bytes[:BLOCK]):
        raise Unreadable(DAMAGED.at(reason=phrase("it is a zip file and a tar file at once")))
    found = directory.find(source.path)
    if found is None:
        raise Unreadable(DAMAGED.at(reason=phrase("the list of its files, at its end, is missing")))
    if found.size > MOST_DIRECTORY:
        raise Unreadable(TOO_MUCH.at(what=phrase("the list of its files alone is over 1 MB")))
    if not found.is_at_its_place:
        raise Unreadable(DAMAGED.at(reason=phrase("the list of its files does not begin where it says")))


def _sort(info: ZipInfo) -> str:
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if info.is_dir():
        return FOLDER
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "device"
    return FILE if info.compress_type in (ZIP_STORED, ZIP_DEFLATED) else "method"


def _name(info: ZipInfo) -> str:
    """As UTF-8 when its bytes are that: some programs write it without saying so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _reader(archive: ZipFile, info: ZipInfo) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        try:
            with archive.open(info) as stream:
                yield from _pieces(stream, info.file_size)
        except _BROKEN as error:
            raise Unreadable(DAMAGED.at(reason=_reason(error))) from error

    return read


def _pieces(stream: IO[bytes], promised: int) -> Iterator[bytes]:
    size = 0
    while piece := stream.read(CHUNK):
        size += len(piece)
        yield piece
    if size != promised:
        raise BadZipFile("size")


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return phrase("it ends too early")
    if isinstance(error, BadZipFile) and "CRC" in str(error):
        return phrase("a file in it does not have the checksum that is written beside it")
    if isinstance(error, BadZipFile) and str(error) == "size":
        return phrase("a file in it does not have the size that is written beside it")
    return phrase("its inner structure is broken")
