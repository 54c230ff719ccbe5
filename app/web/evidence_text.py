"""Lines of a stored file for reading on a page: from any line on, a bounded number, whatever the file holds."""

import codecs
import zlib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import chain

from app.words import _

LONGEST_LINE = 2000
"""Characters of a line that are shown; nothing longer is read by eye."""
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes looked at to reach a line, after unpacking."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines of a file with their numbers, counted from 1. `problem` says why there are none."""

    lines: tuple[tuple[int, str], ...] = ()
    more: bool = False
    problem: str = ""


def window(chunks: Iterable[bytes], *, first: int, count: int, most_bytes: int = MOST_UNPACKED) -> Window:
    """The lines from `first` on, at most `count`; reads no further than that. Gzip is unpacked on the way."""
    shown: list[tuple[int, str]] = []
    try:
        for number, line in enumerate(_lines(_text(_unpacked(iter(chunks), most_bytes))), start=1):
            if number >= first + count:
                return Window(tuple(shown), more=True)
            if number >= first:
                shown.append((number, line))
    except _NotText as reason:
        return Window(tuple(shown), problem=str(reason))
    return Window(tuple(shown))


def pick(chunks: Iterable[bytes], wanted: Set[int], *, most_bytes: int = MOST_UNPACKED) -> Window:
    """Only these lines; reads no further than the last of them. `more` says whether the file goes on after it."""
    shown: list[tuple[int, str]] = []
    last = max(wanted, default=0)
    try:
        for number, line in enumerate(_lines(_text(_unpacked(iter(chunks), most_bytes))), start=1):
            if number > last:
                return Window(tuple(shown), more=True)
            if number in wanted:
                shown.append((number, line))
    except _NotText as reason:
        return Window(tuple(shown), problem=str(reason))
    return Window(tuple(shown))


class _NotText(Exception):
    """What follows cannot be shown as lines; the message is for the reader."""


def _unpacked(chunks: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    first = next(chunks, b"")
    chunks = chain([first], chunks)
    if not first.startswith(b"\x1f\x8b"):
        yield from chunks
        return
    unpack, total = zlib.decompressobj(wbits=31), 0
    for chunk in chunks:
        rest = chunk
        while rest:
            try:
                piece = unpack.decompress(rest, 1 << 20)
            except zlib.error:
                raise _NotText(_("The rest cannot be unpacked: the file is damaged.")) from None
            total += len(piece)
            if total > most_bytes:
                raise _NotText(_("The rest is not shown: the file is very large once unpacked."))
            yield piece
            rest = unpack.unconsumed_tail


def _text(chunks: Iterator[bytes]) -> Iterator[str]:
    first = next(chunks, b"")
    encoding = _encoding(first)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for chunk in chain([first], chunks):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _encoding(head: bytes) -> str:
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    sample = head[:4096]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    if b"\x00" in sample:
        raise _NotText(_("This file is not text. Download it to look inside."))
    return "utf-8"


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    """Lines without their ends. A carriage return or form feed inside a line is part of it."""
    pending = ""
    for piece in pieces:
        *whole, pending = (pending + piece).split("\n")
        for line in whole:
            yield _shown(line)
        pending = pending[: LONGEST_LINE + 2]  # the rest of an endless line is not shown anyway
    if pending:
        yield _shown(pending)


def _shown(line: str) -> str:
    line = line.removesuffix("\r")
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"
