"""Tables of reStructuredText as tables of Markdown of as many lines: drawn with lines, listed, or parted by commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice, pairwise

from app.evidence.documents.asciidoc_tables import MOST_COLUMNS, Separated, Table

_GRID = re.compile(r"\+(?:[-=]{1,400}\+){1,60}$")
_SIMPLE = re.compile(r"={2,400}(?: {1,10}={2,400}){1,60}$")
_OPTION = re.compile(r"\s{1,40}:([\w-]{1,40}):(?: {1,10}([^\n]{0,2000}))?$")
_ROW = re.compile(r"\s{0,40}\* {1,4}- ?([^\n]{0,4000})$")
_PARTED = frozenset(",;:\t|~!")
_CELL = re.compile(r"\s{1,40}- ?([^\n]{0,4000})$")


def drawn(lines: Sequence[str], at: int) -> list[str]:
    """The lines of a table that is drawn from here on; empty where none is."""
    if _GRID.match(lines[at]):
        end = next((n for n in range(at, len(lines)) if lines[n][:1] not in ("|", "+")), len(lines))
        return _of_grid(lines[at:end])
    if _SIMPLE.match(lines[at]):
        below = range(at, min(at + 400, len(lines)))
        rules = list(islice((n for n in below if _SIMPLE.match(lines[n])), 3))
        return _of_simple(lines[at : rules[-1] + 1]) if len(rules) > 1 else []
    return []


def _of_grid(lines: Sequence[str]) -> list[str]:
    edges = [at for at, sign in enumerate(lines[0]) if sign == "+"]
    return _of_columns(
        lines, [(left + 1, right) for left, right in pairwise(edges)], lambda line: line[:1] == "+"
    )


def _of_simple(lines: Sequence[str]) -> list[str]:
    starts = [hit.start() for hit in re.finditer(r"=+", lines[0])]
    spans = list(pairwise([*starts, 10_000]))
    return _of_columns(
        lines, spans, lambda line: line[:2] in ("==", "--"), is_row=lambda line: line[:1] not in ("", " ")
    )


def _of_columns(
    lines: Sequence[str],
    spans: Sequence[tuple[int, int]],
    is_rule: Callable[[str], bool],
    *,
    is_row: Callable[[str], bool] = lambda _line: False,
) -> list[str]:
    """Rows between rules, or begun by a line of their own; the words of further lines join the cells above them."""
    table, row = _Rows(len(spans)), list[str]()
    begin = 1
    for at, line in enumerate(lines[1:], 1):
        if is_rule(line) or (row and is_row(line)):
            table.put(begin, row)
            row = []
        cells = [] if is_rule(line) else [line[start:end].strip(" |") for start, end in spans]
        begin = begin if row else at
        row = [f"{a} {b}".strip() for a, b in zip(row, cells, strict=True)] if row and cells else cells or row
    table.put(begin, row)
    return table.lines(len(lines))


class _Rows:
    """Rows with the line each begins on, as lines of Markdown."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._rows: list[tuple[int, list[str]]] = []

    def put(self, line: int, cells: Sequence[str]) -> None:
        if any(cells):
            self._rows.append((line, [cell.replace("|", "\\|") for cell in cells]))

    def lines(self, count: int) -> list[str]:
        """As many lines as there were: the header and its rule first, each row as near to its line as they leave."""
        given: list[str] = []
        for at, (line, cells) in enumerate(self._rows):
            given += ["|  |"] * (min(line, count - 1) - len(given)) if at > 1 else []
            given.append(f"| {' | '.join(cells)} |")
            if at == 0:
                given.append("|" + "---|" * self._columns)
        return (given + [""] * (count - len(given)))[:count]


def _of_list(_title: str, lines: Sequence[str]) -> list[str]:
    """`* - cell`, and further cells below it."""
    first = [at for at, line in enumerate(lines) if _ROW.match(line)][:2]
    upto = first[1] if len(first) > 1 else len(lines)
    count = sum(1 for line in lines[:upto] if _ROW.match(line) or _CELL.match(line))
    table = Table(min(count, MOST_COLUMNS))
    for line in lines:
        cell = _ROW.match(line) or _CELL.match(line)
        words = "" if _OPTION.match(line) else line.strip().replace("|", "\\|")
        table.take(f"|{cell[1].replace('|', chr(92) + '|')}" if cell and count else words)
    return table.rows()


def _of_commas(_title: str, lines: Sequence[str]) -> list[str]:
    """`:header:` and lines of cells parted by commas."""
    options = {hit[1]: hit[2] or "" for line in lines if (hit := _OPTION.match(line))}
    named = options.get("delim", ",")
    parted = {"tab": "\t"}.get(named, named)
    table = Separated(0, parted if parted in _PARTED else ",")
    for line in lines:
        option = _OPTION.match(line)
        table.take((option[2] or "") if option and option[1] == "header" else "" if option else line.strip())
    return table.rows()


READERS: dict[str, Callable[[str, Sequence[str]], list[str]]] = {
    "list-table": _of_list,
    "csv-table": _of_commas,
}
