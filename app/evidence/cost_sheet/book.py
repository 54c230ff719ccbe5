"""A sheet as it is understood, whatever file it came from: cells by place, with how each is named to its author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.evidence.findings import phrase

Place = tuple[int, int]
"""Row and column, both from 1."""

MOST_CELLS = 10_000
MOST_ROWS = 2_000
MOST_COLUMNS = 200
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is written: its value, half a unit of its last digit, and what the writing says of its unit.

    `per` is the number of requests that a cell like `$0.03 per 1,000` speaks of, `period` the word in `$933/month`.
    """

    value: float
    half_step: float = 0.0
    currency: str = ""
    per: float = 1.0
    period: str = ""
    is_cents: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell. `amount` is None for text; `formula` begins with `=`; `error` is `#REF!` and its like.

    `is_cached` says that the value beside a formula was stored by the spreadsheet and not computed here.
    """

    text: str
    amount: Amount | None = None
    formula: str = ""
    error: str = ""
    is_cached: bool = True
    is_hidden: bool = False


@dataclass(slots=True)
class Sheet:
    """Filled cells by place. `lines` maps rows of a CSV file to their lines; a workbook has none.

    `names` are the columns of a CSV file that is one table under one header.
    """

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    is_hidden: bool = False

    @property
    def height(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((column for _, column in self.cells), default=0)


@dataclass(slots=True)
class Book:
    """All sheets of one file. `format` is csv or xlsx; `links` are other workbooks that its formulas read.

    `names` are cells and ranges by the names that formulas call them, in capitals: `HOURS` is `Inputs!$B$2`.
    """

    format: str
    sheets: list[Sheet]
    links: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def ref(self, sheet: Sheet, place: Place) -> str:
        """How the author finds a cell: `B7`, `Costs!B7` among several sheets, `line 3, column 2` of a CSV file."""
        row, column = place
        if sheet.lines:
            return phrase(
                "line {row}, {column}",
                row=sheet.lines.get(row, row),
                column=sheet.names.get(column, phrase("column {name}", name=column)),
            )
        name = f"{letters(column)}{row}"
        return f"{sheet.name}!{name}" if len(self.sheets) > 1 else name


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_of(name: str) -> int:
    """The number of a column called A, AA or XFD."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number
