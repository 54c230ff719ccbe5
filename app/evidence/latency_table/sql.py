"""The questions put to the engine: a file as columns, and from them the requests.

A table is read in one of two ways, which give the same numbers. Strictly: columns of plain numbers (times, latencies,
statuses) are read as numbers at once, any odd cell ends the reading, and only the columns that matter are looked at. Or
patiently: every column is text, and an odd cell spoils one row and not the file. Strict costs half the time and is
tried first. Logs and records are read line by line, and always patiently.

Only numbers of columns, quoted literals and expressions of `numbers` and `outcomes` end up in the text of a query.
"""
# ruff: noqa: S608

from __future__ import annotations

import glob
import math
from collections.abc import Iterator, Sequence

from app.evidence.latency_table.clocks import Clock, Number
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import Dialect, Lines
from app.evidence.latency_table.grid import Grid
from app.evidence.latency_table.numbers import Writing, moment_sql, number_sql
from app.evidence.latency_table.opening import LONGEST_LINE
from app.evidence.latency_table.outcomes import (
    BAD,
    FINE,
    aborted_sql,
    code_sql,
    failed_sql,
    instance_sql,
    masked_sql,
    outcome_sql,
)
from app.evidence.latency_table.words import SUMS

BUFFER = 8 * LONGEST_LINE  # four times what the engine takes would be more than the memory a check may have
FOLD = 1024
ROUGH = 32
MOST_AT_ONCE = 1e9  # no tool has more requests under way; a cell that says so is broken
TICKS = 2.5  # a gap must be longer than a tick, so that its two ends lie in two


def table_sql(
    path: str,
    encoding: str,
    dialect: Dialect,
    layout: Layout,
    *,
    is_packed: bool,
    is_strict: bool,
    is_numbered: bool = False,
) -> str:
    """The file as columns c0, c1, ...; of lines also `is_line`, which is no for what is no record.

    Numbered, each row has its `place` and `text` as well, at the cost of counting one by one.
    """
    types = _types(layout) if is_strict else {}
    columns = ", ".join(f"'c{i}': '{types.get(i, 'VARCHAR')}'" for i in range(dialect.width))
    quotes = "quote = '\"', escape = '\"', "
    if dialect.lines is not None:
        columns, quotes = "'line': 'VARCHAR'", "quote = '', escape = '', "
    read = f"""read_csv({quoted(glob.escape(path))}, auto_detect = false, header = false, skip = {dialect.skip},
        delim = {quoted(dialect.delimiter or chr(1))}, {quotes}columns = {{{columns}}}, null_padding = true,
        strict_mode = false, ignore_errors = {str(not is_strict).lower()}, encoding = '{encoding}',
        max_line_size = {LONGEST_LINE}, buffer_size = {BUFFER}, compression = '{"gzip" if is_packed else "none"}')"""
    if is_numbered:
        text = "line" if dialect.lines is not None else f"c{layout.latency.column if layout.latency else 0}"
        read = f"(SELECT *, row_number() OVER () + {dialect.skip} AS place, {text} AS text FROM {read})"
    return read if dialect.lines is None else f"({_lines_sql(read, dialect.lines, layout)})"


def _lines_sql(read: str, lines: Lines, layout: Layout) -> str:
    """Each line as columns; those the layout has no use for are not looked up."""
    tests = ["trim(line) <> ''"]
    if lines.only:
        tests.append(f"contains(line, {quoted(lines.only)})")
    if lines.starts:
        tests.append("(" + " OR ".join(f"starts_with(line, {quoted(start)})" for start in lines.starts) + ")")
    if lines.like:
        tests.append(f"regexp_matches(line, {quoted(lines.like)})")
    kept = f"FROM {read} WHERE {' AND '.join(tests)}"
    if lines.paths:
        wanted = sorted(used(layout))
        paths = ", ".join(quoted(lines.paths[i]) for i in wanted)
        cells = ", ".join(f"found[{at + 1}] AS c{i}" for at, i in enumerate(wanted))
        return f"""SELECT * EXCLUDE (found), found IS NOT NULL AS is_line, {cells}
            FROM (SELECT *, TRY(json_extract_string(line, [{paths}])) AS found {kept})"""
    groups, columns = zip(*_groups(lines), strict=True)
    return f"SELECT *, {', '.join(columns)} FROM (SELECT *, {', '.join(groups)} {kept})"


def _groups(lines: Lines) -> Iterator[tuple[str, str]]:
    """Of each pattern its extraction, and its columns out of it."""
    column = 0
    for at, (pattern, count) in enumerate(lines.patterns):
        names = ", ".join(f"'g{i}'" for i in range(count))
        cells = ", ".join(f"nullif(nullif(m{at}.g{i}, ''), '-') AS c{column + i}" for i in range(count))
        column += count
        yield f"regexp_extract(line, {quoted(pattern)}, [{names}]) AS m{at}", cells


def rows_sql(
    table: str,
    dialect: Dialect,
    layout: Layout,
    epoch: float,
    *,
    is_strict: bool,
    more: Sequence[tuple[str, str]] | None = None,
) -> str:
    """The requests as v (ms), s (seconds after the epoch), outcome, and what else the table tells."""
    v, is_empty = "NULL::DOUBLE", "true"
    if layout.latency is not None:
        v = f"{_number_sql(layout.latency, is_strict=is_strict)} * {layout.latency.scale!r}"
        cell = f"c{layout.latency.column}"
        is_empty = f"{cell} IS NULL" if is_strict else f"coalesce({cell}, '-1') = '-1'"  # -1: no answer came
    if layout.latency is not None and layout.is_span:
        v = _span_sql(layout, is_strict=is_strict)
    is_bad = "(v IS NULL OR NOT (v >= 0 AND v < 1e12)) AND NOT ((failed OR aborted) AND is_empty)"
    if layout.latency is None:
        is_bad = f"c{layout.status} IS NULL"
    more = tuple(_more(layout, is_strict=is_strict)) if more is None else more
    extra = "".join(f", {expression} AS x_{name}" for name, expression in more)
    names = "".join(f", x_{name} AS {name}" for name, _ in more)
    return f"""
        SELECT CASE WHEN v >= 0 AND v < 1e12 THEN v END AS v, CASE WHEN isfinite(s) THEN s END AS s,
               ({outcome_sql(layout, is_bad)})::UTINYINT AS outcome{names}
        FROM (SELECT *, {_start_sql(layout, epoch, is_strict=is_strict)} AS s
              FROM (SELECT *, {v} AS v, {failed_sql(layout, is_strict=is_strict)} AS failed,
                           {aborted_sql(layout, is_strict=is_strict)} AS aborted, {is_empty} AS is_empty{extra}
                    FROM {table} WHERE {_kept_sql(dialect, layout, is_strict=is_strict)}))"""


def bad_sql(numbered: str, dialect: Dialect, layout: Layout) -> str:
    """Place and text of the first rows that cannot be read, from a numbered table."""
    rows = rows_sql(
        numbered, dialect, layout, 0.0, is_strict=False, more=(("place", "place"), ("text", "text"))
    )
    return f"SELECT place, text FROM ({rows}) WHERE outcome = {BAD} ORDER BY place LIMIT 3"


def _more(layout: Layout, *, is_strict: bool) -> Iterator[tuple[str, str]]:
    """Columns that only some tables have."""
    if layout.load is not None:
        load = f"({_number_sql(layout.load, is_strict=is_strict)})::DOUBLE"
        yield "load", f"CASE WHEN {load} < {MOST_AT_ONCE!r} THEN {load} END"
    if layout.status is not None:
        yield "code", code_sql(layout, is_strict=is_strict)
    if layout.has_upstreams:
        yield "masked", masked_sql(layout)
    if layout.instance is not None:
        yield "instance", instance_sql(layout)


def cells_sql(layout: Layout, grid: Grid, spans: Sequence[tuple[float, float]] | None) -> str:
    """The table `cells`, all that is counted in one reading: by value within `spans`, by tick, by step and bucket.

    Where the table has statuses also by status, and where it has instances by short step and instance. Without `spans`
    every value is counted, so that no other reading is needed. Aggregates cost most, so there are as few as will do.
    """
    code = "code" if layout.status is not None else "NULL::SMALLINT"
    sets = ["(exact, ended)", "(step, bucket, status, ended)"]
    more = ""
    if layout.clock is not None:
        sets.append("(tick)")
        more += ", tick"
    if layout.has_upstreams:
        sets.append("(share, name, ended)")
        more += f", share, name, count(*) FILTER (masked AND outcome = {FINE}) AS masked"
    if layout.load is not None:
        more += ", max(load) AS most_load"
    instance = "coalesce(instance, '')" if layout.instance is not None else "''"
    return f"""
        CREATE OR REPLACE TEMP TABLE cells AS
        SELECT exact, ended, step, bucket, status, grouping(bucket) = 0 AS is_step,
               grouping(exact) = 0 AS is_exact, count(*) AS n, max(v) AS high, min(s) AS first, max(s) AS last{more}
        FROM (SELECT *, {"v" if spans is None else within("v", spans)} AS exact, outcome AS ended, {code} AS status,
                     floor(s / {grid.limit_s / TICKS!r}) AS tick, floor(s / {grid.width_s!r}) AS step,
                     floor(s / {grid.share_s!r}) AS share, {instance} AS name, {bucket("v", ROUGH)} AS bucket
              FROM requests {"" if spans is None else f"WHERE outcome <> {BAD}"})
        GROUP BY GROUPING SETS ({", ".join(sets)})"""


def within(value: str, spans: Sequence[tuple[float, float]]) -> str:
    """The value where it lies in one of the spans, else NULL."""
    tests = " OR ".join(f"{value} BETWEEN {low!r} AND {high!r}" for low, high in spans) or "false"
    return f"CASE WHEN {tests} THEN {value} END"


def buckets_sql(layout: Layout) -> str:
    """The whole table in one question: latency buckets, rows without a latency as a bucket of their own."""
    return f"""
        SELECT {bucket("v", FOLD)} AS bucket, outcome, count(*) AS n, min(v) AS low, max(v) AS high,
               sum(v) AS total, sum(v * v) AS squares, min(s) AS first_start, max(s) AS last_start,
               max(s + coalesce(v, 0) / 1000) AS last_end,
               {"max(load)" if layout.load is not None else "NULL"} AS most_load
        FROM requests GROUP BY ALL"""


BUCKETS_OF_CELLS = """
        SELECT {bucket} AS bucket, ended AS outcome, sum(n)::BIGINT AS n, min(exact) AS low, max(exact) AS high,
               sum(n * exact) AS total, sum(n * exact * exact) AS squares, min(first) AS first_start,
               max(last) AS last_start, max(last + coalesce(exact, 0) / 1000) AS last_end, {load} AS most_load
        FROM cells WHERE is_exact GROUP BY ALL"""


def used(layout: Layout) -> set[int]:
    """The columns a layout has a use for."""
    numbers = [number.column for number in (layout.latency, layout.load) if number is not None]
    clocks = [clock.column for clock in (layout.start, layout.end) if clock is not None]
    pairs = [pair[0] for pair in (layout.only, layout.aborted, layout.broken) if pair is not None]
    single = (
        layout.status, layout.success, layout.error, layout.label, layout.url, layout.client, layout.instance,
        layout.upstream_status, layout.retries, layout.method,
    )  # fmt: skip
    return {*numbers, *clocks, *pairs, *(column for column in single if column is not None)}


def _types(layout: Layout) -> dict[int, str]:
    """The columns the engine's own reader takes for numbers, with the type of each."""
    clocks = [clock.number for clock in (layout.start, layout.end) if clock is not None]
    numbers = (None if layout.is_span else layout.latency, layout.load, *clocks)
    types = {found.column: "DOUBLE" for found in numbers if found and found.writing is Writing.PLAIN}
    if layout.status is not None and layout.has_plain_status:
        types[layout.status] = "INTEGER"
    return types


def _number_sql(number: Number, *, is_strict: bool) -> str:
    cell = f"c{number.column}"
    is_read = is_strict and number.writing is Writing.PLAIN
    return cell if is_read else number_sql(cell, number.writing)


def _kept_sql(dialect: Dialect, layout: Layout, *, is_strict: bool) -> str:
    """Rows that are requests: of the one metric that is wanted, no sums, not blank, which takes every column to see."""
    tests = []
    if layout.only is not None:
        tests.append(f"c{layout.only[0]} = {quoted(layout.only[1])}")
    if layout.totals is not None:
        words = ", ".join(map(quoted, layout.totals[1]))
        tests.append(f"coalesce(lower(trim(c{layout.totals[0]}::VARCHAR)), '') NOT IN ({words})")
    if dialect.lines is not None and dialect.lines.paths:
        known = [
            i for i in (layout.latency.column if layout.latency else None, layout.status) if i is not None
        ]
        tests.append(f"coalesce({', '.join(f'c{i}' for i in known)}) IS NOT NULL")
        return f"(NOT is_line OR ({' AND '.join(tests)}))"
    if (
        dialect.lines is None
        and (clock := layout.clock) is not None
        and (clock.number is None or not is_strict)
    ):
        word = f"c{clock.column}"
        tests.append(f"coalesce({word} < ':' OR NOT regexp_matches(lower({word}), {quoted(SUMS)}), true)")
    if layout.only is None and not is_strict and dialect.lines is None:
        tests.append(f"coalesce({', '.join(f'c{i}' for i in range(dialect.width))}) IS NOT NULL")
    return " AND ".join(tests) or "true"


def _start_sql(layout: Layout, epoch: float, *, is_strict: bool) -> str:
    """When a request started; a table that only says when it ended is put back by the latency."""
    if layout.start is not None:
        return f"({_clock_sql(layout.start, is_strict=is_strict)}) - {epoch!r}"
    if layout.end is not None:
        took = "CASE WHEN v >= 0 AND v < 1e12 THEN v ELSE 0 END"
        return f"({_clock_sql(layout.end, is_strict=is_strict)}) - {epoch!r} - {took} / 1000"
    return "NULL::DOUBLE"


def _span_sql(layout: Layout, *, is_strict: bool) -> str:
    """From start to end in ms, in steps of the clock: what a double adds to them is no time."""
    start, end = layout.start, layout.end
    if start is None or end is None:
        return "NULL::DOUBLE"
    digits = max(0, math.ceil(-math.log10(layout.resolution_ms)))
    if (
        start.number and end.number and start.number.scale == end.number.scale
    ):  # subtracted first: nothing is lost
        first, last = (_number_sql(each, is_strict=is_strict) for each in (start.number, end.number))
        return f"round(({last} - {first}) * {1000 * start.number.scale!r}, {digits})"
    first, last = (_clock_sql(each, is_strict=is_strict) for each in (start, end))
    return f"round(({last} - {first}) * 1000, {digits})"


def _clock_sql(clock: Clock, *, is_strict: bool) -> str:
    if clock.number is None:
        return moment_sql(f"c{clock.column}", clock.form or "")
    return f"{_number_sql(clock.number, is_strict=is_strict)} * {clock.number.scale!r}"


def bucket(value: str, per_fold: int) -> str:
    return f"CASE WHEN {value} > 0 THEN floor(ln({value}) * {per_fold})::INT WHEN {value} = 0 THEN -2000000000 END"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
