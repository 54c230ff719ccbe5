"""CSV as spreadsheets export it: comma, semicolon, tab or pipe; formulas as text are kept as formulas."""

from __future__ import annotations

import csv
from collections import Counter

from app.evidence.cost_sheet.amounts import amount, has_decimal_commas
from app.evidence.cost_sheet.book import LONGEST_TEXT, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Book, Cell, Sheet
from app.evidence.cost_sheet.refusals import NOT_A_TABLE, TOO_MANY_CELLS
from app.evidence.findings import Unreadable
from app.evidence.source import Source

DELIMITERS = (",", ";", "\t", "|")
SAMPLED_LINES = 60
FEWEST_NAMES = 3
TEXT_LIMIT = 5 * 1024 * 1024
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#ERROR!", "Err:508", "Err:522")


def read(source: Source) -> Book:
    """The one sheet of a CSV file; raise `Unreadable` when it is no table or far larger than a cost sheet."""
    lines = source.text(TEXT_LIMIT).replace("\0", "").split("\n")
    rows = _rows(lines, delimiter_of(lines[:SAMPLED_LINES]))
    commas = has_decimal_commas(text for _, row in rows for text in row)
    sheet = Sheet(source.name)
    for number, (line, row) in enumerate(rows, start=1):
        sheet.lines[number] = line
        for column, text in enumerate(row[:MOST_COLUMNS], start=1):
            if text:
                sheet.cells[number, column] = _cell(text, decimal_commas=commas)
    sheet.names = _names([row for _, row in rows], sheet)
    return Book("csv", [sheet])


def _names(rows: list[list[str]], sheet: Sheet) -> dict[int, str]:
    """The header of the first row, when no later row could be another one."""
    headers = [number for number, row in enumerate(rows, start=1) if _is_header(number, row, sheet)]
    if headers != [1]:
        return {}
    return {column: text[:40] for column, text in enumerate(rows[0], start=1) if text}


def _is_header(number: int, row: list[str], sheet: Sheet) -> bool:
    """Several texts and no number."""
    cells = [sheet.cells[number, column] for column, text in enumerate(row[:MOST_COLUMNS], start=1) if text]
    return len(cells) >= FEWEST_NAMES and all(cell.amount is None for cell in cells)


def delimiter_of(lines: list[str]) -> str:
    """The sign that splits most lines into the same number of cells, the widest table first."""
    first, best = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in split(lines, delimiter) if any(cell.strip() for cell in row))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]))
        score = (count / widths.total() if width > 1 else 0.0, width)
        if score > best:
            first, best = delimiter, score
    return first


def _rows(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows with the line each ends on; empty rows are kept, since they part one table from the next."""
    found: list[tuple[int, list[str]]] = []
    cells = 0
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    try:
        for row in reader:
            cut = [cell.strip()[:LONGEST_TEXT] for cell in row]
            cells += sum(map(bool, cut))
            if cells > MOST_CELLS or len(found) >= MOST_ROWS:
                raise Unreadable(TOO_MANY_CELLS.at(most=MOST_CELLS, rows=MOST_ROWS))
            found.append((reader.line_num, cut))
    except csv.Error as error:
        raise Unreadable(NOT_A_TABLE.at(line=reader.line_num)) from error
    return found


def split(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of each line; nothing where the quotes of one are open."""
    try:
        return list(csv.reader((line[:2000] for line in lines), delimiter=delimiter))
    except csv.Error:
        return []


def _cell(text: str, *, decimal_commas: bool) -> Cell:
    if text in ERRORS:
        return Cell(text, error=text)
    if text.startswith("=") and len(text) > 1:
        return Cell(text, formula=text, is_cached=False)
    return Cell(text, amount(text, decimal_commas=decimal_commas))
