"""A file in pieces, one byte a letter of ASCII, each with the end of the one before: what searches look through.

All of the first 64 MiB; of a longer file that is not compressed, every eighth MiB after that and the last.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import NamedTuple

from app.evidence.source import CHUNK, Source

WHOLE = 64 * 1024 * 1024
EVERY = 8
OVERLAP = 1024


class Piece(NamedTuple):
    """Bytes from `start` on; those that are `fresh`, their end, were not in the piece before.

    `is_whole`: nothing was left out. `is_end`: the file may end here; a packed file is left before its end.
    """

    data: bytes
    start: int
    fresh: bytes
    is_whole: bool = True
    is_end: bool = True


def pieces(source: Source) -> Iterator[Piece]:
    """Raises `Unreadable` where the file is damaged."""
    start, before = 0, b""
    for fresh in _recoded(source):
        yield Piece(before + fresh, start - len(before), fresh)
        start += len(fresh)
        before = fresh[-OVERLAP:]
        if start >= WHOLE:
            yield from _samples(source, start)
            return


def line_at(source: Source, offset: int) -> int:
    """The line, counted from 1, of a place in the pieces; reads the file again, for the few that have a hit."""
    line = 1
    for fresh in _recoded(source):
        if offset <= len(fresh):
            return line + fresh.count(b"\n", 0, offset)
        line, offset = line + fresh.count(b"\n"), offset - len(fresh)
    return line


def _recoded(source: Source) -> Iterator[bytes]:
    """UTF-16 and UTF-32 as UTF-8; other bytes as they are."""
    if not source.encoding.startswith(("utf-16", "utf-32")):
        yield from source.chunks()
        return
    decoder = codecs.getincrementaldecoder(source.encoding)(errors="replace")
    for chunk in source.chunks():
        yield decoder.decode(chunk).encode("utf-8", errors="replace")


def _samples(source: Source, start: int) -> Iterator[Piece]:
    """Places of a file too long to be searched as a whole."""
    if source.is_gzip or source.encoding.startswith(("utf-16", "utf-32")):
        yield Piece(b"", start, b"", is_whole=False, is_end=False)
        return
    last = max(start, source.size - CHUNK)
    try:
        with source.open_binary() as stream:
            for place in (*range(start, last, EVERY * CHUNK), last):
                stream.seek(place)
                sample = stream.read(CHUNK)
                yield Piece(sample, place, sample, is_whole=False)
    except OSError:
        return
