"""Tables of summaries: Locust's and JMeter's CSV, `ab -e`, and anybody's with a column p99.

One row is the whole run, or one row an endpoint with a total, or one row a moment. Locust rounds times to two digits.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from app.evidence.load_report.figures import figure
from app.evidence.load_report.header import Column, columns, percent
from app.evidence.patterns import lazy

DELIMITERS = (",", ";", "\t", "|")
MOST_ROWS = 50_000
MOST_COLUMNS = 200
HEADER_WITHIN = 20
LONGEST_LINE = 16 * 1024
TOTALS = ("total", "aggregated", "all", "overall", "all requests", "sum", "gesamt")
_PERCENT_WORDS = ("percentile", "percentage served", "percent", "quantile", "pct", "level")
_HINT = lazy(r"\d%|\d\s?th|[pq(_ ]\s?\d\d|median|pct|0\.\d|# Samples", re.IGNORECASE)
"""What a header of summaries cannot do without; asked first, since most files are none."""
_COMMA = lazy(r"[\d.]{1,20},(?:\d{1,2}|\d{4,9})(?: ?[a-zµ%]{1,4})?")
"""A comma before one, two or four digits and more is no mark of thousands."""
_GROUPED = lazy(r"[1-9]\d{0,2}(?:[.'’ \u00a0\u202f]\d{3}){1,4}")
_DECIMAL = lazy(r"[\d.]{1,20},\d{1,9}(?: ?[a-zµ%]{1,4})?")
LOCUST = frozenset({"Request Count", "Failure Count", "99%"})
LOCUST_HISTORY = frozenset({"Timestamp", "User Count", "Total Request Count"})
JMETER = frozenset({"Label", "# Samples", "Average"})


class Row(NamedTuple):
    """Cells as text and the line they stand on."""

    line: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        return self.cells[place].strip() if place < len(self.cells) else ""


class Table(NamedTuple):
    """A header, what its columns mean, and the rows below it."""

    header: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    is_upright: bool = False
    """Whether it has one row a percentile: `ab -e` and other tables of two columns."""

    def column(self, role: str) -> Column | None:
        return next((column for column in self.columns if column.role == role), None)

    @property
    def levels(self) -> list[Column]:
        return [column for column in self.columns if column.percent is not None]

    @property
    def tool(self) -> str | None:
        """The tool whose header this is."""
        names = set(self.header)
        if names >= LOCUST or names >= LOCUST_HISTORY:
            return "Locust"
        if names >= JMETER:
            return "JMeter"
        return "ab" if self.header[:1] == ("Percentage served",) else None


def read_table(text: str, limit: int = MOST_ROWS) -> Table | None:
    """The first table of summaries in the text, or None. Comma, semicolon, tab and pipe part the cells."""
    rows = text.split("\n")[: limit + HEADER_WITHIN]
    if any(len(row) > LONGEST_LINE for row in rows):
        return None
    for delimiter in DELIMITERS:
        table = _table(rows, delimiter)
        if table is not None:
            return table
    return None


def _table(rows: Sequence[str], delimiter: str) -> Table | None:
    head = next(
        (
            at
            for at, row in enumerate(rows[:HEADER_WITHIN])
            if row.count(delimiter) >= 1 and _means(row, delimiter)
        ),
        None,
    )
    if head is None:
        return None
    header = tuple(cell.strip() for cell in _cells(rows[head], delimiter))
    body = tuple(
        Row(at, cells)
        for at, row in enumerate(rows[head + 1 :], head + 2)
        if row.strip(" \t\r|+-=:") and 2 <= len(cells := tuple(_cells(row, delimiter))) <= MOST_COLUMNS
    )
    if not body:
        return None
    if delimiter != "," and any(_COMMA.fullmatch(cell.strip()) for row in body[:50] for cell in row.cells):
        body = tuple(Row(row.line, tuple(map(_pointed, row.cells))) for row in body)
    found = tuple(columns(header))
    places = {column.place for column in found if column.role in ("requests", "errors")}
    return Table(header, found, tuple(_counted(row, places) for row in body), is_upright=_is_upright(header))


def _counted(row: Row, places: set[int]) -> Row:
    """What is counted has no fraction: `12.000`, `12 000` and `12'000` requests are twelve thousand."""
    if not any(_GROUPED.fullmatch(row.cell(place)) for place in places):
        return row
    cells = (
        re.sub(r"\D", "", cell) if at in places and _GROUPED.fullmatch(cell.strip()) else cell
        for at, cell in enumerate(row.cells)
    )
    return Row(row.line, tuple(cells))


def _pointed(cell: str) -> str:
    """`1.234,5` as `1234.5`; other cells as they are."""
    text = cell.strip()
    return text.replace(".", "").replace(",", ".") if _DECIMAL.fullmatch(text) else cell


def _cells(row: str, delimiter: str) -> list[str]:
    """One line as cells; Markdown's pipes at both ends are no cells. A quoted cell never spans lines in a report."""
    text = row.strip().strip("|") if delimiter == "|" else row
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _means(row: str, delimiter: str) -> bool:
    """Whether a line is the header of a table of summaries."""
    header = _cells(row, delimiter)
    if not 2 <= len(header) <= MOST_COLUMNS:
        return False
    if _is_upright(header):
        return True
    if not _HINT.search(row):
        return False
    if all(figure(cell) is not None for cell in header):
        return False
    found = columns(header)
    roles = {column.role for column in found}
    levels = sum(column.percent is not None for column in found)
    is_series = levels == 1 and "time" in roles and len(header) == 2
    return (
        levels >= 2
        or is_series
        or (levels == 1 and len(roles) >= 3)
        or (set(map(str.strip, header)) >= JMETER)
    )


def _is_upright(header: Sequence[str]) -> bool:
    return (
        len(header) == 2
        and header[0].strip().strip('"').lower() in _PERCENT_WORDS
        and percent(header[1]) is None
    )
