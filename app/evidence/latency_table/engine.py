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
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import _duckdb

from app.evidence.findings import Unreadable
from app.evidence.latency_table.counts import Counts, Point, gap_limit
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.layout import Layout
from app.evidence.latency_table.numbers import moment, number, number_sql
from app.evidence.latency_table.rules import NOT_COUNTED
from app.evidence.latency_table.sql import bucket, cells_sql, rows_sql, table_sql
from app.evidence.quantiles import Distribution, Step, ranks_needed
from app.evidence.source import Source

FINE = 1024
ROUGH = 32
TICKS = 2.5  # a gap must be longer than a tick, so that its two ends lie in two
MOST_POINTS = 600
WIDTHS_S = (1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600, 86400)
SAMPLE_ROWS = 20_000
SLOWEST_ROWS = 5_000
LABEL_ROWS = 20_000
KEEP_BYTES = 200 * 1024 * 1024
SETTINGS = {
    "memory_limit": "256MB",
    "threads": "2",
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


def count(source: Source, dialect: Dialect, layout: Layout) -> Counts:
    """Scan the table; raise `Unreadable` when the engine cannot."""
    epoch = _epoch(dialect, layout)
    try:
        with _readable(source) as (path, encoding):
            is_packed = source.is_gzip and path == str(source.path)
            strict, patient = (
                table_sql(path, encoding, dialect, layout, is_packed=is_packed, is_strict=is_strict)
                for is_strict in (True, False)
            )
            unpacked, has_odd_sign = _survey(source, dialect.skip)
            scan = _Scan(_connect(path), patient, None if has_odd_sign else strict)
            return scan.counts(dialect, layout, epoch, unpacked=unpacked)
    except (_duckdb.OutOfMemoryException, _duckdb.InternalException, _duckdb.FatalException) as error:
        raise MemoryError("the engine") from error  # our limits, not the learner's file
    except _duckdb.Error as error:
        raise Unreadable(NOT_COUNTED.at(reason=_first_line(error))) from error


class _Scan:
    """One file, opened. Small tables are held in memory after one reading; large ones are read again."""

    def __init__(self, db: _duckdb.DuckDBPyConnection, table: str, strict: str | None) -> None:
        self.db = db
        self.table = table
        self.strict = strict

    def counts(self, dialect: Dialect, layout: Layout, epoch: float, *, unpacked: int) -> Counts:
        held = "TABLE" if unpacked <= KEEP_BYTES else "VIEW"
        buckets = self._requests(held, dialect, layout, epoch)
        whole = _whole(buckets)
        width = _width(whole["last_start"], whole["first_start"])
        everything, succeeded, wanted = _merged_twice(buckets)
        is_timed = layout.start is not None or layout.end is not None
        n = sum(step.count for step in everything.values())
        limit = gap_limit(whole["first_start"], whole["last_start"], n)
        spans = [(everything[key].low, everything[key].high) for key in wanted]
        self.db.execute(cells_sql(spans, limit / TICKS, width, ROUGH))
        gaps = self._gaps(limit) if is_timed else ()
        exact = self._exact() if wanted else []
        return Counts(
            everything=Distribution(_replaced(everything, wanted, [(v, n) for v, n, _ in exact])),
            succeeded=Distribution(_replaced(succeeded, wanted, [(v, n - failed) for v, n, failed in exact])),
            epoch=epoch,
            width_s=width,
            gaps=gaps,
            series=self._series(width) if is_timed else (),
            sample=self._sample(),
            slowest=self._slowest() if gaps else (),
            labels=self._labels(layout.label) if layout.label is not None else (),
            bad=self._bad(layout, dialect.skip) if whole["unreadable"] else (),
            **whole,
        )

    def _requests(self, held: str, dialect: Dialect, layout: Layout, epoch: float) -> list[dict[str, Any]]:
        """Make the table `requests` and count it: strictly when that may do, patiently when any row is odd."""
        create = f"CREATE OR REPLACE TEMP {held} requests AS "
        buckets = []
        if self.strict is not None:
            with suppress(_duckdb.ConversionException, _duckdb.InvalidInputException):
                self.db.execute(create + rows_sql(self.strict, dialect, layout, epoch, is_strict=True))
                buckets = self._buckets()
        if not buckets or any(row["is_bad"] for row in buckets):
            self.db.execute(create + rows_sql(self.table, dialect, layout, epoch, is_strict=False))
            buckets = self._buckets()
        self.db.execute("SET lock_configuration = true")
        return buckets

    def _buckets(self) -> list[dict[str, Any]]:
        """The whole table in one question: latency buckets, rows without a latency as a bucket of their own."""
        cursor = self.db.execute(f"""
            SELECT {bucket("v", FINE)} AS bucket, failed, is_bad, count(*) AS n, min(v) AS low, max(v) AS high,
                   sum(v) AS total, sum(v * v) AS squares, min(s) AS first_start, max(s) AS last_start,
                   max(s + v / 1000) AS last_end, max(load) AS most_load
            FROM requests GROUP BY ALL""")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _exact(self) -> list[tuple[float, int, int]]:
        """Every value of the wanted buckets: how many requests, how many of them failed."""
        rows = self.db.execute("SELECT exact, n, errors FROM cells WHERE exact IS NOT NULL")
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
                SELECT *, sum(n) OVER (PARTITION BY step ORDER BY bucket) AS upto,
                       sum(n) OVER (PARTITION BY step) AS whole FROM cells WHERE step IS NOT NULL)
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

    def _labels(self, column: int) -> tuple[tuple[str, int], ...]:
        rows = self.db.execute(f"""
            SELECT left(c{column}, 120), count(*) FROM (SELECT c{column} FROM {self.table} LIMIT {LABEL_ROWS})
            WHERE c{column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12""")
        return tuple(rows.fetchall())

    def _bad(self, layout: Layout, skip: int) -> tuple[tuple[int, str], ...]:
        """Line and text of the first rows whose latency cannot be read."""
        rows = self.db.execute(f"""
            SELECT line, text FROM (SELECT row_number() OVER () AS line, c{layout.latency.column} AS text,
                   {number_sql(f"c{layout.latency.column}", layout.latency.writing)} AS v FROM {self.table})
            WHERE v IS NULL OR NOT (v >= 0 AND v < 1e12) ORDER BY line LIMIT 3""")
        return tuple((line + skip, _shown(text)) for line, text in rows.fetchall())


def _connect(path: str) -> _duckdb.DuckDBPyConnection:
    db = _duckdb.connect(config=dict(SETTINGS))
    db.execute("SET allowed_paths = ?", [[path, glob.escape(path)]])
    db.execute("SET enable_external_access = false")
    return db


def _merged_twice(buckets: Sequence[dict[str, Any]]) -> tuple[dict[int, Step], dict[int, Step], set[int]]:
    """All requests, the successful ones, and the buckets that must be counted value by value."""
    measured = [row for row in buckets if row["bucket"] is not None]
    passed = [row for row in measured if not row["failed"]]
    everything, succeeded = _merged(measured), _merged(passed)
    wanted = _unequal(everything) | (_unequal(succeeded) if len(measured) != len(passed) else set())
    return everything, succeeded, wanted


def _merged(rows: Iterable[dict[str, Any]]) -> dict[int, Step]:
    """One step a bucket, whether its requests failed or not."""
    steps: dict[int, Step] = {}
    for row in rows:
        low, high, n = row["low"], row["high"], row["n"]
        if known := steps.get(row["bucket"]):
            low, high, n = min(known.low, low), max(known.high, high), known.count + n
        steps[row["bucket"]] = Step(low, high, n)
    return steps


def _unequal(steps: Mapping[int, Step]) -> set[int]:
    """The buckets that hold a wanted rank and more than one value."""
    values = Distribution(steps.values())
    if values.n == 0:
        return set()
    held = {step for rank in ranks_needed(values.n) if (step := values.step(rank)).low != step.high}
    return {key for key, step in steps.items() if step in held}


def _replaced(
    steps: Mapping[int, Step], wanted: set[int], values: Iterable[tuple[float, int]]
) -> Iterator[Step]:
    """The steps without the wanted buckets, and the exact values instead."""
    yield from (step for key, step in steps.items() if key not in wanted)
    yield from (Step(value, value, n) for value, n in values if n)


def _whole(buckets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The totals of the table, named as in `Counts`."""
    measured = [row for row in buckets if row["bucket"] is not None]

    def of(name: str) -> list[float]:
        return [row[name] for row in measured if row[name] is not None]

    return {
        "failed": sum(row["n"] for row in buckets if row["failed"] and not row["is_bad"]),
        "without_latency": sum(row["n"] for row in buckets if row["bucket"] is None and not row["is_bad"]),
        "unreadable": sum(row["n"] for row in buckets if row["is_bad"]),
        "total_ms": math.fsum(of("total")),
        "total_squares": math.fsum(of("squares")),
        "first_start": min(of("first_start"), default=None),
        "last_start": max(of("last_start"), default=None),
        "last_end": max(of("last_end"), default=None),
        "most_load": max(of("most_load"), default=None),
    }


def _width(last: float | None, first: float | None) -> float:
    """The step of the series: the smallest round one that needs no more than 600 points."""
    span = 0.0 if last is None or first is None else last - first
    return next((width for width in WIDTHS_S if span / width < MOST_POINTS), max(span, 1) / (MOST_POINTS - 1))


def _epoch(dialect: Dialect, layout: Layout) -> float:
    """A whole second near the first time of the sample, so that doubles keep their microseconds."""
    clock = layout.start or layout.end
    if clock is None or not clock.is_epoch:
        return 0.0
    for cell in dialect.cells(clock.column):
        found = moment(cell, clock.form) if clock.form else None
        if clock.number is not None and (value := number(cell, clock.number.writing)) is not None:
            found = value * clock.number.scale
        if found is not None:
            return float(math.floor(found))
    return 0.0


@contextmanager
def _readable(source: Source) -> Iterator[tuple[str, str]]:
    """The path and encoding the engine can read; text of two or four bytes a letter is rewritten as UTF-8."""
    if source.encoding in ("utf-8", "utf-8-sig", "cp1252"):
        yield str(source.path), "latin-1" if source.encoding == "cp1252" else "utf-8"
        return
    import tempfile  # with it come a dozen modules that other tables do without

    handle, name = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as copy:
            copy.write(source.text().encode("utf-8", errors="replace").decode("utf-8"))
        yield name, "utf-8"
    finally:
        Path(name).unlink()


def _survey(source: Source, skip: int) -> tuple[int, bool]:
    """Bytes after unpacking, and whether a `_` stands below the header: the engine would read 1_000 as a thousand.

    Reading a gzip file to its end here also proves that it is whole and no bomb.
    """
    size, signs = 0, 0
    for piece in source.chunks():
        size, signs = size + len(piece), signs + piece.count(b"_")
    header = b"".join(source.head_bytes.splitlines()[:skip])
    return size, signs > header.count(b"_")


def _shown(text: str | None) -> str:
    return "" if text is None else "".join(letter if letter.isprintable() else "?" for letter in text[:40])


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:160]
