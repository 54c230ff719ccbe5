"""Words parted by spaces, one request a line: what a loop of curl writes (`200 0.034`), `code=200 total=0.034`, and the
log of `pgbench --log` (source: PostgreSQL 15's manual, pgbench, Per-Transaction Logging; run here).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.evidence.findings import phrase
from app.evidence.latency_table.clocks import Number, clock_of
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.headerless import every, fits
from app.evidence.latency_table.layout import by_words
from app.evidence.latency_table.naming import name_of
from app.evidence.latency_table.numbers import SCALES, Writing, is_number, writing_of
from app.evidence.patterns import lazy
from app.evidence.source import Source

FEWEST, MOST_WORDS, AT_ONCE = 5, 24, 4
_PAIR = lazy(r'([A-Za-z_][\w.-]{0,40}) ?[=:] ?"?([^\s"=,;|]{1,64})')
_STATUS = lazy(r"[1-5]\d\d|0|000")
_FINE = lazy(r"\d{1,5}\.\d{3,9}")
_PHASES = frozenset(
    ("connect", "dns", "ttfb", "namelookup", "starttransfer", "pretransfer", "appconnect", "tls")
)
"""curl's other times: beside them `total` is the time of the request."""


def read_spaced(source: Source) -> tuple[Dialect, Layout] | None:
    """The words or pairs of every line as columns; None where they are not plainly requests."""
    lines = [line for line in whole_lines(source)[: SAMPLE_ROWS + 1] if line.strip()]
    if len(lines) < FEWEST:
        return None
    return _pairs(lines) or _words(lines)


def _pairs(lines: Sequence[str]) -> tuple[Dialect, Layout] | None:
    """Lines that all have the same names, each before its value."""
    found = [_PAIR.findall(line[:2000]) for line in lines]
    names = [name for name, _ in found[0]]
    if not 2 <= len(names) <= MOST_WORDS or len(set(names)) < len(names):
        return None
    if any([name for name, _ in pairs] != names for pairs in found):
        return None
    rows = [tuple(value.rstrip(",") for _, value in pairs) for pairs in found]
    patterns = tuple((rf'(?:^|[\s,;|]){re.escape(name)} ?[=:] ?"?([^\s",;|]+)', 1) for name in names)
    return _named(Dialect("", tuple(names), True, 0, tuple(rows), Lines(patterns=patterns)))


def _words(lines: Sequence[str]) -> tuple[Dialect, Layout] | None:
    rows = [tuple(line.split()) for line in lines]
    width = len(rows[0])
    if not 2 <= width <= MOST_WORDS or any(len(row) != width for row in rows):
        return None
    has_header = not any(is_number(cell) for cell in rows[0])
    header = rows[0] if has_header else ("",) * width
    columns = Lines(patterns=tuple(_patterns(width)))
    dialect = Dialect("", header, has_header, int(has_header), tuple(rows[has_header:]), columns)
    if has_header:
        return _named(dialect)
    layout = _pgbench(dialect) or _curl(dialect)
    return None if layout is None else (dialect, layout)


def _patterns(width: int) -> list[tuple[str, int]]:
    """Four words a pattern, each from the start of the line."""
    return [
        (rf"^\s*(?:\S+\s+){{{first}}}" + r"\s+".join([r"(\S+)"] * (last - first)), last - first)
        for first in range(0, width, AT_ONCE)
        for last in (min(first + AT_ONCE, width),)
    ]


def _named(dialect: Dialect) -> tuple[Dialect, Layout] | None:
    """By its names; what has a status of HTTP or curl's other times beside its latency is sure to be requests."""
    names = [name_of(header) for header in dialect.header]
    has_phases = any(word in _PHASES for name, _ in names for word in name.split())
    names = [("total time" if name == "total" else name, unit) for name, unit in names]
    layout = by_words(dialect, names)
    if layout is None or layout.latency is None:
        return None
    has_codes = layout.status is not None and fits(dialect.cells(layout.status), _STATUS)
    return (dialect, layout) if has_codes or has_phases else None


def _curl(dialect: Dialect) -> Layout | None:
    """A status and one number with three decimals or more, which are curl's seconds."""
    columns = range(dialect.width)
    statuses = [i for i in columns if fits(dialect.cells(i), _STATUS)]
    times = [i for i in columns if fits(dialect.cells(i), _FINE)]
    if len(statuses) != 1 or len(times) != 1 or dialect.width > 3:
        return None
    names: list[tuple[str, str | None]] = [("", None)] * dialect.width
    names[statuses[0]], names[times[0]] = ("status", None), ("latency", None)
    layout = by_words(dialect, names)
    if layout is None:
        return None
    said = phrase("column {number} is the latency, because there is no header", number=times[0] + 1)
    return replace(layout, confidence=0.7, assumed=(said, *layout.assumed))


def _pgbench(dialect: Dialect) -> Layout | None:
    """Client, its transaction, microseconds, script, seconds since 1970 and their microseconds; or lag, retries."""
    if not 6 <= dialect.width <= 8:
        return None
    end = clock_of(4, dialect.cells(4), None)
    is_whole = all(every(dialect.cells(i), str.isdecimal) for i in (0, 1, 3, 4, 5))
    if end is None or end.number is None or end.number.unit != "s" or not end.is_epoch or not is_whole:
        return None
    if max(map(int, dialect.cells(5))) >= 1_000_000 or writing_of(dialect.cells(2)) is not Writing.PLAIN:
        return None
    latency = Number(2, Writing.PLAIN, SCALES["us"], "us")
    return Layout(latency, "tool", SCALES["us"], 0.95, tool="pgbench", end=end)
