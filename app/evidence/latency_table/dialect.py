"""How a table is laid out: the delimiter, the header, how many lines come before the rows.

Judged by the head of the file alone (64 KiB). The rows kept here are the sample every later guess rests on.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.evidence.latency_table.numbers import is_number, is_time
from app.evidence.source import HEAD_BYTES, Source

DELIMITERS = ("\t", ";", ",", "|")
SAMPLE_ROWS = 200
PREAMBLE_LINES = 20
LONGEST_LINE = 16 * 1024
LONGEST_ENTRY = 1024 * 1024
MOST_COLUMNS = 300
MOST_AGREE = 0.85


@dataclass(frozen=True, slots=True)
class Lines:
    """How one line becomes the columns, where no delimiter parts them: by groups of patterns, or by paths into JSON.

    `patterns` are RE2 with at most four groups each, which RE2 reads three times as fast as five; together they have
    one group a column. `paths` are one a column. Only lines that hold the text `only`, that begin with one of `starts`
    and that look `like` this pattern are looked at. `anew` writes the requests of a file on lines of their own first.
    """

    patterns: tuple[tuple[str, int], ...] = ()
    paths: tuple[str, ...] = ()
    only: str = ""
    starts: tuple[str, ...] = ()
    like: str = ""
    anew: Callable[[Source], Iterator[str]] | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skip` lines come before the first row of data, the header included. Rows are a sample, as text."""

    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    skip: int
    rows: tuple[tuple[str, ...], ...]
    lines: Lines | None = None

    @property
    def anew(self) -> Callable[[Source], Iterator[str]] | None:
        """What writes the requests on lines of their own; None where they are lines of the file."""
        return None if self.lines is None else self.lines.anew

    @property
    def width(self) -> int:
        return len(self.header)

    def cells(self, column: int) -> list[str]:
        """The sample's non-empty cells of one column."""
        return [row[column].strip() for row in self.rows if column < len(row) and row[column].strip()]


def read_dialect(source: Source) -> Dialect | None:
    """The layout of a table, or None when the text is not one."""
    lines = whole_lines(source)[: SAMPLE_ROWS + PREAMBLE_LINES]
    if len(lines) < 2 or any(len(line) > LONGEST_LINE for line in lines):
        return None
    for delimiter in _by_likelihood(lines):
        dialect = _read(lines, delimiter)
        if dialect is not None:
            return dialect
    return None


def whole_lines(source: Source) -> list[str]:
    """The lines of the head, without the one the head may have cut."""
    lines = source.head.split("\n")
    cut = len(source.head_bytes) >= HEAD_BYTES
    return lines[:-1] if cut else lines


def _by_likelihood(lines: list[str]) -> list[str]:
    """Delimiters that split most lines into the same number of cells; a comma last, as it may be a decimal."""
    scored = []
    for order, delimiter in enumerate(DELIMITERS):
        width, agree = _width(_split(lines, delimiter))
        if width > 1 and agree >= MOST_AGREE:
            scored.append((-agree if agree < 0.95 else -1.0, order, delimiter))
    return [delimiter for _, _, delimiter in sorted(scored)] or [","]


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _width(rows: list[list[str]]) -> tuple[int, float]:
    """The commonest number of cells and the share of non-empty rows that have it."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return 0, 0.0
    (width, count), *_ = widths.most_common(1)
    return width, count / widths.total()


def _read(lines: list[str], delimiter: str) -> Dialect | None:
    rows = _split(lines, delimiter)
    width, agree = _width(rows)
    if not 0 < width <= MOST_COLUMNS or agree < MOST_AGREE:
        return None
    first = next((i for i, row in enumerate(rows) if len(row) == width and any(map(str.strip, row))), None)
    if first is None or first > PREAMBLE_LINES:
        return None
    has_header = not any(_is_value(cell) for cell in rows[first])
    header = tuple(cell.strip() for cell in rows[first]) if has_header else ("",) * width
    start = first + 1 if has_header else first
    start += start < len(rows) and _is_rule(rows[start])
    body = tuple(tuple(row) for row in rows[start:] if len(row) == width and any(map(str.strip, row)))
    return Dialect(delimiter, header, has_header, start, body[:SAMPLE_ROWS]) if body else None


def _is_rule(row: list[str]) -> bool:
    """The line below the header of a Markdown table, or of one a terminal showed."""
    text = "".join(row).replace(" ", "")
    return "---" in text and not text.strip("-:+|")


def _is_value(cell: str) -> bool:
    return is_number(cell.strip()) or is_time(cell.strip())
