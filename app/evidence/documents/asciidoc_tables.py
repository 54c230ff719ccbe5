"""A table of AsciiDoc as a table of Markdown of as many lines: its header stands on the line that opens it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_COLUMNS = 60
MOST_CELLS = 20_000
LONGEST_CELL = 2_000
_COLS = re.compile(r"cols ?= ?(?:\"([^\"\n]{1,300})\"|'([^'\n]{1,300})'|([\w*]{1,40}))")
_FORMAT = re.compile(r"format ?= ?\"?(csv|tsv|dsv|psv)\b")
_SEPARATOR = re.compile(r"separator ?= ?\"?([;:,!~])\"?")
_SIGNS = {"csv": ",", "tsv": "\t", "dsv": ":", "psv": ""}
_REPEATED = re.compile(r"(\d{1,2})\*")
_BAR = re.compile(r"(?<!\\)\|")
_SPEC = re.compile(
    r"(?:^|[ \t])(?:(\d{1,2})?(?:\.(\d{1,2}))?([+*]))?(?:[<^>](?:\.[<^>])?|\.[<^>])?[adehlmsv]?$"
)


def columns(style: str) -> int:
    """How many columns `[cols="1,2*,3"]` says; 0 where it says nothing."""
    found = _COLS.search(style)
    if found is None:
        return 0
    said = found[1] or found[2] or found[3]
    repeats = [_REPEATED.match(part.strip()) for part in re.split("[,;]", said)]
    count = sum(int(repeat[1]) if repeat else 1 for repeat in repeats)
    return min(count, MOST_COLUMNS)


@dataclass(slots=True)
class _Cell:
    line: int
    text: str
    across: int = 1
    down: int = 1


class Table:
    """Takes the lines between `|===` and `|===`."""

    def __init__(self, count: int) -> None:
        self._columns = count
        self._cells: list[_Cell] = []
        self._taken = 0

    def take(self, line: str) -> None:
        """One line: cells after bars, or words that go on in the last cell."""
        self._taken += 1
        first, *others = _BAR.split(line)
        repeat, across, down = 1, 1, 1
        if others:
            first, (repeat, across, down) = _apart(first)
        if self._cells and first.strip():
            self._cells[-1].text = f"{self._cells[-1].text} {first.strip()}".strip()[:LONGEST_CELL]
        for at, piece in enumerate(others):
            is_last = at == len(others) - 1
            text, following = (piece, (1, 1, 1)) if is_last else _apart(piece)
            if len(self._cells) < MOST_CELLS:
                self._cells += [_Cell(self._taken, text.strip(), across, down) for _ in range(repeat)]
            repeat, across, down = following
        if not self._columns:
            self._columns = min(sum(cell.across for cell in self._cells), MOST_COLUMNS)

    def rows(self) -> list[str]:
        """As many lines as were taken and one more, unless rows stood side by side; the first row is the header."""
        found = self._rows()
        lines = [""] * (self._taken + 1)
        if not found:
            return lines
        lines[:2] = _row(found[0][1]), "|" + "---|" * self._columns
        last = 1
        for line, texts in found[1:]:
            at = max(line, last + 1)
            lines += [""] * (at + 1 - len(lines))
            lines[last + 1 : at] = ["|  |"] * (at - last - 1)  # an empty line would end the table
            lines[at], last = _row(texts), at
        return lines

    def _rows(self) -> list[tuple[int, list[str]]]:
        """The rows with the line of each one's first cell; a cell that reaches down stands in every row it reaches."""
        found: list[tuple[int, list[str]]] = []
        above: dict[int, tuple[int, str]] = {}
        row: list[str] = []
        line = 0
        for cell in self._cells:
            line = line if row else cell.line
            row += self._from(above, len(row))
            texts = [cell.text, *[""] * (cell.across - 1)][: self._columns - len(row)]
            if cell.down > 1:
                above |= {len(row) + at: (cell.down - 1, text[:200]) for at, text in enumerate(texts)}
                row += texts
            else:
                row += texts
                row += self._from(above, len(row))
            if len(row) >= self._columns:
                found.append((line, row))
                row = []
        return [*found, (line, row)] if row else found

    def _from(self, above: dict[int, tuple[int, str]], at: int) -> Iterator[str]:
        """What cells of rows before put into the columns from `at` on."""
        while at in above and at < self._columns:
            rows, text = above.pop(at)
            if rows > 1:
                above[at] = (rows - 1, text)
            yield text
            at += 1


class Separated(Table):
    """Takes the lines between `,===` and `,===`, or of a table with `format=csv`: cells parted by a sign."""

    def __init__(self, count: int, sign: str) -> None:
        super().__init__(count)
        self._sign = sign

    def take(self, line: str) -> None:
        """One line: a row of cells, those with the sign in them in quotes."""
        cells = next(csv.reader([line], delimiter=self._sign, skipinitialspace=True), [])
        super().take(
            "".join(f"|{cell.strip()[:LONGEST_CELL].replace('|', chr(92) + '|')} " for cell in cells)
        )


def sign(opening: str, style: str) -> str:
    """What parts the cells of a table, by the line that opens it and the style above it; empty for bars."""
    named = _FORMAT.search(style)
    known = _SIGNS[named[1]] if named else {",": ",", ":": ":"}.get(opening[0], "")
    said = _SEPARATOR.search(style)
    return said[1] if said and known else known


def _row(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _apart(piece: str) -> tuple[str, tuple[int, int, int]]:
    """The words before a bar, and what stands right before it of the next cell: how often, how wide, how deep."""
    found = _SPEC.search(piece[-20:])
    if found is None or not found[0]:
        return piece, (1, 1, 1)
    text = piece[: len(piece) - len(found[0])]
    across, down = int(found[1] or 1), int(found[2] or 1)
    return text, ((min(across, MOST_COLUMNS), 1, 1) if found[3] == "*" else (1, across, down))
