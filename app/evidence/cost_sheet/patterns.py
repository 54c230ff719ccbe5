"""C3: formulas of a column or a row that do not follow the pattern of their neighbours.

A formula is compared in R1C1 form, as the distance to each cell it reads, so that `=C2/E2` and `=C3/E3` are the same.
A cell is odd only between cells that agree, so totals at the end and inputs at the start are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.evidence.cost_sheet.book import Book, Cell, Place, Sheet, column_of
from app.evidence.cost_sheet.rules import NO_REFERENCES, OTHER_FORMULA, TYPED_AMONG_FORMULAS
from app.evidence.findings import Finding, Where, few

MOST = 5
"""Findings of one sort; more say nothing new."""
FEWEST_ALIKE = 3
FEWEST_ALIKE_TO_ONE = 4
"""Where every other cell is typed, formulas and inputs take turns, and nothing is odd."""
_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\w(])", re.ASCII)
_TEXT = re.compile(r'"[^"]{0,500}"')
Line = list[tuple[Place, Cell]]


def check(book: Book) -> Iterator[Finding]:
    """At most a handful of findings of each sort."""
    odd = [finding for sheet in book.sheets for finding in _sheet(book, sheet)]
    yield from {finding.where.node or finding.message: finding for finding in odd[:MOST]}.values()
    lone = [
        (sheet, place, cell) for sheet in book.sheets for place, cell in sheet.cells.items() if _is_lone(cell)
    ]
    for sheet, place, cell in lone[:MOST]:
        ref = book.ref(sheet, place)
        yield NO_REFERENCES.at(Where(node=ref), ref=ref, formula=cell.formula[:60])


def relative(formula: str, place: Place) -> str:
    """A formula with every cell as its distance from `place`; what is fixed by `$` stays as it is."""
    row, column = place

    def moved(found: re.Match[str]) -> str:
        fixed_column, name, fixed_row, number = found.groups()
        across = f"C{column_of(name)}" if fixed_column else f"C[{column_of(name) - column}]"
        return (f"R{number}" if fixed_row else f"R[{int(number) - row}]") + across

    return _CELL.sub(moved, formula.upper())


def _sheet(book: Book, sheet: Sheet) -> Iterator[Finding]:
    columns: dict[int, Line] = {}
    rows: dict[int, Line] = {}
    for place, cell in sorted(sheet.cells.items()):
        if cell.formula or cell.amount is not None:
            rows.setdefault(place[0], []).append((place, cell))
            columns.setdefault(place[1], []).append((place, cell))
    seen: set[Place] = set()
    for line in (*columns.values(), *rows.values()):
        for finding, place in _line(book, sheet, line):
            if place not in seen:
                seen.add(place)
                yield finding


def _line(book: Book, sheet: Sheet, line: Line) -> Iterator[tuple[Finding, Place]]:
    """Cells whose nearest neighbours on both sides have one pattern that three or more cells of the line share."""
    patterns = [relative(cell.formula, place) if cell.formula else "" for place, cell in line]
    odd: dict[str, list[int]] = {}
    for index in range(1, len(line) - 1):
        before, own, after = patterns[index - 1 : index + 2]
        if before and before == after != own and _touch(line, index):
            odd.setdefault(before, []).append(index)
    for pattern, indexes in odd.items():
        alike = [place for (place, _), one in zip(line, patterns, strict=True) if one == pattern]
        if len(alike) >= FEWEST_ALIKE and len(indexes) <= max(1, len(alike) // FEWEST_ALIKE_TO_ONE):
            yield from ((_odd(book, sheet, line[at], line[at - 1], alike), line[at][0]) for at in indexes)


def _touch(line: Line, index: int) -> bool:
    """Whether the three cells stand next to each other, with at most one empty cell between two."""
    places = [place for place, _ in line[index - 1 : index + 2]]
    return all(abs(one[0] - other[0]) + abs(one[1] - other[1]) <= 2 for one, other in pairwise(places))


def _odd(
    book: Book, sheet: Sheet, odd: tuple[Place, Cell], usual: tuple[Place, Cell], alike: Sequence[Place]
) -> Finding:
    ref = book.ref(sheet, odd[0])
    others = few([book.ref(sheet, place) for place in alike], 6)
    where = Where(node=ref) if not sheet.lines else Where(line=sheet.lines.get(odd[0][0]))
    if not odd[1].formula:
        return TYPED_AMONG_FORMULAS.at(where, ref=ref, value=odd[1].text[:30], others=others)
    return OTHER_FORMULA.at(
        where, ref=ref, formula=odd[1].formula[:60], others=others, pattern=usual[1].formula[:60]
    )


def _is_lone(cell: Cell) -> bool:
    """A formula of two or more typed numbers and no cell: `=933/31100000`."""
    formula = _TEXT.sub("", cell.formula)
    has_cells = _CELL.search(formula.upper()) is not None or ":" in formula or "!" in formula
    return (
        bool(formula)
        and not has_cells
        and len(re.findall(r"\d[\d.]{0,20}", formula)) >= 2
        and "(" not in formula
    )
