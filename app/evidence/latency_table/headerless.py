"""Tables without a header: vegeta's, h2load's and JMeter's, and what a loop of curl writes.

The order of a tool's columns, or what can only be a time, a status and a latency, stands in for the names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.evidence.findings import phrase
from app.evidence.latency_table.clocks import Number, clock_of
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.numbers import SCALES, Writing, writing_of
from app.evidence.latency_table.tools import VEGETA
from app.evidence.patterns import lazy

_THREAD = lazy(r".{0,200} \d{1,6}-\d{1,6}", re.DOTALL)
_CODE = lazy(r"[1-5]\d\d|Non HTTP response code: .{0,200}", re.DOTALL)
_STATUS = lazy(r"[1-5]\d\d|000")
_STATUS_OF_H2LOAD = lazy(r"[1-5]\d\d|-1")


def read_layout(dialect: Dialect) -> Layout | None:
    """The layout of a table without a header, or None."""
    return _vegeta(dialect) or _h2load(dialect) or _jmeter(dialect)


def _vegeta(dialect: Dialect) -> Layout | None:
    """vegeta's CSV has no header: nanoseconds since 1970, status, nanoseconds of latency, nine more columns."""
    if dialect.width != len(VEGETA) or writing_of(dialect.cells(2)) is not Writing.PLAIN:
        return None
    start = clock_of(0, dialect.cells(0), "ns")
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
        url=10,
        method=9,
    )


def _h2load(dialect: Dialect) -> Layout | None:
    """`h2load --log-file`: microseconds since 1970, status (-1 without an answer), microseconds of latency, by tabs."""
    if (dialect.width, dialect.delimiter) != (3, "\t"):
        return None
    start, latencies = clock_of(0, dialect.cells(0), None), dialect.cells(2)
    if start is None or start.number is None or start.number.unit != "us":
        return None
    if not fits(dialect.cells(1), _STATUS_OF_H2LOAD) or not every(latencies, str.isdecimal):
        return None
    return Layout(
        latency=Number(2, Writing.PLAIN, SCALES["us"], "us"),
        unit_from="tool",
        resolution_ms=SCALES["us"],
        confidence=0.9,
        tool="h2load",
        start=start,
        status=1,
    )


def _jmeter(dialect: Dialect) -> Layout | None:
    """JMeter's CSV without its header, in its own order: time, elapsed, label, code, message, thread, ..., success.

    Which of them are there its properties say; the thread's name or the code after the label gives JMeter away.
    """
    start = clock_of(0, dialect.cells(0), None) if dialect.width >= 5 else None
    if start is None or not start.is_epoch or writing_of(dialect.cells(1)) is not Writing.PLAIN:
        return None
    rest = range(2, dialect.width)
    success = next((i for i in rest if every(dialect.cells(i), lambda cell: cell in ("true", "false"))), None)
    thread = next((i for i in rest if fits(dialect.cells(i), _THREAD)), None)
    is_coded = fits(dialect.cells(3), _CODE)
    if success is None or not (is_coded or (thread is not None and dialect.width >= 7)):
        return None
    is_default = (thread, success) == (5, 7)
    return Layout(
        latency=Number(1, Writing.PLAIN, SCALES["ms"], "ms"),
        unit_from="tool",
        resolution_ms=SCALES["ms"],
        confidence=0.95 if is_default else 0.8,
        tool="JMeter",
        start=start,
        status=3 if is_default or is_coded else None,
        success=success,
        label=2,
        url=13 if is_default and dialect.width >= 16 else None,
        assumed=()
        if is_default
        else (phrase("the second column is JMeter's `elapsed`, because there is no header"),),
    )


def names_of(dialect: Dialect) -> list[tuple[str, None]] | None:
    """What the columns would be called where the cells leave no choice: `$(date -Is),200,0.031`; None where they do."""
    names = []
    for column in range(dialect.width):
        cells = dialect.cells(column)
        clock = clock_of(column, cells, None)
        if clock is not None and clock.is_epoch:
            names.append("time")
        elif fits(cells, _STATUS):
            names.append("status")
        elif writing_of(cells) is not None:
            names.append("latency")
        else:
            names.append("")
    is_clear = all(names.count(name) == 1 for name in ("time", "status", "latency"))
    return [(name, None) for name in names] if is_clear else None


def fits(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return every(cells, lambda cell: pattern.fullmatch(cell) is not None)


def every(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and all(test(cell) for cell in cells)
