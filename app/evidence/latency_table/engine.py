"""Count a table with DuckDB: buckets of latency, ticks of time, a series for the picture. Memory stays bounded.

Nothing here keeps a row: a gigabyte of requests becomes some ten thousand counts. Reading the text costs most, so a
large table is read twice and not once a question: the first reading counts buckets of latency, 1/1024 of an e-fold wide
(0.1 %), and finds the ends of the recording; the second counts value by value the buckets in which a wanted rank lies,
and at once everything that is told by time.

The file is hostile. The engine may open that one path and nothing else, keeps to 256 MB and two threads, writes no
temporary file and cannot load an extension. `_duckdb` is the package's own extension module, imported directly because
the Python layer around it costs four times as much to start (130 ms) and adds nothing used here.
"""

from __future__ import annotations

import glob
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import _duckdb

from app.evidence.findings import Unreadable
from app.evidence.latency_table import merging, opening
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts, Point, Share, Traffic, gap_limit
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.outcomes import BAD, FAILED
from app.evidence.latency_table.rules import NOT_COUNTED
from app.evidence.latency_table.sql import bad_sql, bucket, cells_sql, rows_sql, table_sql
from app.evidence.quantiles import Distribution
from app.evidence.source import Source

FINE = 1024
ROUGH = 32
TICKS = 2.5  # a gap must be longer than a tick, so that its two ends lie in two
MOST_SHARES = 3600
SAMPLE_ROWS = 20_000
SLOWEST_ROWS = 5_000
FAILURES = 500
LABEL_ROWS = 20_000
KEEP_BYTES = 200 * 1024 * 1024
KEEP_LINES = 600 * 1024 * 1024  # a line of a log is long and what is kept of it short
SETTINGS = {
    "memory_limit": "256MB",
    "threads": "2",
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_REQUEST = r"^[A-Z]{3,10} ((?:/|[a-z]+://)[^ ?#]*)"
_PATH = "^((?:/|[a-z]+://)[^?#]*)"
_HOST = r"^[a-z]+://(\[[^\]]*\]|[^/:?#]+)"


def count(source: Source, dialect: Dialect, layout: Layout) -> Counts:
    """Scan the table; raise `Unreadable` when the engine cannot."""
    epoch = opening.epoch_of(dialect, layout)
    try:
        with opening.readable(source) as (path, encoding):
            is_packed = source.is_gzip and path == str(source.path)

            def table(*, is_strict: bool, is_numbered: bool = False) -> str:
                return table_sql(
                    path,
                    encoding,
                    dialect,
                    layout,
                    is_packed=is_packed,
                    is_strict=is_strict,
                    is_numbered=is_numbered,
                )

            unpacked, has_odd_sign = opening.survey(source, dialect.skip)
            scan = Scan(connect(path), table, may_be_strict=dialect.lines is None and not has_odd_sign)
            return scan.counts(dialect, layout, epoch, unpacked=unpacked)
    except (_duckdb.OutOfMemoryException, _duckdb.InternalException, _duckdb.FatalException) as error:
        raise MemoryError("the engine") from error  # our limits, not the learner's file
    except _duckdb.Error as error:
        raise Unreadable(NOT_COUNTED.at(reason=_first_line(error))) from error


class Scan:
    """One file, opened. Small tables are held in memory after one reading; large ones are read again."""

    def __init__(
        self, db: _duckdb.DuckDBPyConnection, table: Callable[..., str], *, may_be_strict: bool
    ) -> None:
        self.db = db
        self.table = table
        self.may_be_strict = may_be_strict

    def counts(self, dialect: Dialect, layout: Layout, epoch: float, *, unpacked: int) -> Counts:
        """All that is kept. What fits is held; when it turns out not to fit, the file is read again instead."""
        is_held = unpacked <= (KEEP_BYTES if dialect.lines is None else KEEP_LINES)
        if is_held:
            with suppress(_duckdb.OutOfMemoryException):
                return self._counts(dialect, layout, epoch, is_held=True)
            self.db.execute("DROP TABLE IF EXISTS requests")
            layout = replace(layout, instance=None, upstream_status=None, retries=None)  # too many, perhaps
        return self._counts(dialect, layout, epoch, is_held=False)

    def _counts(self, dialect: Dialect, layout: Layout, epoch: float, *, is_held: bool) -> Counts:
        buckets = self._requests(dialect, layout, epoch, is_held=is_held)
        whole = merging.whole(buckets)
        first, last = whole["first_start"], whole["last_start"]
        width, share_s = merging.width(last, first), merging.width(last, first, MOST_SHARES)
        everything, succeeded, wanted = merging.merged_twice(buckets)
        is_timed = layout.clock is not None
        limit = gap_limit(first, last, sum(step.count for step in everything.values()))
        spans = [(everything[key].low, everything[key].high) for key in wanted]
        self.db.execute(cells_sql(layout, spans, limit / TICKS, width, share_s, ROUGH))
        gaps = self._gaps(limit) if is_timed else ()
        exact = self._exact() if wanted else []
        return Counts(
            everything=Distribution(merging.replaced(everything, wanted, [(v, n) for v, n, _ in exact])),
            succeeded=Distribution(merging.replaced(succeeded, wanted, [(v, fine) for v, _, fine in exact])),
            epoch=epoch,
            width_s=width,
            gaps=gaps,
            series=self._series(width) if is_timed else (),
            sample=self._sample(),
            slowest=self._slowest() if gaps else (),
            labels=self._labels(layout),
            bad=self._bad(dialect, layout) if whole["unreadable"] else (),
            traffic=self._traffic(layout, share_s, is_held=is_held),
            **whole,
        )

    def _requests(
        self, dialect: Dialect, layout: Layout, epoch: float, *, is_held: bool
    ) -> list[dict[str, Any]]:
        """Make the table `requests` and count it: strictly when that may do, patiently when any row is odd."""
        create = f"CREATE OR REPLACE TEMP {'TABLE' if is_held else 'VIEW'} requests AS "
        buckets = []
        if self.may_be_strict:
            with suppress(_duckdb.ConversionException, _duckdb.InvalidInputException):
                rows = rows_sql(self.table(is_strict=True), dialect, layout, epoch, is_strict=True)
                self.db.execute(create + rows)
                buckets = self._buckets(layout)
        if not buckets or any(row["outcome"] == BAD for row in buckets):
            rows = rows_sql(self.table(is_strict=False), dialect, layout, epoch, is_strict=False)
            self.db.execute(create + rows)
            buckets = self._buckets(layout)
        return buckets

    def _buckets(self, layout: Layout) -> list[dict[str, Any]]:
        """The whole table in one question: latency buckets, rows without a latency as a bucket of their own."""
        cursor = self.db.execute(f"""
            SELECT {bucket("v", FINE)} AS bucket, outcome, count(*) AS n, min(v) AS low, max(v) AS high,
                   sum(v) AS total, sum(v * v) AS squares, min(s) AS first_start, max(s) AS last_start,
                   max(s + coalesce(v, 0) / 1000) AS last_end,
                   {"max(load)" if layout.load is not None else "NULL"} AS most_load
            FROM requests GROUP BY ALL""")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _rows(self, question: str) -> list[Any]:
        return self.db.execute(question).fetchall()

    def _exact(self) -> list[tuple[float, int, int]]:
        """Every value of the wanted buckets: how many requests, and how many of them were fine."""
        rows = self.db.execute("SELECT exact, n, n - errors - aborted FROM cells WHERE exact IS NOT NULL")
        return rows.fetchall()

    def _gaps(self, limit: float) -> tuple[tuple[float, float], ...]:
        rows = self.db.execute(f"""
            SELECT before, first FROM (
                SELECT first, lag(last) OVER (ORDER BY first) AS before FROM cells WHERE tick IS NOT NULL)
            WHERE first - before >= {limit!r} ORDER BY first""")
        return tuple(rows.fetchall())

    def _series(self, width: float) -> tuple[Point, ...]:
        """The p99 of a step is the top of the rough bucket (3 %) in which its rank lies."""
        rows = self.db.execute(f"""
            WITH ranked AS (
                SELECT *, sum(measured) OVER (PARTITION BY step ORDER BY bucket NULLS LAST) AS upto,
                       sum(measured) OVER (PARTITION BY step) AS whole FROM cells WHERE step IS NOT NULL)
            SELECT step * {width}, sum(n)::BIGINT, sum(errors)::BIGINT, min(high) FILTER (upto >= 0.99 * whole)
            FROM ranked GROUP BY step ORDER BY step""")
        return tuple(Point(*row) for row in rows.fetchall())

    def _sample(self) -> tuple[tuple[float, float | None], ...]:
        rows = self.db.execute(f"SELECT v, s FROM requests WHERE v IS NOT NULL LIMIT {SAMPLE_ROWS}")
        return tuple(rows.fetchall())

    def _slowest(self) -> tuple[tuple[float, float], ...]:
        """The slowest requests of the whole table: those that waited through a stall are among them."""
        rows = self.db.execute(
            f"SELECT v, s FROM requests WHERE v >= 125 AND s IS NOT NULL ORDER BY v DESC, s LIMIT {SLOWEST_ROWS}"
        )
        return tuple(rows.fetchall())

    def _labels(self, layout: Layout) -> tuple[tuple[str, int], ...]:
        """The commonest endpoints, without what follows a question mark."""
        if layout.label is None:
            return ()
        cell = f"c{layout.label}"
        parts = (f"nullif(regexp_extract({cell}, '{pattern}', 1), '')" for pattern in (_REQUEST, _PATH))
        return self._commonest(layout.label, f"coalesce({', '.join(parts)}, {cell})")

    def _commonest(self, column: int, expression: str) -> tuple[tuple[str, int], ...]:
        """Of the first rows; `expression` says what of the column counts."""
        rows = self.db.execute(f"""
            SELECT left({expression}, 120) AS name, count(*) FROM (
                SELECT c{column} FROM {self.table(is_strict=False)} LIMIT {LABEL_ROWS})
            WHERE c{column} IS NOT NULL AND name <> '' GROUP BY name ORDER BY 2 DESC, 1 LIMIT 12""")
        return tuple(rows.fetchall())

    def _bad(self, dialect: Dialect, layout: Layout) -> tuple[tuple[int, str], ...]:
        """Line and text of the first rows whose latency cannot be read."""
        rows = self.db.execute(bad_sql(self.table(is_strict=False, is_numbered=True), dialect, layout))
        return tuple((line, _shown(text)) for line, text in rows.fetchall())

    def _traffic(self, layout: Layout, share_s: float, *, is_held: bool) -> Traffic:
        """Statuses, instances, failures one by one where the table is held, and the other end's address."""
        statuses = self._rows("SELECT code, n FROM cells WHERE is_code ORDER BY n DESC, code LIMIT 40")
        shares = self._rows(
            f"SELECT share * {share_s}, name, n, errors, aborted, masked FROM cells WHERE share IS NOT NULL "
            f"ORDER BY share, name LIMIT {20 * MOST_SHARES}"
        )
        hosts: tuple[tuple[str, int], ...] = ()
        if layout.url is not None:
            hosts = self._commonest(layout.url, f"regexp_extract(c{layout.url}, '{_HOST}', 1)")
        elif layout.client is not None:
            hosts = self._commonest(layout.client, f"c{layout.client}")
        return Traffic(
            statuses=tuple(statuses),
            share_s=share_s,
            shares=tuple(Share(*row) for row in shares),
            failures=self._failures(layout) if is_held and layout.clock is not None else None,
            hosts=hosts,
        )

    def _failures(self, layout: Layout) -> tuple[tuple[float, int | None, str | None], ...]:
        """The first failed requests one by one: when, status, instance."""
        code = "code" if layout.status is not None else "NULL"
        instance = "instance" if layout.instance is not None else "NULL"
        rows = self.db.execute(
            f"SELECT s, {code}, {instance} FROM requests WHERE outcome = {FAILED} AND s IS NOT NULL "
            f"ORDER BY s LIMIT {FAILURES}"
        )
        return tuple(rows.fetchall())


def connect(path: str) -> _duckdb.DuckDBPyConnection:
    """An engine that may read one path. Nothing of a file is ever run as a query, so the settings need no lock."""
    db = _duckdb.connect(config=dict(SETTINGS))
    db.execute("SET allowed_paths = ?", [[path, glob.escape(path)]])
    db.execute("SET enable_external_access = false")
    db.execute("SET lock_configuration = true")
    return db


def _shown(text: str | None) -> str:
    return "" if text is None else "".join(letter if letter.isprintable() else "?" for letter in text[:40])


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:160]
