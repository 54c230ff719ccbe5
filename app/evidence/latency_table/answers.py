"""What the engine answers once `requests` and `cells` are there: gaps, the series, samples, statuses, instances."""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import _duckdb

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Moment, Point, Share, Traffic
from app.evidence.latency_table.grid import MOST_SHARES, WIDTHS_S, Grid
from app.evidence.latency_table.outcomes import ABORTED, BAD, FAILED

SAMPLE_ROWS = 20_000
SLOWEST_ROWS = 5_000
FAILURES = 500
LABEL_ROWS = 20_000
_FIVES = "{} BETWEEN 500 AND 599"
_UNANSWERED = f"{{1}} = {FAILED} AND coalesce({{0}}, 0) < 100"
_REQUEST = r"^[A-Z]{3,10} ((?:/|[a-z]+://)[^ ?#]*)"
_VERB = r"^([A-Z]{3,10}) (?:/|[a-z]+://)"
_PATH = "^((?:/|[a-z]+://)[^?#]*)"
_HOST = r"^[a-z]+://(\[[^\]]*\]|[^/:?#]+)"


class Answers:
    """The questions put to one engine; `table` is the file as text, for what is only needed of its first rows."""

    def __init__(self, db: _duckdb.DuckDBPyConnection, table: str, layout: Layout) -> None:
        self.db = db
        self.table = table
        self.layout = layout
        self._has_firsts = False

    def rows(self, question: str) -> list[Any]:
        return self.db.execute(question).fetchall()

    def gaps(self, limit: float) -> tuple[tuple[float, float], ...]:
        """The last start before and the first after each time in which nothing started for so long."""
        return tuple(
            self.rows(f"""
                SELECT before, first FROM (
                    SELECT first, lag(last) OVER (ORDER BY first) AS before FROM cells WHERE tick IS NOT NULL)
                WHERE first - before >= {limit!r} ORDER BY first""")
        )

    def series(self, width: float) -> tuple[Point, ...]:
        """The p99 of a step is the top of the rough bucket (3 %) in which its rank lies."""
        rows = self.rows(f"""
            WITH buckets AS (
                SELECT step, bucket, sum(n) AS n, sum(n) FILTER (ended = {FAILED}) AS errors, max(high) AS high,
                       CASE WHEN bucket IS NULL THEN 0 ELSE sum(n) END AS measured
                FROM cells WHERE is_step AND step IS NOT NULL GROUP BY step, bucket),
            ranked AS (
                SELECT *, sum(measured) OVER (PARTITION BY step ORDER BY bucket NULLS LAST) AS upto,
                       sum(measured) OVER (PARTITION BY step) AS whole FROM buckets)
            SELECT step * {width}, sum(n)::BIGINT, coalesce(sum(errors), 0)::BIGINT,
                   min(high) FILTER (upto >= 0.99 * whole)
            FROM ranked GROUP BY step ORDER BY step""")
        return tuple(Point(*row) for row in rows)

    def sample(self) -> tuple[tuple[float, float | None], ...]:
        return tuple(self.rows(f"SELECT v, s FROM requests WHERE v IS NOT NULL LIMIT {SAMPLE_ROWS}"))

    def slowest(self) -> tuple[tuple[float, float], ...]:
        """The slowest requests of the whole table: those that waited through a stall are among them."""
        return tuple(
            self.rows(
                "SELECT v, s FROM requests WHERE v >= 125 AND s IS NOT NULL "
                f"ORDER BY v DESC, s LIMIT {SLOWEST_ROWS}"
            )
        )

    def labels(self) -> tuple[tuple[str, int], ...]:
        """The commonest endpoints, without what follows a question mark."""
        if self.layout.label is None:
            return ()
        cell = f"c{self.layout.label}"
        parts = (f"nullif(regexp_extract({cell}, '{pattern}', 1), '')" for pattern in (_REQUEST, _PATH))
        return self._commonest(self.layout.label, f"coalesce({', '.join(parts)}, {cell})")

    def methods(self) -> tuple[tuple[str, int], ...]:
        """How the requests asked: by the column of methods, or by how the request line begins."""
        if (column := self.layout.method) is not None:
            return self._commonest(column, f"upper(c{column})")
        if (column := self.layout.label) is not None:
            return self._commonest(column, f"regexp_extract(c{column}, '{_VERB}', 1)")
        return ()

    def _commonest(self, column: int, expression: str) -> tuple[tuple[str, int], ...]:
        """Of the first rows; `expression` says what of the column counts."""
        self._count_firsts()
        return tuple(
            self.rows(f"""
                SELECT left({expression}, 120) AS name, sum(n)::BIGINT FROM firsts
                WHERE c{column} IS NOT NULL AND name <> '' GROUP BY name ORDER BY 2 DESC, 1 LIMIT 12""")
        )

    def _count_firsts(self) -> None:
        """The table `firsts`: each text of the first rows with its count, column by column, from one reading."""
        if self._has_firsts:
            return
        layout, self._has_firsts = self.layout, True
        asked = (layout.label, layout.method, layout.client if layout.url is None else layout.url)
        columns = [f"c{column}" for column in dict.fromkeys(asked) if column is not None]
        self.db.execute(f"""
            CREATE OR REPLACE TEMP TABLE firsts AS SELECT {", ".join(columns)}, count(*) AS n
            FROM (SELECT {", ".join(columns)} FROM {self.table} LIMIT {LABEL_ROWS})
            GROUP BY GROUPING SETS ({", ".join(f"({column})" for column in columns)})""")

    def traffic(self, grid: Grid, *, is_small: bool, failed: int) -> Traffic:
        """Statuses, instances, failures one by one where the file is small, and the other end's address."""
        statuses = self.rows("""
            SELECT status, sum(n)::BIGINT AS n FROM cells WHERE is_step
            GROUP BY status ORDER BY n DESC, status LIMIT 40""")
        is_told = self.layout.clock is not None and self.layout.status is not None
        is_listed = is_small and self.layout.clock is not None
        moment_s = self._moment_width(grid) if is_small and is_told else grid.width_s
        return Traffic(
            statuses=tuple(statuses) if self.layout.status is not None else (),
            share_s=grid.share_s,
            shares=tuple(self._shares(grid.share_s)) if self.layout.has_upstreams else (),
            failures=(self._failures() if failed else ()) if is_listed else None,
            hosts=self._hosts(),
            broken=(self._failures(self._broken) if failed else ()) if is_listed and is_told else None,
            moment_s=moment_s,
            moments=tuple(self._moments(moment_s, is_small=is_small)) if is_told else (),
        )

    @property
    def _broken(self) -> str:
        return f"({_FIVES.format('code')} OR {_UNANSWERED.format('code', 'outcome')})"

    def _moment_width(self, grid: Grid) -> float:
        """The smallest step of which no more than so many hold a request: logs of deploys leave hours out."""
        finer = [width for width in WIDTHS_S if width < grid.share_s]
        if not finer:
            return grid.share_s
        counted = ", ".join(f"count(DISTINCT floor(s / {width}))" for width in finer)
        (filled,) = self.rows(f"SELECT {counted} FROM requests WHERE s IS NOT NULL AND outcome <> {BAD}")
        return float(
            next(
                (width for width, n in zip(finer, filled, strict=True) if n <= MOST_SHARES),
                grid.share_s,
            )
        )

    def _moments(self, step_s: float, *, is_small: bool) -> Iterator[Moment]:
        """Answers by class in each short step; of a large table from the steps that were counted already."""
        of = "coalesce(sum(n) FILTER ({}), 0)::BIGINT".format
        code, ended, step, rows = (
            "status",
            "ended",
            f"step * {step_s}",
            "cells WHERE is_step AND step IS NOT NULL",
        )
        if is_small:
            code, ended, step = "code", "outcome", f"floor(s / {step_s!r}) * {step_s!r}"
            rows = f"(SELECT *, 1 AS n FROM requests) WHERE s IS NOT NULL AND outcome <> {BAD}"
        found = self.rows(f"""
            SELECT {step} AS begun, sum(n)::BIGINT, {of(_FIVES.format(code))}, {of(_UNANSWERED.format(code, ended))},
                   {of(f"{ended} = {ABORTED}")}
            FROM {rows} GROUP BY begun ORDER BY begun LIMIT {MOST_SHARES + 1}""")
        return (Moment(*row) for row in found)

    def _shares(self, share_s: float) -> Iterator[Share]:
        """What each instance answered in each short step."""
        of = "coalesce(sum(n) FILTER (ended = {}), 0)::BIGINT".format
        rows = self.rows(f"""
            SELECT share * {share_s}, name, sum(n)::BIGINT, {of(FAILED)}, {of(ABORTED)}, sum(masked)::BIGINT
            FROM cells WHERE share IS NOT NULL GROUP BY share, name ORDER BY share, name LIMIT {20 * MOST_SHARES}""")
        return (Share(*row) for row in rows)

    def _hosts(self) -> tuple[tuple[str, int], ...]:
        url, client = self.layout.url, self.layout.client
        if url is not None:
            return self._commonest(url, f"regexp_extract(c{url}, '{_HOST}', 1)")
        return () if client is None else self._commonest(client, f"c{client}")

    def _failures(self, which: str = "true") -> tuple[tuple[float, int | None, str | None], ...]:
        """The first failed requests one by one: when, status, instance."""
        code = "code" if self.layout.status is not None else "NULL"
        instance = "instance" if self.layout.instance is not None else "NULL"
        return tuple(
            self.rows(
                f"SELECT s, {code}, {instance} FROM requests WHERE outcome = {FAILED} AND s IS NOT NULL "
                f"AND {which} ORDER BY s LIMIT {FAILURES}"
            )
        )
