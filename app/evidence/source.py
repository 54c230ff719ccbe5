"""A file as a check sees it: bytes of unknown origin, opened with limits on size, output and line length."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

from app.evidence.findings import Rule, Severity, Unreadable, phrase

HEAD_BYTES = 64 * 1024
TEXT_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 2 * 1024 * 1024 * 1024
CHUNK = 1024 * 1024

TOO_LARGE = Rule(
    "G2",
    Severity.BLOCK,
    "The file holds more than {limit_mb} MB once unpacked, which is more than is read for this kind.",
    "A file that grows without end when unpacked can stop the checks for everybody.",
    "Send a shorter recording, or the part that shows your point.",
    example="a 200 kB gzip file that unpacks to 5 GB",
)
DAMAGED = Rule(
    "G1",
    Severity.BLOCK,
    "The file cannot be unpacked: {reason}.",
    "Nobody can read a damaged archive, neither the checks nor your reviewer.",
    "Compress the original again with `gzip -k FILE`, or upload it without compression.",
    example="a gzip file whose upload stopped half way",
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Source:
    """One file on disk. Text is decoded by its byte order mark, else as UTF-8, else as Windows-1252."""

    name: str
    path: Path

    @cached_property
    def size(self) -> int:
        """Bytes on disk, before unpacking."""
        return self.path.stat().st_size

    @cached_property
    def is_gzip(self) -> bool:
        with self.path.open("rb") as raw:
            return raw.read(2) == b"\x1f\x8b"

    @cached_property
    def head_bytes(self) -> bytes:
        """The first 64 KiB after unpacking; what can be had of them when the file is damaged."""
        try:
            with self.open_binary() as stream:
                return stream.read(HEAD_BYTES)
        except (OSError, EOFError, zlib.error):
            return self._start_of_damaged()

    @cached_property
    def encoding(self) -> str:
        """The Python name of the encoding, judged by the first 64 KiB."""
        head = self.head_bytes
        for bom, name in _BOMS:
            if head.startswith(bom):
                return name
        return _without_a_mark(head)

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text; what cannot be decoded is replaced."""
        return _plain(self.head_bytes.decode(self.encoding, errors="replace"))

    @cached_property
    def lowered(self) -> str:
        """The head in lower case: a plain word is found in it far faster than by an expression that ignores case."""
        return self.head.lower()

    @cached_property
    def remembered(self) -> dict[str, Any]:
        """What recognition found out about this file by a kind's name, where its reading needs the same again."""
        return {}

    def may_fit(self, limit: int) -> bool:
        """Whether it may be within `limit` bytes of UTF-8 once unpacked, going by its size alone."""
        return self.is_gzip or self.encoding.startswith(("utf-16", "utf-32")) or self.size <= limit

    def open_binary(self) -> IO[bytes]:
        """Open the unpacked bytes for reading from the start. The caller counts what it reads."""
        if self.is_gzip:
            return cast(IO[bytes], gzip.open(self.path, "rb"))
        return self.path.open("rb")

    def chunks(self, limit: int = UNPACKED_LIMIT) -> Iterator[bytes]:
        """Read the unpacked bytes piece by piece; raise `Unreadable` past `limit` or when damaged."""
        read = 0
        try:
            with self.open_binary() as stream:
                while piece := stream.read(CHUNK):
                    read += len(piece)
                    if read > limit:
                        raise Unreadable(TOO_LARGE.at(limit_mb=limit // CHUNK))
                    yield piece
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(DAMAGED.at(reason=_reason(error))) from error

    def text(self, limit: int = TEXT_LIMIT) -> str:
        """The whole file as text with `\\n` line ends; raise `Unreadable` past `limit` unpacked bytes.

        No-break spaces, which browsers and mails put where spaces were, are spaces.
        """
        return self._text(limit).replace("\u00a0", " ")

    def _text(self, limit: int) -> str:
        data = b"".join(self.chunks(limit))
        try:
            return _plain(data.decode(self.encoding))
        except UnicodeDecodeError:
            is_wide = self.encoding.startswith(("utf-16", "utf-32"))
            fallback = self.encoding if is_wide or _is_nearly_utf8(data) else "cp1252"
            return _plain(data.decode(fallback, errors="replace"))

    def sha256(self) -> str:
        """The SHA-256 of the bytes on disk, in hex."""
        with self.path.open("rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()

    def _start_of_damaged(self) -> bytes:
        """What can be unpacked of a gzip file that ends too early: enough to say what it was."""
        try:
            with self.path.open("rb") as raw:
                return zlib.decompressobj(wbits=31).decompress(raw.read(HEAD_BYTES), HEAD_BYTES)
        except (OSError, zlib.error):
            return b""


@dataclass(frozen=True)
class Held(Source):
    """A text in memory, under the name of the file it came from."""

    content: bytes = b""

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return len(self.content)

    @property
    def is_gzip(self) -> bool:
        return False

    def open_binary(self) -> IO[bytes]:
        """The bytes from their start."""
        return io.BytesIO(self.content)


def _without_a_mark(head: bytes) -> str:
    """Guess an encoding that has no byte order mark: zero bytes betray UTF-16, else UTF-8 or Windows-1252."""
    sample = head[:4096]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "utf-8" if _is_nearly_utf8(head) else "cp1252"
    return "utf-8"


def _is_nearly_utf8(data: bytes) -> bool:
    """More letters outside ASCII are sound than broken: a cut or a few foreign bytes do not change the encoding."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", errors="ignore")) - broken
    return sound > broken


def _plain(text: str) -> str:
    """One kind of line end and no byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return phrase("it ends too early")
    return (
        phrase("its compressed data are broken")
        if isinstance(error, zlib.error)
        else phrase("its content is not valid gzip")
    )
