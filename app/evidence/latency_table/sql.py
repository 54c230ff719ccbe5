"""The questions put to the engine: a file as text columns, and from them the requests.

Only numbers of columns, quoted literals and expressions of `numbers` end up in the text of a query.
"""
# ruff: noqa: S608

from __future__ import annotations

import glob

from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.layout import Clock, Layout
from app.evidence.latency_table.numbers import moment_sql, number_sql

LONGEST_LINE = 1024 * 1024


def table_sql(path: str, encoding: str, is_packed: bool, dialect: Dialect) -> str:
    """The file as columns of text c0, c1, ...: one odd cell must spoil one row and not the file."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(dialect.width))
    return f"""read_csv({_quoted(glob.escape(path))}, auto_detect = false, header = false, skip = {dialect.skip},
        delim = {_quoted(dialect.delimiter)}, quote = '"', escape = '"', columns = {{{columns}}}, null_padding = true,
        strict_mode = false, ignore_errors = true, encoding = '{encoding}', max_line_size = {LONGEST_LINE},
        compression = '{"gzip" if is_packed else "none"}')"""


def rows_sql(table: str, dialect: Dialect, layout: Layout, epoch: float) -> str:
    """The requests as v (ms), s (seconds after the epoch), failed and load; what cannot be read is NULL."""
    cell = f"c{layout.latency.column}"
    v = f"{number_sql(cell, layout.latency.writing)} * {layout.latency.scale!r}"
    load = "NULL" if layout.load is None else number_sql(f"c{layout.load.column}", layout.load.writing)
    return f"""
        SELECT CASE WHEN v >= 0 AND v < 1e12 THEN v END AS v, CASE WHEN isfinite(s) THEN s END AS s, failed, load,
               (v IS NULL OR NOT (v >= 0 AND v < 1e12)) AND NOT (failed AND is_empty) AS is_bad
        FROM (SELECT {v} AS v, {_start_sql(layout, v, epoch)} AS s, {_failed_sql(layout)} AS failed,
                     {load}::DOUBLE AS load, {cell} IS NULL AS is_empty
              FROM {table} WHERE {_kept_sql(dialect, layout)})"""


def _kept_sql(dialect: Dialect, layout: Layout) -> str:
    """Rows that are requests: not blank, and of the one metric that is wanted."""
    if layout.only is not None:
        return f"c{layout.only[0]} = {_quoted(layout.only[1])}"
    return f"coalesce({', '.join(f'c{i}' for i in range(dialect.width))}) IS NOT NULL"


def _start_sql(layout: Layout, v: str, epoch: float) -> str:
    """When a request started; a table that only says when it ended is put back by the latency."""
    if layout.start is not None:
        return f"({_clock_sql(layout.start)}) - {epoch!r}"
    if layout.end is not None:
        return f"({_clock_sql(layout.end)}) - {epoch!r} - ({v}) / 1000"
    return "NULL::DOUBLE"


def _clock_sql(clock: Clock) -> str:
    if clock.number is None:
        return moment_sql(f"c{clock.column}", clock.form or "")
    return f"{number_sql(f'c{clock.column}', clock.number.writing)} * {clock.number.scale!r}"


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
