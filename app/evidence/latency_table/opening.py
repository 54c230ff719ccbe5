"""A file made ready for the engine: its path and encoding, its size unpacked, a second near its first time."""

from __future__ import annotations

import codecs
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.evidence.latency_table.clocks import Clock
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import LONGEST_ENTRY, Dialect
from app.evidence.latency_table.grid import Grid, grid_of
from app.evidence.latency_table.numbers import moment, number
from app.evidence.latency_table.words import TOTALS
from app.evidence.source import Source

TAIL = 64 * 1024
SHORT_TAIL, MOST_TOTALS = 4096, 12
LONGEST_LINE = LONGEST_ENTRY


@contextmanager
def readable(source: Source, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """The path and encoding the engine can read; what it cannot is written anew, as is text of two bytes a letter."""
    anew = dialect.anew
    if anew is None and source.encoding in ("utf-8", "utf-8-sig", "cp1252"):
        yield str(source.path), "latin-1" if source.encoding == "cp1252" else "utf-8"
        return
    import tempfile  # with it come a dozen modules that other tables do without

    handle, name = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as copy:
            for text in (source.text(),) if anew is None else anew(source):
                copy.write(text.encode("utf-8", errors="replace").decode("utf-8"))
        yield name, "utf-8"
    finally:
        Path(name).unlink()


@dataclass(slots=True)
class Survey:
    """What one reading of the bytes shows: their number unpacked, and what the engine would leave out or misread.

    `signs` are `_` below the header: it would read 1_000 as a thousand. It drops lines that are not UTF-8, unless told
    that every byte is a letter, and those that are `overlong`.
    """

    size: int = 0
    signs: int = 0
    is_utf8: bool = True
    overlong: int = 0
    line: int = 0

    def add(self, piece: bytes, decoder: codecs.IncrementalDecoder) -> None:
        self.size += len(piece)
        if b"_" in piece:  # which says no five times as fast as counting none does
            self.signs += piece.count(b"_")
        self._measure(piece.find(b"\n"), len(piece), piece.rfind(b"\n"))
        if self.is_utf8 and not piece.isascii():
            with suppress(UnicodeDecodeError):
                decoder.decode(piece)
                return
            self.is_utf8 = False

    def _measure(self, first: int, size: int, last: int) -> None:
        """A piece is no longer than the longest line, so that only a line across pieces can be too long."""
        self.line += size if first < 0 else first
        if first >= 0:
            self.overlong += self.line > LONGEST_LINE
            self.line = size - last - 1


def survey(source: Source, dialect: Dialect) -> Survey:
    """Read all bytes. Reading a gzip file to its end here also proves that it is whole and no bomb."""
    found, decoder = Survey(), codecs.getincrementaldecoder("utf-8")()
    for piece in source.chunks():
        found.add(piece, decoder)
    found.overlong += found.line > LONGEST_LINE
    found.signs -= b"".join(source.head_bytes.splitlines()[: dialect.skip]).count(b"_")
    if dialect.anew is not None:
        found.overlong = 0  # it may all be one line, and its requests are not
    return found


def epoch_of(dialect: Dialect, layout: Layout) -> float:
    """A whole second near the first time of the sample, so that doubles keep their microseconds."""
    clock = layout.clock
    if clock is None or not clock.is_epoch:
        return 0.0
    known = (found for cell in dialect.cells(clock.column) if (found := _moment(cell, clock)) is not None)
    return float(math.floor(next(known, 0.0)))


def totals_of(source: Source, dialect: Dialect, layout: Layout) -> tuple[int, tuple[str, ...]] | None:
    """The words that begin rows of totals and remarks at the end of a table, and their column; None without any.

    A word is one only where the row has no time, as requests have, and where no row of the sample begins with it.
    """
    if source.is_gzip or dialect.lines is not None or source.encoding.startswith(("utf-16", "utf-32")):
        return None
    with source.open_binary() as stream:
        stream.seek(max(0, source.size - SHORT_TAIL))
        tail = stream.read().decode("utf-8", errors="replace").splitlines()[-MOST_TOTALS:]
    found: dict[str, None] = {}
    for line in tail:
        cells = [cell.strip(' "') for cell in line.split(dialect.delimiter)]
        word = cells[0].lower().rstrip(":")
        is_said = word in TOTALS or line.startswith("#")
        if is_said and (layout.clock is None or not _tells_time(cells, layout.clock)):
            found[cells[0].lower()] = None
    if not found or (layout.latency is not None and layout.latency.column == 0):
        return None
    usual = {cell.lower() for cell in dialect.cells(0)[: -MOST_TOTALS or None]}
    words = tuple(word for word in found if word not in usual)
    return (0, words) if words else None


def _tells_time(cells: list[str], clock: Clock) -> bool:
    return clock.column < len(cells) and _moment(cells[clock.column], clock) is not None


def has_plain_status(dialect: Dialect, layout: Layout) -> bool:
    """Whether the sample's statuses are whole numbers, in a column that tells nothing else."""
    if layout.status is None or layout.status in (layout.success, layout.error):
        return False
    cells = dialect.cells(layout.status)
    return bool(cells) and all(cell.isascii() and cell.isdigit() for cell in cells)


def foreseen(source: Source, dialect: Dialect, layout: Layout, epoch: float) -> Grid | None:
    """The grid a long table will need, going by its first and last rows; None where the end cannot be looked at."""
    clock = layout.clock
    if source.is_gzip or dialect.lines is not None or clock is None or source.size < 4 * TAIL:
        return None
    with source.open_binary() as stream:
        stream.seek(source.size - TAIL)
        tail = stream.read().decode("ascii", errors="replace").splitlines()[1:]
    rows = [line.split(dialect.delimiter) for line in tail]
    last = [row[clock.column].strip(' "') for row in rows if len(row) == dialect.width]
    moments = [
        found for cell in (*dialect.cells(clock.column), *last) if (found := _moment(cell, clock)) is not None
    ]
    if not last or not moments:
        return None
    return grid_of(min(moments) - epoch, max(moments) - epoch, source.size * len(tail) // TAIL)


def _moment(cell: str, clock: Clock) -> float | None:
    """Seconds, since 1970 or since the start of the test."""
    if clock.number is None:
        return moment(cell, clock.form or "")
    value = number(cell, clock.number.writing)
    return None if value is None else value * clock.number.scale
