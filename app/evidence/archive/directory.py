"""The list of files at the end of a zip file, looked at before anybody makes an object of each of its entries.

APPNOTE 6.3.10, sections 4.3.12 to 4.3.16. The end is looked for exactly as `zipfile` looks for it, so that what is
bounded here is what is read there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

LONGEST_LOOK = 64 * 1024
_END, _LOCATOR, _END64, _ENTRY = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06", b"PK\x01\x02"
_END_SIZE, _LOCATOR_SIZE, _END64_SIZE, _ENTRY_SIZE = 22, 20, 56, 46
_TAIL = (1 << 16) + _END_SIZE


class Directory(NamedTuple):
    """Where the list is said to begin, its bytes, where it ends, and the bytes of the file behind its end record."""

    start: int
    size: int
    end: int
    behind: int

    @property
    def is_at_its_place(self) -> bool:
        """Whether the list begins where it says; otherwise other bytes stand before the zip file."""
        return self.end - self.size == self.start


def find(path: Path) -> Directory | None:
    """The list of a zip file; None when the file has no end of one."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        record = _end_record(file, length)
        if record is None:
            return None
        at, size, start, comment = record
        behind = length - at - _END_SIZE - comment
        if (longer := _longer_form(file, at)) is not None:
            size, start = longer
            at -= _LOCATOR_SIZE + _END64_SIZE
        return Directory(start, size, at, behind)


def names(path: Path, directory: Directory) -> Iterator[bytes]:
    """The names in the first 64 KiB of the list."""
    with path.open("rb") as file:
        file.seek(max(0, directory.end - directory.size))
        data = file.read(min(max(0, directory.size), LONGEST_LOOK))
    at = 0
    while data.startswith(_ENTRY, at) and at + _ENTRY_SIZE <= len(data):
        name, extra, comment = struct.unpack_from("<3H", data, at + 28)
        yield data[at + _ENTRY_SIZE : at + _ENTRY_SIZE + name]
        at += _ENTRY_SIZE + name + extra + comment


def _end_record(file: IO[bytes], length: int) -> tuple[int, int, int, int] | None:
    """Its place, the size and start of the list, the length of the comment."""
    file.seek(max(0, length - _TAIL))
    tail = file.read(_TAIL)
    at = len(tail) - _END_SIZE
    if at < 0:
        return None
    if not (tail.startswith(_END, at) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return None
    size, start, comment = struct.unpack_from("<IIH", tail, at + 12)
    return length - len(tail) + at, size, start, comment


def _longer_form(file: IO[bytes], at: int) -> tuple[int, int] | None:
    """Size and start as the record for large archives has them, which counts wherever there is one."""
    before = at - _LOCATOR_SIZE - _END64_SIZE
    if before < 0:
        return None
    file.seek(before)
    data = file.read(_END64_SIZE + _LOCATOR_SIZE)
    if not (data.startswith(_END64) and data.startswith(_LOCATOR, _END64_SIZE)):
        return None
    size, start = struct.unpack_from("<QQ", data, 40)
    return size, start
