"""What every number of a sheet is called: by the texts left of it, the headers above it, the title it stands under.

A row with texts and no number is a header when it has several of them, or a title when it has one at the left. Titles
nest: `Database`, then `Before`; the next `After` replaces `Before`, the next `Application` replaces both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.evidence.cost_sheet.book import Cell, Place, Sheet
from app.evidence.cost_sheet.words import RESETS, Meaning, Role, layer_named, meaning, tokens

MOST_LEVELS = 4
"""Header rows on top of each other."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text that names a number. `column` is where it stands when it is left of it, 0 when it is a header."""

    text: str
    meaning: Meaning
    column: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A number with all its names, the nearest first of each sort."""

    place: Place
    cell: Cell
    left: tuple[Label, ...]
    right: tuple[Label, ...]
    above: tuple[Label, ...]
    titles: tuple[Label, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        return (*self.left, *self.above, *self.titles)


@dataclass(slots=True)
class _Reading:
    """What has been read on the way down a sheet."""

    headers: dict[int, tuple[Label, ...]] = field(default_factory=dict)
    titles: dict[str, Label] = field(default_factory=dict)
    carried: dict[int, Label] = field(default_factory=dict)
    header_rows: int = 0


def named(sheet: Sheet) -> Iterator[Named]:
    """Every number of a sheet with its names, row by row."""
    reading, last = _Reading(), 0
    for row, cells in _rows(sheet):
        if row > last + 1:
            reading.header_rows, reading.carried = 0, {}
        last = row
        texts = {
            column: cell for column, cell in cells.items() if cell.amount is None and not _is_computed(cell)
        }
        if len(texts) < len(cells):
            reading.header_rows = 0
            yield from _numbers(row, cells, texts, reading)
        elif len(texts) == 1 and min(texts) <= _first_column(sheet, cells):
            _titled(next(iter(texts.values())).text, reading)
        elif not _is_aside(texts, reading):
            _corner(sheet, row, texts, reading)
            _headed(texts, reading)


def _corner(sheet: Sheet, row: int, texts: dict[int, Cell], reading: _Reading) -> None:
    """The first cell of a header may be the title of its table: `Database fix | Before | After`."""
    first = min(texts)
    below = sheet.cells.get((row + 1, first))
    said = meaning(texts[first].text)
    if (
        first <= 2
        and len(texts) > 2
        and below is not None
        and below.amount is None
        and (said.layer or said.side)
    ):
        _titled(texts[first].text, reading)


def _rows(sheet: Sheet) -> Iterator[tuple[int, dict[int, Cell]]]:
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sheet.cells.items():
        rows.setdefault(row, {})[column] = cell
    for row in sorted(rows):
        yield row, dict(sorted(rows[row].items()))


def _is_computed(cell: Cell) -> bool:
    """An error or a formula without a number stands where a number should."""
    return bool(cell.error or cell.formula)


def _first_column(sheet: Sheet, cells: dict[int, Cell]) -> int:
    return max(2, min(cells)) if sheet.width > 2 and min(cells) <= 2 else 1


def _numbers(row: int, cells: dict[int, Cell], texts: dict[int, Cell], reading: _Reading) -> Iterator[Named]:
    found = {column: _beside(column, cell.text, reading) for column, cell in texts.items()}
    reading.carried |= found
    first = min(column for column in cells if column not in texts)
    for column, cell in cells.items():
        if column in texts:
            continue
        left = [found[one] for one in sorted(found, reverse=True) if one < column]
        left += [one for place, one in sorted(reading.carried.items(), reverse=True)
                 if place < first and place not in cells and (one.meaning.layer or one.meaning.side)]  # fmt: skip
        right = tuple(found[one] for one in sorted(found) if one > column)
        titles = tuple(dict.fromkeys(reversed(reading.titles.values())))
        yield Named((row, column), cell, tuple(left), right, reading.headers.get(column, ()), titles)


def _beside(column: int, text: str, reading: _Reading) -> Label:
    """A text in the row of a number; under a header such as `layer` or `fix` it names a layer and nothing else."""
    heads = reading.headers.get(column, ())
    if heads and heads[0].meaning.names_layers and (layer := layer_named(text)):
        return Label(text, Meaning(layer=layer, side=meaning(text).side), column)
    return Label(text, meaning(text), column)


def _titled(text: str, reading: _Reading) -> None:
    """A title replaces what was said of the same thing and all that was said below it."""
    reading.header_rows, reading.carried = 0, {}
    if RESETS & set(tokens(text)):
        reading.titles.clear()
        reading.headers.clear()
        return
    label = Label(text, meaning(text))
    said = [name for name in ("layer", "side", "period", "currency") if getattr(label.meaning, name)]
    for name in said:
        _put(reading.titles, name, label)


def _put(titles: dict[str, Label], name: str, label: Label) -> None:
    if name in titles:
        known = list(titles)
        for below in known[known.index(name) :]:
            if titles[below] is not label:
                del titles[below]
    titles[name] = label


def _is_aside(texts: dict[int, Cell], reading: _Reading) -> bool:
    """A row such as `Period | month` or `Source | price list`: it speaks of all below, and is no header."""
    first, *rest = (meaning(cell.text) for cell in texts.values())
    if first.role is Role.ASIDE and all(one.role in (None, Role.ASIDE, Role.PRICE) for one in rest):
        return True
    periods = [
        label
        for cell in list(texts.values())[1:]
        if (label := Label(cell.text, meaning(cell.text))).meaning.period
    ]
    if first.role is Role.PERIOD and len(periods) == len(rest):
        _put(reading.titles, "period", periods[0])
        return True
    currencies = [cell.text for cell in texts.values() if meaning(cell.text).currency]
    if "currency" in tokens(next(iter(texts.values())).text) and len(texts) == 2 and currencies:
        _put(reading.titles, "currency", Label(currencies[0], meaning(currencies[0])))
        return True
    return False


def _headed(texts: dict[int, Cell], reading: _Reading) -> None:
    """A header row; directly below another one it is the second level of the same header."""
    upper = dict(reading.headers) if reading.header_rows else {}
    last = max(*texts, *upper) if upper else max(texts)
    found: dict[int, tuple[Label, ...]] = {}
    for column in range(1, last + 1):
        cell = texts.get(column)
        own = () if cell is None else (Label(cell.text, meaning(cell.text)),)
        labels = (*own, *_spanning(column, upper))[:MOST_LEVELS]
        if labels:
            found[column] = labels
    reading.headers = found if reading.header_rows else {**reading.headers, **found}
    reading.header_rows += 1
    reading.carried = {}


def _spanning(column: int, upper: dict[int, tuple[Label, ...]]) -> tuple[Label, ...]:
    """The header above, or the one left of it: merged cells are stored at their left end."""
    at = next((one for one in range(column, 0, -1) if one in upper), None)
    return () if at is None else upper[at]


def pure_period(label: Label) -> str:
    """The period of a cell that says nothing else: `month`, `30 days`, `per day`."""
    said = tokens(label.text)
    is_plain = label.meaning.role in (None, Role.PERIOD, Role.DURATION) and len(said) <= 3
    is_unit = label.meaning.role in (Role.COST, Role.REQUESTS) and {"/", "per"} & set(said) and len(said) <= 4
    return label.meaning.period if is_plain or is_unit else ""
