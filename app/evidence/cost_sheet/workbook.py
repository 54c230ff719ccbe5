"""XLSX read twice with openpyxl: once for the formulas, once for the values the spreadsheet stored beside them."""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import Any

from app.evidence.cost_sheet import archive
from app.evidence.cost_sheet.amounts import CURRENCIES, amount
from app.evidence.cost_sheet.book import (
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Amount,
    Book,
    Cell,
    Sheet,
)
from app.evidence.cost_sheet.refusals import DAMAGED_WORKBOOK, TOO_MANY_CELLS
from app.evidence.cost_sheet.showing import plain
from app.evidence.findings import Unreadable
from app.evidence.source import Source

_EXTERNAL = re.compile(r"\[(\d{1,4}|[^\[\]]{1,100}\.xls[a-z]?)\]", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]{0,20})"|\[\$([^\]-]{0,10})[^\]]{0,10}\]')
_REFERENCE = re.compile(
    r"(?:(?:'[^'\[\]]{1,100}'|[\w.]{1,60})!)?\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?|\d{1,15}(?:\.\d{1,15})?"
)
MOST_NAMES = 500
_MARKS = {mark.upper(): currency for mark, currency in CURRENCIES.items()}


def read(source: Source) -> Book:
    """All sheets of a workbook; raise `Unreadable` with a sentence when it cannot or must not be read."""
    hidden = archive.looked_through(source)
    load_workbook = _loader()
    try:
        with warnings.catch_warnings(), ExitStack() as streams:
            warnings.simplefilter("ignore")  # about extensions it does not read, which no cost depends on
            # A stream, because of a path openpyxl judges the ending first.
            books = [
                load_workbook(
                    streams.enter_context(source.path.open("rb")),
                    read_only=True,
                    keep_links=False,
                    data_only=cached,
                )
                for cached in (False, True)
            ]
            try:
                return _book(books[0], books[1], hidden)
            finally:
                for book in books:
                    book.close()
    except archive.BROKEN as error:
        raise Unreadable(DAMAGED_WORKBOOK.at(reason=archive.reason(error))) from error


def _loader() -> Callable[..., Any]:
    """openpyxl's, imported here since it takes a quarter of a second, and without the machine's lists of MIME types.

    It would read those at import, and where files are closed to a child that is an error.
    """
    was, mimetypes.inited = mimetypes.inited, True
    try:
        from openpyxl import load_workbook
    finally:
        mimetypes.inited = was
    return load_workbook


def _book(written: Any, stored: Any, hidden: dict[str, archive.Hidden]) -> Book:
    sheets: list[Sheet] = []
    total = 0
    for page in written.worksheets:
        sheet = Sheet(str(page.title)[:100], is_hidden=page.sheet_state != "visible")
        concealed = hidden.get(str(page._worksheet_path).lstrip("/"), archive.Hidden())
        _fill(sheet, page, stored[page.title], concealed)
        total += len(sheet.cells)
        if total > MOST_CELLS:
            raise Unreadable(TOO_MANY_CELLS.at(most=MOST_CELLS, rows=MOST_ROWS))
        sheets.append(sheet)
    formulas = (cell.formula for sheet in sheets for cell in sheet.cells.values())
    links = {found[0] for formula in formulas for found in _EXTERNAL.finditer(formula)}
    return Book("xlsx", sheets, tuple(sorted(links)[:20]), _names(written))


def _names(written: Any) -> dict[str, str]:
    """What the workbook calls its cells; names of other things, such as the area to print, are left out."""
    found: dict[str, str] = {}
    for name, defined in islice(written.defined_names.items(), MOST_NAMES):
        text = str(getattr(defined, "attr_text", "") or "").lstrip("=")
        if _REFERENCE.fullmatch(text) and not getattr(defined, "hidden", None):
            found[str(name).upper()[:100]] = text
    return found


def _fill(sheet: Sheet, page: Any, stored: Any, hidden: archive.Hidden) -> None:
    values = {(one.row, one.column): one.value for one in _cells(stored)}
    for one in _cells(page):
        place = (one.row, one.column)
        is_hidden = sheet.is_hidden or one.row in hidden.rows or one.column in hidden.columns
        cell = _cell(one.value, values.get(place), str(one.number_format or ""), is_hidden=is_hidden)
        if cell is not None:
            sheet.cells[place] = cell


def _cells(page: Any) -> Iterator[Any]:
    page.reset_dimensions()  # what the file says of its own size is not to be trusted
    for row in page.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS):
        yield from (cell for cell in row if cell.value is not None)


def _cell(written: Any, stored: Any, form: str, *, is_hidden: bool) -> Cell | None:
    formula = _formula(written)
    value = stored if formula else written
    if (
        isinstance(value, str)
        and value.startswith("#")
        and len(value) < 16
        and (formula or value.endswith(("!", "?", "A")))
    ):
        return Cell(value, formula=formula, error=value, is_hidden=is_hidden)
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = _text(value)
        is_cached = not formula or value is not None
        number = (
            None
            if isinstance(value, bool | dt.datetime | dt.date | dt.time)
            else amount(text, decimal_commas=False)
        )
        return Cell(text, number, formula, "", is_cached, is_hidden) if text or formula else None
    found = amount_of(float(value), form)
    return Cell(plain(float(value)), found, formula, is_hidden=is_hidden)


def _formula(value: Any) -> str:
    text = value if isinstance(value, str) else getattr(value, "text", None)
    return text if isinstance(text, str) and text.startswith("=") and len(text) > 1 else ""


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return "" if value is None else str(value).strip()[:LONGEST_TEXT]


def amount_of(value: float, form: str) -> Amount:
    """A stored number. It is exact; only its unit is taken from how the spreadsheet shows it."""
    section = form.split(";", 1)[0][:100]
    marks = ["".join(found).strip() for found in _QUOTED.findall(section)]
    bare = _QUOTED.sub("", section).replace("\\", "")
    marks += [sign for sign in ("$", "€", "£", "₹", "¥") if sign in bare]
    currency = next((_MARKS[mark.upper()] for mark in marks if mark.upper() in _MARKS), "")
    is_cents = any(mark.lower() in ("¢", "ct", "cents") for mark in marks)
    return Amount(value, 0.0, currency or ("USD" if is_cents else ""), is_cents=is_cents)
