"""Count a table with DuckDB: buckets of latency, ticks of time, a series for the picture. Memory stays bounded.

Nothing here keeps a row: a gigabyte of requests becomes some ten thousand counts. Reading the text costs most, so a
large table is read once where both ends of the file tell how long the recording is and its values are not too fine to
count each; else twice. Then the first reading counts buckets of latency, 1/1024 of an e-fold wide (0.1 %), and finds
the ends of the recording; the second counts value by value the buckets in which a wanted rank lies, and at once
everything that is told by time.

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
from app.evidence.latency_table.answers import Answers
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.grid import Grid, grid_of
from app.evidence.latency_table.outcomes import BAD, FINE
from app.evidence.latency_table.rules import NOT_COUNTED
from app.evidence.latency_table.sql import (
    BUCKETS_OF_CELLS,
    FOLD,
    bad_sql,
    bucket,
    buckets_sql,
    cells_sql,
    rows_sql,
    table_sql,
    within,
)
from app.evidence.quantiles import Distribution, Step
from app.evidence.source import Source

KEEP_BYTES = 200 * 1024 * 1024
LONG_BYTES = 40 * 1024 * 1024  # from here on reading costs more than counting every value
HELD_BYTES = 160 * 1024 * 1024  # up to here the requests of one reading fit beside what is counted of them
KEEP_LINES = 600 * 1024 * 1024  # a line of a log is long and what is kept of it short
COARSE_MS = 0.001  # steps of a microsecond make few enough values to count each of them
SETTINGS = {
    "memory_limit": "256MB",
    "threads": "2",
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_started: list[_duckdb.DuckDBPyConnection] = []
Buckets = list[dict[str, Any]]
Found = tuple[dict[str, Any], Grid, merging.Merged]
"""The totals of the table, the grid of its times, and what its buckets are merged to."""


def count(source: Source, dialect: Dialect, layout: Layout) -> Counts:
    """Scan the table; raise `Unreadable` when the engine cannot."""
    epoch = opening.epoch_of(dialect, layout)
    layout = replace(
        layout,
        totals=opening.totals_of(source, dialect, layout),
        has_plain_status=opening.has_plain_status(dialect, layout),
    )
    try:
        with opening.readable(source, dialect) as (path, encoding):
            is_own = path == str(source.path)
            surveyed = opening.survey(source, dialect)
            if is_own and not surveyed.is_utf8:
                encoding = "latin-1"

            def table(*, is_strict: bool, is_numbered: bool = False) -> str:
                return table_sql(
                    path,
                    encoding,
                    dialect,
                    layout,
                    is_packed=source.is_gzip and is_own,
                    is_strict=is_strict,
                    is_numbered=is_numbered,
                )

            may_be_strict = dialect.lines is None and surveyed.signs == 0 and not surveyed.overlong
            scan = Scan(connect(path), table, dialect, layout, epoch, may_be_strict=may_be_strict)
            is_long = surveyed.size > LONG_BYTES
            foreseen = opening.foreseen(source, dialect, layout, epoch) if is_long else None
            counts = scan.counts(surveyed.size, foreseen)
            return replace(counts, unreadable=counts.unreadable + surveyed.overlong)
    except (_duckdb.OutOfMemoryException, _duckdb.InternalException, _duckdb.FatalException) as error:
        raise MemoryError("the engine") from error  # our limits, not the learner's file
    except _duckdb.Error as error:
        raise Unreadable(NOT_COUNTED.at(reason=_first_line(error))) from error


class Scan:
    """One file, opened. Small tables are held in memory after one reading; large ones are read once or twice."""

    def __init__(
        self,
        db: _duckdb.DuckDBPyConnection,
        table: Callable[..., str],
        dialect: Dialect,
        layout: Layout,
        epoch: float,
        *,
        may_be_strict: bool,
    ) -> None:
        self.db, self.table, self.dialect, self.layout, self.epoch = db, table, dialect, layout, epoch
        self.may_be_strict = may_be_strict
        self._held = "TABLE"  # what `requests` is, if there are any

    def counts(self, unpacked: int, foreseen: Grid | None = None) -> Counts:
        """All that is kept. What fits is held; when it turns out not to fit, the file is read again instead."""
        is_small = unpacked <= (KEEP_BYTES if self.dialect.lines is None else KEEP_LINES)
        if foreseen is not None and (counts := self._at_once(unpacked, foreseen, is_small=is_small)):
            return counts
        if is_small:
            with suppress(_duckdb.OutOfMemoryException):
                return self._counts(self._twice(is_held=True), is_small=True)
            self.layout = replace(
                self.layout, instance=None, upstream_status=None, retries=None
            )  # too many, perhaps
        return self._counts(self._twice(is_held=False), is_small=False)

    def _at_once(self, unpacked: int, foreseen: Grid, *, is_small: bool) -> Counts | None:
        """From one reading, of which the requests are held while they fit; None when one will not do."""
        for held in ("TABLE", "VIEW") if unpacked <= HELD_BYTES else ("VIEW",):
            with suppress(_duckdb.OutOfMemoryException):
                found = self._once(foreseen, held)
                return None if found is None else self._counts(found, is_small=is_small)
        return None

    def _counts(self, found: Found, *, is_small: bool) -> Counts:
        whole, grid, (everything, succeeded, wanted) = found
        answers = Answers(self.db, self.table(is_strict=False), self.layout)
        is_timed = self.layout.clock is not None
        gaps = answers.gaps(grid.limit_s) if is_timed else ()
        exact = self._exact(everything, wanted) if wanted else []
        return Counts(
            everything=Distribution(merging.replaced(everything, wanted, [(v, n) for v, n, _ in exact])),
            succeeded=Distribution(merging.replaced(succeeded, wanted, [(v, fine) for v, _, fine in exact])),
            epoch=self.epoch,
            width_s=grid.width_s,
            gaps=gaps,
            series=answers.series(grid.width_s) if is_timed else (),
            sample=answers.sample(),
            slowest=answers.slowest() if gaps else (),
            labels=answers.labels(),
            methods=answers.methods(),
            bad=self._bad() if whole["unreadable"] else (),
            traffic=answers.traffic(grid, is_small=is_small, failed=whole["failed"]),
            **whole,
        )

    def _once(self, foreseen: Grid, held: str) -> Found | None:
        """Count every value and all that is told by time at once, on a grid guessed from both ends of the file.

        None when that cannot be done, or when the guess was wrong or a row odd: then the file is read again.
        """
        latency = self.layout.latency
        if not self.may_be_strict or latency is None or self.layout.resolution_ms < COARSE_MS:
            return None
        with suppress(_duckdb.ConversionException, _duckdb.InvalidInputException):
            self._make(held, is_strict=True)
            self.db.execute(cells_sql(self.layout, foreseen, None))
            load = "NULL" if self.layout.load is None else "max(most_load)"
            buckets = self._rows(BUCKETS_OF_CELLS.format(bucket=bucket("exact", FOLD), load=load))
            whole, grid = _totals(buckets)
            if foreseen.serves(grid) and not whole["unreadable"]:
                return whole, grid, merging.merged_twice(buckets)
        return None

    def _twice(self, *, is_held: bool) -> Found:
        """Count buckets of latency, which shows where to look closely, and then the rest."""
        buckets = self._buckets("TABLE" if is_held else "VIEW")
        whole, grid = _totals(buckets)
        merged = merging.merged_twice(buckets)
        everything, _, wanted = merged
        self.db.execute(cells_sql(self.layout, grid, _spans(everything, wanted)))
        return whole, grid, merged

    def _buckets(self, held: str) -> Buckets:
        """Make `requests` and count it: strictly when that may do, patiently when any row is odd."""
        buckets: Buckets = []
        if self.may_be_strict:
            with suppress(_duckdb.ConversionException, _duckdb.InvalidInputException):
                self._make(held, is_strict=True)
                buckets = self._rows(buckets_sql(self.layout))
        if not buckets or any(row["outcome"] == BAD for row in buckets):
            self._make(held, is_strict=False)
            buckets = self._rows(buckets_sql(self.layout))
        return buckets

    def _make(self, held: str, *, is_strict: bool) -> None:
        """Make `requests` anew; the engine replaces no view by a table, nor a table by a view."""
        rows = rows_sql(
            self.table(is_strict=is_strict), self.dialect, self.layout, self.epoch, is_strict=is_strict
        )
        self.db.execute(f"DROP {self._held} IF EXISTS requests")
        self.db.execute(f"CREATE TEMP {held} requests AS {rows}")
        self._held = held

    def _rows(self, question: str) -> Buckets:
        cursor = self.db.execute(question)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _exact(self, steps: dict[int, Step], wanted: set[int]) -> list[tuple[float, int, int]]:
        """Every value of the wanted buckets: how many requests, and how many of them were fine."""
        inside = within("exact", _spans(steps, wanted))
        question = f"""SELECT exact, sum(n)::BIGINT, coalesce(sum(n) FILTER (ended = {FINE}), 0)::BIGINT FROM cells
                       WHERE is_exact AND {inside} IS NOT NULL GROUP BY exact"""
        return self.db.execute(question).fetchall()

    def _bad(self) -> tuple[tuple[int, str], ...]:
        """Line and text of the first rows whose latency cannot be read."""
        rows = self.db.execute(
            bad_sql(self.table(is_strict=False, is_numbered=True), self.dialect, self.layout)
        )
        return tuple((line, _shown(text)) for line, text in rows.fetchall())


def _totals(buckets: Buckets) -> tuple[dict[str, Any], Grid]:
    whole = merging.whole(buckets)
    n = sum(row["n"] for row in buckets if row["outcome"] != BAD)
    return whole, grid_of(whole["first_start"], whole["last_start"], n)


def _spans(steps: dict[int, Step], wanted: set[int]) -> list[tuple[float, float]]:
    return [(steps[key].low, steps[key].high) for key in sorted(wanted)]


def start() -> None:
    """Start an engine ahead of its file, which takes 25 ms; the next `connect` takes it."""
    _started.append(_duckdb.connect(config=dict(SETTINGS)))


def connect(path: str) -> _duckdb.DuckDBPyConnection:
    """An engine that may read one path. Nothing of a file is ever run as a query, so the settings need no lock."""
    if not _started:
        start()
    db = _started.pop()
    db.execute("SET allowed_paths = ?", [[path, glob.escape(path)]])
    db.execute("SET enable_external_access = false")
    db.execute("SET lock_configuration = true")
    return db


def _shown(text: str | None) -> str:
    return "" if text is None else "".join(letter if letter.isprintable() else "?" for letter in text[:40])


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:160]
