"""The questions put to the engine: a file as columns, and from them the requests.

A table is read in one of two ways, which give the same numbers. Strictly: columns of plain numbers are read as numbers
at once, any odd cell ends the reading, and only the columns that matter are looked at. Or patiently: every column is
text, and an odd cell spoils one row and not the file. Strict costs half the time and is tried first.

Only numbers of columns, quoted literals and expressions of `numbers` end up in the text of a query.
"""
# ruff: noqa: S608

from __future__ import annotations

import glob
from collections.abc import Sequence

from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.layout import Clock, Layout, Number
from app.evidence.latency_table.numbers import Writing, moment_sql, number_sql

LONGEST_LINE = 1024 * 1024


def table_sql(
    path: str, encoding: str, dialect: Dialect, layout: Layout, *, is_packed: bool, is_strict: bool
) -> str:
    """The file as columns c0, c1, ..."""
    numbers = _plain(layout) if is_strict else set()
    columns = ", ".join(f"'c{i}': '{'DOUBLE' if i in numbers else 'VARCHAR'}'" for i in range(dialect.width))
    return f"""read_csv({_quoted(glob.escape(path))}, auto_detect = false, header = false, skip = {dialect.skip},
        delim = {_quoted(dialect.delimiter)}, quote = '"', escape = '"', columns = {{{columns}}}, null_padding = true,
        strict_mode = false, ignore_errors = {str(not is_strict).lower()}, encoding = '{encoding}',
        max_line_size = {LONGEST_LINE}, compression = '{"gzip" if is_packed else "none"}')"""


def rows_sql(table: str, dialect: Dialect, layout: Layout, epoch: float, *, is_strict: bool) -> str:
    """The requests as v (ms), s (seconds after the epoch), failed and load; what cannot be read is NULL."""
    cell = f"c{layout.latency.column}"
    v = f"{_number_sql(layout.latency, is_strict=is_strict)} * {layout.latency.scale!r}"
    load = "NULL" if layout.load is None else _number_sql(layout.load, is_strict=is_strict)
    s = _start_sql(layout, v, epoch, is_strict=is_strict)
    return f"""
        SELECT CASE WHEN v >= 0 AND v < 1e12 THEN v END AS v, CASE WHEN isfinite(s) THEN s END AS s, failed, load,
               (v IS NULL OR NOT (v >= 0 AND v < 1e12)) AND NOT (failed AND is_empty) AS is_bad
        FROM (SELECT {v} AS v, {s} AS s, {_failed_sql(layout)} AS failed,
                     {load}::DOUBLE AS load, {cell} IS NULL AS is_empty
              FROM {table} WHERE {_kept_sql(dialect, layout, is_strict=is_strict)})"""


def cells_sql(spans: Sequence[tuple[float, float]], tick_s: float, width_s: float, per_fold: int) -> str:
    """The table `cells`, three counts in one reading: by value within `spans`, by tick, by step and rough bucket."""
    exact = " OR ".join(f"v BETWEEN {low!r} AND {high!r}" for low, high in spans) or "false"
    return f"""
        CREATE TEMP TABLE cells AS
        SELECT exact, tick, step, bucket, count(*) AS n, count(*) FILTER (failed) AS errors, max(v) AS high,
               min(s) AS first, max(s) AS last
        FROM (SELECT v, s, failed, CASE WHEN {exact} THEN v END AS exact, floor(s / {tick_s!r}) AS tick,
                     floor(s / {width_s!r}) AS step, {bucket("v", per_fold)} AS bucket
              FROM requests WHERE v IS NOT NULL)
        GROUP BY GROUPING SETS ((exact), (tick), (step, bucket))"""


def _plain(layout: Layout) -> set[int]:
    """The columns the engine's own reader takes for numbers."""
    clocks = [clock.number for clock in (layout.start, layout.end) if clock is not None]
    numbers = (layout.latency, layout.load, *clocks)
    return {found.column for found in numbers if found is not None and found.writing is Writing.PLAIN}


def _number_sql(number: Number, *, is_strict: bool) -> str:
    cell = f"c{number.column}"
    is_read = is_strict and number.writing is Writing.PLAIN
    return cell if is_read else number_sql(cell, number.writing)


def _kept_sql(dialect: Dialect, layout: Layout, *, is_strict: bool) -> str:
    """Rows that are requests: of the one metric that is wanted, and not blank, which takes every column to see."""
    if layout.only is not None:
        return f"c{layout.only[0]} = {_quoted(layout.only[1])}"
    if is_strict:
        return "true"
    return f"coalesce({', '.join(f'c{i}' for i in range(dialect.width))}) IS NOT NULL"


def _start_sql(layout: Layout, v: str, epoch: float, *, is_strict: bool) -> str:
    """When a request started; a table that only says when it ended is put back by the latency."""
    if layout.start is not None:
        return f"({_clock_sql(layout.start, is_strict=is_strict)}) - {epoch!r}"
    if layout.end is not None:
        return f"({_clock_sql(layout.end, is_strict=is_strict)}) - {epoch!r} - ({v}) / 1000"
    return "NULL::DOUBLE"


def _clock_sql(clock: Clock, *, is_strict: bool) -> str:
    if clock.number is None:
        return moment_sql(f"c{clock.column}", clock.form or "")
    return f"{_number_sql(clock.number, is_strict=is_strict)} * {clock.number.scale!r}"


def _failed_sql(layout: Layout) -> str:
    """A request failed when its status is not 1xx to 3xx, its success is no, or its error says something."""
    tests = ["false"]
    if layout.status is not None:
        cell = f"c{layout.status}"
        word = f"coalesce(lower(trim({cell})), '') NOT IN ('ok', 'success', 'pass', '')"
        tests.append(f"coalesce(try_cast({cell} AS INTEGER) NOT BETWEEN 100 AND 399, {word})")
    if layout.success is not None:
        tests.append(f"coalesce(lower(trim(c{layout.success})), '') IN ('false', '0', 'no', 'ko', 'f', 'n')")
    if layout.error is not None:
        tests.append(
            f"coalesce(lower(trim(c{layout.error})), '') NOT IN ('', 'false', '0', 'no', 'none', 'null', '-')"
        )
    return "(" + " OR ".join(tests) + ")"


def bucket(value: str, per_fold: int) -> str:
    return f"CASE WHEN {value} > 0 THEN floor(ln({value}) * {per_fold})::INT WHEN {value} = 0 THEN -2000000000 END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
