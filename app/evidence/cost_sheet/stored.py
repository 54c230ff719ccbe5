"""C4: results stored beside formulas against the same formulas computed here; errors, links, what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.evidence.cost_sheet.book import Amount, Book, Cell, Place, Sheet
from app.evidence.cost_sheet.evaluation import CIRCLE, Evaluation
from app.evidence.cost_sheet.rules import (
    CELL_ERROR,
    CIRCULAR,
    CONCEALED,
    LINKED,
    NO_VALUES,
    NOT_COMPUTED,
    OTHER_VALUE,
)
from app.evidence.cost_sheet.showing import plain
from app.evidence.cost_sheet.values import Fault, Value
from app.evidence.findings import Finding, Where, few, phrase

CLOSE = 1e-6
MOST = 5


def computed(book: Book) -> list[Finding]:
    """Compute every formula, fill in what was not stored, and say where the two differ."""
    evaluation = Evaluation(book)
    found: list[Finding] = []
    missing = filled = 0
    for sheet in book.sheets:
        for place, cell in list(sheet.cells.items()):
            if not cell.formula:
                continue
            value = evaluation.values.get((sheet.name.lower(), place))
            if (sheet.name.lower(), place) in evaluation.circular:
                ref = book.ref(sheet, place)
                found.append(CIRCULAR.at(Where(node=ref), ref=ref, formula=cell.formula[:80]))
            found += _differs(book, sheet, place, cell, value)
            missing += not cell.is_cached
            if not cell.is_cached and isinstance(value, float | Fault):
                sheet.cells[place] = _filled(cell, value)
                filled += isinstance(value, float)
    if missing and book.format == "xlsx":
        found.append(NO_VALUES.at(formulas=missing, computed=filled))
    return [*_few(found), *_believed(book, evaluation), *_errors(book), *_links(book), *_hidden(book)]


def _differs(book: Book, sheet: Sheet, place: Place, cell: Cell, value: Value) -> Iterator[Finding]:
    ref = book.ref(sheet, place)
    if not cell.is_cached or cell.amount is None or not isinstance(value, float):
        return
    stored = cell.amount.value
    if abs(stored - value) > CLOSE * max(abs(stored), abs(value), 1e-12):
        yield OTHER_VALUE.at(
            Where(node=ref),
            ref=ref,
            stored=plain(stored),
            formula=cell.formula[:80],
            computed=plain(value),
        )


def _believed(book: Book, evaluation: Evaluation) -> Iterator[Finding]:
    """The formulas whose stored numbers nobody checked; in a sheet without stored results there are none."""
    if book.format != "xlsx":
        return
    found = [
        (book.ref(sheet, place), cell.formula)
        for sheet in book.sheets
        for place, cell in sheet.cells.items()
        if cell.formula
        and cell.is_cached
        and cell.amount is not None
        and (sheet.name.lower(), place) in evaluation.unknown
    ]
    if found:
        refs = few([ref for ref, _ in found], 4)
        yield NOT_COMPUTED.at(Where(node=found[0][0]), refs=refs, formula=found[0][1][:80])


def _filled(cell: Cell, value: float | Fault) -> Cell:
    if isinstance(value, Fault):
        return replace(cell, error=value.code)
    amount = Amount(value) if cell.amount is None else replace(cell.amount, value=value)
    return replace(cell, amount=amount, text=plain(value))


def _few(findings: list[Finding]) -> list[Finding]:
    """The first of each rule; a workbook that was never recalculated differs everywhere."""
    kept: list[Finding] = []
    for finding in findings:
        if sum(one.fix == finding.fix for one in kept) < MOST:
            kept.append(finding)
    return kept


def _errors(book: Book) -> Iterator[Finding]:
    found = [
        (book.ref(sheet, place), cell)
        for sheet in book.sheets
        for place, cell in sheet.cells.items()
        if cell.error and cell.error != CIRCLE.code
    ]
    if found:
        ref, cell = found[0]
        rest = [one for one, _ in found[1:]]
        yield CELL_ERROR.at(
            Where(node=ref),
            ref=ref,
            error=cell.error,
            more=phrase(", and so do {rest}", rest=few(rest, 4)) if rest else "",
        )


def _links(book: Book) -> Iterator[Finding]:
    if book.links:
        yield LINKED.at(links=few(list(book.links), 4))


def _hidden(book: Book) -> Iterator[Finding]:
    """Hidden numbers by sheet; a hidden sheet without a number hides nothing."""
    for sheet in book.sheets:
        places = [place for place, cell in sheet.cells.items() if cell.is_hidden and cell.amount is not None]
        if not places:
            continue
        refs = few([book.ref(sheet, place) for place in sorted(places)], 4)
        what = (
            phrase("the hidden sheet {name}", name=sheet.name)
            if sheet.is_hidden
            else phrase("hidden rows or columns of {name}", name=sheet.name)
        )
        yield CONCEALED.at(what=what, refs=refs)
