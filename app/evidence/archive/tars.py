"""The entries of a tar file, plain or gzipped, read as a stream with bounds on every header.

POSIX.1-1988 (ustar), the long names of GNU tar and the `path` and `size` records of POSIX.1-2001 (pax) are read;
sparse files are left out, since a header of them can promise terabytes of zeros.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from app.evidence.archive.entries import CUT, FILE, FOLDER, Entry
from app.evidence.archive.formats import BLOCK, is_tar, is_zip_too
from app.evidence.archive.rules import DAMAGED, TOO_MUCH
from app.evidence.findings import Unreadable, phrase
from app.evidence.source import Source

LONGEST_HEADER = 64 * 1024
MOST_HEADERS = 4 * 1024 * 1024
"""Bytes of all headers that speak of the one behind them: 2 kB for each of the entries there may be."""
PIECE = 256 * 1024
MOST_BYTES = 160 * 1024 * 1024
"""Of the stream as a whole: more than the parts may have, since headers, padding and left out entries count too."""
_SORTS = {
    "0": FILE, "\0": FILE, "7": FILE, "5": FOLDER, "1": "link", "2": "link", "3": "device", "4": "device",
    "6": "device", "S": "sparse",
}  # fmt: skip
_EMPTY_BLOCK = bytes(BLOCK)
_EARLY = phrase("it ends too early")
_WRONG_HEADER = phrase("the header of a file in it is broken")


@dataclass(slots=True)
class _Stream:
    """Reads exactly, counts, and skips what nobody asked for. Raises `Unreadable`."""

    file: IO[bytes]
    left: int = 0  # bytes of the present entry, padding included, that nobody has read
    read_so_far: int = 0
    headers_so_far: int = 0

    def take(self, count: int) -> bytes:
        data = self.take_up_to(count)
        if len(data) < count:
            raise Unreadable(DAMAGED.at(reason=_EARLY))
        return data

    def take_up_to(self, count: int) -> bytes:
        """Fewer bytes only where the file ends."""
        try:
            data = self.file.read(count)
        except EOFError as error:
            raise Unreadable(DAMAGED.at(reason=_EARLY)) from error
        except (OSError, zlib.error) as error:
            raise Unreadable(DAMAGED.at(reason=phrase("its compressed data are broken"))) from error
        self.read_so_far += len(data)
        if self.read_so_far > MOST_BYTES:
            raise Unreadable(
                TOO_MUCH.at(
                    what=phrase("it unpacks to over {most_bytes} MB", most_bytes=MOST_BYTES // 1024 // 1024)
                )
            )
        return data

    def take_header(self, size: int) -> bytes:
        """What stands between two entries and speaks of the second."""
        self.headers_so_far += max(size, BLOCK)
        if size > LONGEST_HEADER or self.headers_so_far > MOST_HEADERS:
            raise Unreadable(
                TOO_MUCH.at(what=phrase("the names and notes of the files in it alone are over 4 MB"))
            )
        return self.take(_padded(size))[:size]

    def skip(self) -> None:
        while self.left:
            self.left -= len(self.take(min(self.left, PIECE)))

    def pieces(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self.take(min(size, PIECE))
            size -= len(piece)
            self.left -= len(piece)
            yield piece


@dataclass(slots=True)
class _Said:
    """What headers before an entry say of it; empty again after each."""

    name: str | None = None
    size: int | None = None
    is_sparse: bool = False


def entries(source: Source) -> Iterator[Entry]:
    """Every entry in order; one that is not read is skipped. Raises `Unreadable`, also while an entry is read.

    A file that stops between two entries, without the empty block that ends a tar file, ends with a `CUT`.
    """
    if is_zip_too(source):
        raise Unreadable(DAMAGED.at(reason=phrase("it is a tar file and a zip file at once")))
    with source.open_binary() as file:
        yield from _entries(_Stream(file))


def _entries(stream: _Stream) -> Iterator[Entry]:
    said, name = _Said(), ""
    while (header := stream.take_up_to(BLOCK)) != _EMPTY_BLOCK:
        if not header:
            yield Entry(name, CUT, lambda: iter(()))
            return
        if not is_tar(header):
            raise Unreadable(DAMAGED.at(reason=_EARLY if len(header) < BLOCK else _WRONG_HEADER))
        sort, size = chr(header[156]), _number(header[124:136])
        if sort in "xLKg":
            _hear(said, sort, stream.take_header(size))
            continue
        size = size if said.size is None else said.size
        stream.left = _padded(0 if sort in "123456" else size)
        name = said.name or _name(header)
        yield Entry(name, FOLDER if name.endswith("/") else _sort(sort, said), _reader(stream, size))
        said = _Said()
        stream.skip()


def _sort(sort: str, said: _Said) -> str:
    return "sparse" if said.is_sparse else _SORTS.get(sort, "device")


def _reader(stream: _Stream, size: int) -> Callable[[], Iterator[bytes]]:
    return lambda: stream.pieces(size)


def _hear(said: _Said, sort: str, data: bytes) -> None:
    """Keep what a header says of the next entry."""
    if sort == "L":
        said.name = _text(data.rstrip(b"\0"))
    elif sort == "x":
        records = dict(_records(data))
        said.name = _text(records.get(b"path", b"")) or said.name
        digits = records.get(b"size", b"")
        said.size = int(digits) if digits.isdigit() and len(digits) < 19 else said.size
        said.is_sparse = any(key.startswith(b"GNU.sparse") for key in records)


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """`LENGTH KEY=VALUE\\n`, one after the other; the rest is passed over when one is broken."""
    at = 0
    while at < len(data):
        digits, space, _ = data[at : at + 12].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        if not len(digits) + 1 < length <= len(data) - at:
            return
        key, _, value = data[at + len(digits) + 1 : at + length - 1].partition(b"=")
        yield key, value
        at += length


def _name(header: bytes) -> str:
    name, prefix = header[:100].split(b"\0")[0], header[345:500].split(b"\0")[0]
    is_posix = header[257:263] == b"ustar\0"
    return _text(prefix + b"/" + name if is_posix and prefix else name)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _number(field_bytes: bytes) -> int:
    """An octal number or, with the highest bit set, a binary one."""
    if field_bytes[0] & 0x80:
        number = int.from_bytes(bytes([field_bytes[0] & 0x7F]) + field_bytes[1:], "big")
    else:
        digits = field_bytes.split(b"\0")[0].strip()
        if any(digit not in b"01234567" for digit in digits):
            raise Unreadable(DAMAGED.at(reason=phrase("the size of a file in it is no number")))
        number = int(digits or b"0", 8)
    if number >= 1 << 60:
        raise Unreadable(TOO_MUCH.at(what=phrase("the header of a file in it promises an exabyte")))
    return number


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
