"""Which column is what, and in which unit: by the tool's own header first, then by the words people use.

A layout is a guess made from the head of the file; what was assumed rather than read is kept in `assumed`, and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.evidence.findings import phrase
from app.evidence.latency_table import headerless, spans
from app.evidence.latency_table.clocks import Clock, Number, clock_of, looks_like_epoch
from app.evidence.latency_table.columns import Layout, resolution
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.headerless import fits
from app.evidence.latency_table.naming import find, name_of, name_of_key
from app.evidence.latency_table.numbers import (
    SCALES,
    Writing,
    decimals,
    is_doubtful,
    median,
    number,
    writing_of,
)
from app.evidence.latency_table.tools import RECORDS, TOOLS, Tool
from app.evidence.latency_table.words import (
    CLIENT_WORDS,
    END_WORDS,
    ERROR_WORDS,
    INSTANCE_WORDS,
    LABEL_WORDS,
    LATENCY_WORDS,
    LOAD_WORDS,
    MEASURED_WORDS,
    METHOD_WORDS,
    START_WORDS,
    STATUS_WORDS,
    SUCCESS_WORDS,
    SUMMARY,
    UPSTREAM_STATUS_WORDS,
    URL_WORDS,
)
from app.evidence.patterns import lazy

_METHOD = lazy(r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)", re.IGNORECASE)
_CODE = lazy(r"[1-5]\d\d|000|0|-1")
_COMMA_MARKS = {Writing.THOUSANDS: "thousands", Writing.COMMA_DECIMAL: "decimals"}


def read_layout(dialect: Dialect) -> Layout | None:
    """Find the columns, or None when no column can be a request's latency."""
    tool = tool_of(dialect)
    if tool is not None:
        return _with_method(_of_tool(dialect, tool), dialect)
    if not dialect.has_header:
        return headerless.read_layout(dialect) or _told_apart(dialect)
    if any(SUMMARY.fullmatch(name) for name in dialect.header):
        return None
    return by_words(dialect, [name_of(header) for header in dialect.header])


def _with_method(layout: Layout | None, dialect: Dialect) -> Layout | None:
    return None if layout is None else replace(layout, method=_method(dialect))


def _method(dialect: Dialect) -> int | None:
    """A column called a method whose cells are one: payment tables have such a column too."""
    named = (at for at, header in enumerate(dialect.header) if name_of_key(header)[0] in METHOD_WORDS)
    return next((at for at in named if fits(dialect.cells(at), _METHOD)), None)


def tool_of(dialect: Dialect) -> Tool | None:
    """The tool that writes this header or these keys."""
    have = set(dialect.header)
    known = TOOLS if dialect.lines is None else RECORDS
    return next(
        (tool for tool in known if tool.header <= have and (not tool.hints or tool.hints & have)), None
    )


def _of_tool(dialect: Dialect, tool: Tool) -> Layout | None:
    def column(names: str) -> int | None:
        return next(
            (dialect.header.index(name) for name in names.split("|") if name and name in dialect.header), None
        )

    at = dialect.header.index(tool.latency[0])
    cells = dialect.cells(at)
    writing = writing_of(cells)
    if writing is None:
        return None
    unit = "ms" if writing is Writing.WITH_UNIT else tool.latency[1]
    load = column(tool.load)
    aborted = None if tool.aborted is None else column(tool.aborted[0])
    return Layout(
        latency=Number(at, writing, SCALES[unit], unit),
        unit_from="tool",
        resolution_ms=resolution(cells, writing, SCALES[unit]),
        confidence=0.98,
        tool=tool.name,
        start=_clock(dialect, column(tool.start), "s"),
        end=_clock(dialect, column(tool.end), "s"),
        status=column(tool.status),
        success=column(tool.success),
        error=column(tool.error),
        label=column(tool.label),
        url=_url(dialect, column(tool.url)),
        client=column(tool.client),
        load=None if load is None else Number(load, Writing.PLAIN, 1.0, "requests"),
        only=None if tool.only is None else (dialect.header.index(tool.only[0]), tool.only[1]),
        instance=column(tool.instance),
        upstream_status=column(tool.upstream_status),
        retries=column(tool.retries),
        aborted=None if aborted is None or tool.aborted is None else (aborted, tool.aborted[1]),
        is_server=tool.is_server,
    )


def _told_apart(dialect: Dialect) -> Layout | None:
    """No header, but one time, one status and one other number a row."""
    names = headerless.names_of(dialect)
    layout = None if names is None else by_words(dialect, names)
    if layout is None or layout.latency is None:
        return None
    said = phrase(
        "column {number} is the latency, because there is no header", number=layout.latency.column + 1
    )
    return replace(layout, confidence=0.6, assumed=(said, *layout.assumed))


def by_words(dialect: Dialect, names: Sequence[tuple[str, str | None]]) -> Layout | None:
    """Columns by what people call them: `names` are pairs of words and unit, one a column."""
    latency = _latency_column(dialect, names)
    if latency is None:
        return _by_spans(dialect, names)
    cells = dialect.cells(latency)
    writing = _writing(dialect, cells)
    if writing is None:
        return None
    unit, unit_from = unit_of(names[latency][1], cells, writing)
    taken = {latency}
    start = _clock(dialect, find(names, START_WORDS, taken), None)
    end = _clock(dialect, find(names, END_WORDS, taken), None)
    return replace(
        _others(dialect, names, taken),
        latency=Number(latency, writing, SCALES[unit], unit),
        unit_from=unit_from,
        resolution_ms=resolution(cells, writing, SCALES[unit]),
        confidence=0.9 if names[latency][0] in LATENCY_WORDS[:16] else 0.6,
        start=start,
        end=end,
        assumed=assumptions(unit, unit_from, is_doubtful(writing_of(cells), cells), start, writing),
    )


def _by_spans(dialect: Dialect, names: Sequence[tuple[str, str | None]]) -> Layout | None:
    """No latency, but two times a row. Clocks of whole seconds show requests and no latencies."""
    found = spans.clocks_of(dialect, names)
    if found is None:
        return None
    start, end = found
    step = spans.step_ms(start, end)
    layout = replace(
        _others(dialect, names, {start.column, end.column}),
        start=start,
        end=end,
        is_span=True,
        confidence=0.75,
    )
    if spans.is_too_coarse(spans.lengths(dialect, start, end), step):
        return None if layout.status is None else layout
    said = (spans.said(dialect, start, end), *assumptions(start.unit, "header", False, start))
    latency = Number(end.column, Writing.PLAIN, 1.0, start.unit)
    return replace(layout, latency=latency, resolution_ms=step, assumed=said)


def _others(dialect: Dialect, names: Sequence[tuple[str, str | None]], taken: set[int]) -> Layout:
    """The columns beside the latency and the times; those are still to be told."""
    load = find(names, LOAD_WORDS, taken)
    return Layout(
        latency=None,
        unit_from="header",
        resolution_ms=0.0,
        confidence=0.0,
        status=find(names, STATUS_WORDS, taken),
        success=find(names, SUCCESS_WORDS, taken),
        error=find(names, ERROR_WORDS, taken),
        url=_url(dialect, find(names, URL_WORDS, set())),
        method=_method(dialect),
        instance=_instance(dialect, find(names, INSTANCE_WORDS, taken)),
        upstream_status=find(names, UPSTREAM_STATUS_WORDS, taken),
        client=find(names, CLIENT_WORDS, taken),
        label=find(names, LABEL_WORDS, taken),
        load=None if load is None or writing_of(dialect.cells(load)) is not Writing.PLAIN
        else Number(load, Writing.PLAIN, 1.0, "requests"),
    )  # fmt: skip


def _writing(dialect: Dialect, cells: Sequence[str]) -> Writing | None:
    """Whoever parts cells by semicolons needs the comma for decimals: `1,234` is no thousand there."""
    writing = writing_of(cells)
    is_decimal = dialect.delimiter == ";" and is_doubtful(writing, cells) and writing_of(
        [cell.replace(",", ".") for cell in cells]
    ) is Writing.PLAIN  # fmt: skip
    return Writing.COMMA_DECIMAL if is_decimal else writing


def _latency_column(dialect: Dialect, names: Sequence[tuple[str, str | None]]) -> int | None:
    """The column named most like a latency whose cells are numbers that are not points in time."""
    for word in LATENCY_WORDS:
        for column, (name, _) in enumerate(names):
            if (name == word or (word == "latency" and name.endswith(" latency"))) and _could_be_latency(
                dialect.cells(column)
            ):
                return column
    return _measured_column(dialect, names)


def _measured_column(dialect: Dialect, names: Sequence[tuple[str, str | None]]) -> int | None:
    """`total_ms` beside a status of HTTP: a word that says little, with a unit of time."""
    statuses = (dialect.cells(column) for column, (name, _) in enumerate(names) if name in STATUS_WORDS)
    if not any(fits(cells, _CODE) for cells in statuses):
        return None
    measured = {name: column for column, (name, unit) in enumerate(names) if unit is not None}
    found = next((measured[word] for word in MEASURED_WORDS if word in measured), None)
    return found if found is not None and _could_be_latency(dialect.cells(found)) else None


def _could_be_latency(cells: Sequence[str]) -> bool:
    writing = writing_of(cells)
    if writing is None:
        return False
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    return bool(values) and not looks_like_epoch(median(values))


def _instance(dialect: Dialect, column: int | None) -> int | None:
    """A column of few names; one that is different in every row names requests and not instances."""
    cells = [] if column is None else dialect.cells(column)
    return column if cells and len(set(cells)) <= max(20, len(cells) // 4) else None


def _url(dialect: Dialect, column: int | None) -> int | None:
    """A column whose cells name a host; a path does not."""
    return column if column is not None and any("://" in cell for cell in dialect.cells(column)) else None


def unit_of(named: str | None, cells: Sequence[str], writing: Writing) -> tuple[str, str]:
    """The unit and how it is known: from the cells, from the header or from the size of the values."""
    if writing is Writing.WITH_UNIT:
        return "ms", "cells"
    if named is not None:
        return named, "header"
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    middle = median(values)
    if middle >= 1e7:
        return "ns", phrase("size of the values")
    if middle >= 5e4:
        return "us", phrase("size of the values")
    fine = decimals(cells, writing) >= 3
    return (
        ("s", phrase("size of the values")) if fine and middle < 2 else ("ms", phrase("size of the values"))
    )


def _clock(dialect: Dialect, column: int | None, default: str | None) -> Clock | None:
    """How a column tells the time, or None when it does not."""
    if column is None:
        return None
    return clock_of(column, dialect.cells(column), name_of(dialect.header[column])[1] or default)


def assumptions(
    unit: str, unit_from: str, doubtful: bool, start: Clock | None, writing: Writing = Writing.THOUSANDS
) -> tuple[str, ...]:
    """What a learner should confirm, in words."""
    said = []
    if unit_from == "size of the values":
        said.append(phrase("latencies are in {unit}, judged by the size of the values", unit=unit))
    if doubtful:
        said.append(phrase("the comma in numbers such as 1,234 marks {what}", what=_COMMA_MARKS[writing]))
    if start is not None and not start.is_epoch and start.number is not None:
        said.append(phrase("the start times count {unit} from the start of the test", unit=start.number.unit))
    return tuple(said)
