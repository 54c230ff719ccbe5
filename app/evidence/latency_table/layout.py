"""Which column is what, and in which unit: by the tool's own header first, then by the words people use.

A layout is a guess made from the head of the file; what was assumed rather than read is kept in `assumed`, and said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.numbers import (
    SCALES,
    UNIT_WORDS,
    Writing,
    decimals,
    is_doubtful,
    median,
    moment,
    number,
    time_format,
    writing_of,
)
from app.evidence.latency_table.tools import TOOLS, VEGETA, Tool
from app.evidence.latency_table.words import (
    END_WORDS,
    ERROR_WORDS,
    LABEL_WORDS,
    LATENCY_WORDS,
    LOAD_WORDS,
    START_WORDS,
    STATUS_WORDS,
    SUCCESS_WORDS,
    SUMMARY,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric column: how it is written and what one unit of it is worth (ms for latencies, s for times)."""

    column: int
    writing: Writing
    scale: float
    unit: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A column of times: either a number of `unit`s or a date in `form`."""

    column: int
    number: Number | None
    form: str | None
    is_epoch: bool
    resolution_s: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table. Numbers of columns count from 0."""

    latency: Number
    unit_from: str
    resolution_ms: float
    confidence: float
    tool: str | None = None
    start: Clock | None = None
    end: Clock | None = None
    status: int | None = None
    success: int | None = None
    error: int | None = None
    label: int | None = None
    load: Number | None = None
    only: tuple[int, str] | None = None
    assumed: tuple[str, ...] = field(default=())


def read_layout(dialect: Dialect) -> Layout | None:
    """Find the columns, or None when no column can be a request's latency."""
    tool = next((tool for tool in TOOLS if tool.header <= set(dialect.header)), None)
    if tool is not None:
        return _of_tool(dialect, tool)
    if not dialect.has_header:
        return _without_header(dialect)
    if any(SUMMARY.fullmatch(name) for name in dialect.header):
        return None
    return _by_words(dialect)


def _of_tool(dialect: Dialect, tool: Tool) -> Layout | None:
    def column(name: str | None) -> int | None:
        return dialect.header.index(name) if name is not None and name in dialect.header else None

    at = dialect.header.index(tool.latency[0])
    cells = dialect.cells(at)
    writing = writing_of(cells)
    if writing is None:
        return None
    unit = tool.latency[1]
    load = column(tool.load)
    return Layout(
        latency=Number(at, writing, SCALES[unit], unit),
        unit_from="tool",
        resolution_ms=_resolution(cells, writing, SCALES[unit]),
        confidence=0.98,
        tool=tool.name,
        start=_clock(dialect, column(tool.start), "s"),
        status=column(tool.status),
        success=column(tool.success),
        label=column(tool.label),
        load=None if load is None else Number(load, Writing.PLAIN, 1.0, "requests"),
        only=None if tool.only is None else (dialect.header.index(tool.only[0]), tool.only[1]),
    )


def _without_header(dialect: Dialect) -> Layout | None:
    """vegeta's CSV has no header: nanoseconds since 1970, status, nanoseconds of latency, nine more columns."""
    if dialect.width != len(VEGETA) or writing_of(dialect.cells(2)) is not Writing.PLAIN:
        return None
    start = _clock(dialect, 0, "ns")
    if start is None or not start.is_epoch or writing_of(dialect.cells(1)) is None:
        return None
    return Layout(
        latency=Number(2, Writing.PLAIN, SCALES["ns"], "ns"),
        unit_from="tool",
        resolution_ms=SCALES["ns"],
        confidence=0.97,
        tool="vegeta",
        start=start,
        status=1,
        error=5,
        label=10,
    )


def _by_words(dialect: Dialect) -> Layout | None:
    names = [_name(header) for header in dialect.header]
    latency = _latency_column(dialect, names)
    if latency is None:
        return None
    cells = dialect.cells(latency)
    writing = writing_of(cells)
    if writing is None:
        return None
    unit, unit_from = _unit(names[latency][1], cells, writing)
    taken = {latency}
    start = _clock(dialect, _find(names, START_WORDS, taken), None)
    end = _clock(dialect, _find(names, END_WORDS, taken), None)
    load = _find(names, LOAD_WORDS, taken)
    return Layout(
        latency=Number(latency, writing, SCALES[unit], unit),
        unit_from=unit_from,
        resolution_ms=_resolution(cells, writing, SCALES[unit]),
        confidence=0.9 if names[latency][0] in LATENCY_WORDS[:16] else 0.6,
        start=start,
        end=end,
        status=_find(names, STATUS_WORDS, taken),
        success=_find(names, SUCCESS_WORDS, taken),
        error=_find(names, ERROR_WORDS, taken),
        label=_find(names, LABEL_WORDS, taken),
        load=None if load is None or writing_of(dialect.cells(load)) is not Writing.PLAIN
        else Number(load, Writing.PLAIN, 1.0, "requests"),
        assumed=_assumptions(unit, unit_from, is_doubtful(writing, cells), start),
    )  # fmt: skip


def _name(header: str) -> tuple[str, str | None]:
    """`Response-Time (ms)` -> (`response time`, `ms`); camel case, underscores and brackets are all the same."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-zäöüµμ]+|\d+", header[:80])
    lower = [word.lower() for word in words]
    if len(lower) > 1 and lower[-1] in UNIT_WORDS:
        return " ".join(lower[:-1]), UNIT_WORDS[lower[-1]]
    if len(lower) == 1 and lower[0] in UNIT_WORDS:
        return lower[0], UNIT_WORDS[lower[0]]
    return " ".join(lower), None


def _find(names: Sequence[tuple[str, str | None]], words: Sequence[str], taken: set[int]) -> int | None:
    """The first free column whose name is one of the words, the earlier word first; it is then taken."""
    for word in words:
        for column, (name, _) in enumerate(names):
            if name == word and column not in taken:
                taken.add(column)
                return column
    return None


def _latency_column(dialect: Dialect, names: Sequence[tuple[str, str | None]]) -> int | None:
    """The column named most like a latency whose cells are numbers that are not points in time."""
    for word in LATENCY_WORDS:
        for column, (name, _) in enumerate(names):
            if (name == word or (word == "latency" and name.endswith(" latency"))) and _could_be_latency(
                dialect.cells(column)
            ):
                return column
    return None


def _could_be_latency(cells: Sequence[str]) -> bool:
    writing = writing_of(cells)
    if writing is None:
        return False
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    return bool(values) and not _looks_like_epoch(median(values))


def _looks_like_epoch(value: float) -> bool:
    """Between 2001 and 2065 in s, ms, us or ns."""
    return any(1e9 * scale <= value < 3e9 * scale for scale in (1, 1e3, 1e6, 1e9))


def _unit(named: str | None, cells: Sequence[str], writing: Writing) -> tuple[str, str]:
    if writing is Writing.WITH_UNIT:
        return "ms", "cells"
    if named is not None:
        return named, "header"
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    middle = median(values)
    if middle >= 1e7:
        return "ns", "size of the values"
    if middle >= 5e4:
        return "us", "size of the values"
    fine = decimals(cells, writing) >= 3
    return ("s", "size of the values") if fine and middle < 2 else ("ms", "size of the values")


def _resolution(cells: Sequence[str], writing: Writing, scale: float) -> float:
    """The smallest step the file can show, in ms."""
    return scale if writing is Writing.WITH_UNIT else float(scale * 10.0 ** -decimals(cells, writing))


def _clock(dialect: Dialect, column: int | None, default: str | None) -> Clock | None:
    """How a column tells the time, or None when it does not."""
    if column is None:
        return None
    cells = dialect.cells(column)
    writing = writing_of(cells)
    if writing is None or writing is Writing.WITH_UNIT:
        return _calendar(column, cells)
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    unit, is_epoch = _time_unit(values, _name(dialect.header[column])[1] or default)
    scale = SCALES[unit] / 1000
    resolution = float(scale * 10.0 ** -decimals(cells, writing))
    return Clock(column, Number(column, writing, scale, unit), None, is_epoch, resolution)


def _calendar(column: int, cells: Sequence[str]) -> Clock | None:
    form = time_format(cells)
    if form is None:
        return None
    fractions = {round(value % 1, 6) for cell in cells if (value := moment(cell, form)) is not None}
    digits = (
        decimals([cell[10:].replace(",", ".") for cell in cells], Writing.PLAIN) if fractions - {0.0} else 0
    )
    return Clock(column, None, form, True, 10.0 ** -min(digits, 6))


def _time_unit(values: Sequence[float], named: str | None) -> tuple[str, bool]:
    """Seconds since 1970 are recognised by their size; small numbers count from the start of the test."""
    middle = median(values)
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if 1e9 * scale <= middle < 3e9 * scale:
            return unit, True
    if named is not None:
        return named, False
    span = max(values) - min(values)
    has_fraction = any(value != math.floor(value) for value in values)
    return ("s", False) if has_fraction or span < len(values) / 4 else ("ms", False)


def _assumptions(unit: str, unit_from: str, doubtful: bool, start: Clock | None) -> tuple[str, ...]:
    said = []
    if unit_from == "size of the values":
        said.append(f"latencies are in {unit}, judged by the size of the values")
    if doubtful:
        said.append("the comma in numbers such as 1,234 marks thousands")
    if start is not None and not start.is_epoch and start.number is not None:
        said.append(f"the start times count {start.number.unit} from the start of the test")
    return tuple(said)
