"""Locust's stats_history.csv: one row a moment. Its percentiles are of the last ten seconds, its totals of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.evidence.findings import Finding, Unreadable, phrase
from app.evidence.load_report.advice import option
from app.evidence.load_report.figures import Reading, figure, significant
from app.evidence.load_report.rules import NOT_READ, OVER_TIME
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.tables import Row, Table
from app.evidence.units import shown

_TOTALS = {
    "Total Request Count": "requests",
    "Total Failure Count": "errors",
    "Total Average Response Time": "mean",
    "Total Min Response Time": "min",
    "Total Max Response Time": "max",
}


def read(table: Table) -> Summary:
    """The totals of the last row, and the p99 of every ten seconds as a series."""
    rows = _aggregated(table)
    if not rows:
        raise Unreadable(NOT_READ.at(reason=phrase("it has no row `Aggregated` with a time")))
    last = rows[-1][1]
    numbers = {role: found for name, role in _TOTALS.items() if (found := _reading(table, last, name))}
    median = _reading(table, last, "Total Median Response Time")
    span = rows[-1][0] - rows[0][0]
    made = numbers.get("requests")
    numbers |= known(n=made, connections=_most_users(table, rows))
    if span > 0:
        where = phrase("column Timestamp, lines {first} to {last}", first=rows[0][1].line, last=last.line)
        numbers["duration_s"] = Reading(span, 1.0, where)
        if made is not None:
            numbers["throughput"] = Reading(
                made.value / span, made.value / span / span, f"{made.where} over {where}"
            )
    points = _points(table, rows)
    return Summary(
        tool="Locust",
        form="Locust's history",
        levels={}
        if median is None
        else {50.0: Reading(median.value, significant(median.value, 2), median.where)},
        numbers=numbers,
        is_closed_loop=True,
        series={"step_s": round(span / max(1, len(points) - 1), 3), "points": points}
        if len(points) > 1
        else None,
        said=tuple(_said(points)),
    )


def _place(table: Table, name: str) -> int | None:
    return table.header.index(name) if name in table.header else None


def _reading(table: Table, row: Row, name: str) -> Reading | None:
    place = _place(table, name)
    return (
        None
        if place is None
        else figure(row.cell(place), phrase("column {name}, line {line}", name=name, line=row.line))
    )


def _aggregated(table: Table) -> list[tuple[float, Row]]:
    """(seconds, row) of the rows for all requests."""
    clock, name = _place(table, "Timestamp"), _place(table, "Name")
    if clock is None or name is None:
        return []
    timed = [(figure(row.cell(clock)), row) for row in table.rows if row.cell(name) == "Aggregated"]
    return [(at.value, row) for at, row in timed if at is not None]


def _most_users(table: Table, rows: Sequence[tuple[float, Row]]) -> Reading | None:
    users = [found for _, row in rows if (found := _reading(table, row, "User Count")) is not None]
    return max(users, key=lambda found: found.value, default=None)


def _points(table: Table, rows: Sequence[tuple[float, Row]]) -> list[list[Any]]:
    """[s, requests and errors since the row before, p99 of the last ten seconds]."""
    points: list[list[Any]] = []
    made = failed = 0.0
    for at, row in rows:
        total, errors = (
            _reading(table, row, "Total Request Count"),
            _reading(table, row, "Total Failure Count"),
        )
        p99 = _reading(table, row, "99%")
        now, broken = (made if total is None else total.value), (failed if errors is None else errors.value)
        if p99 is not None and p99.value > 0:
            points.append([at - rows[0][0], max(0, int(now - made)), max(0, int(broken - failed)), p99.value])
        made, failed = now, broken
    return points


def _said(points: Sequence[Sequence[Any]]) -> list[Finding]:
    if not points:
        return []
    low, high = (pick(point[3] for point in points) for pick in (min, max))
    return [
        OVER_TIME.at(
            points=len(points),
            level="p99",
            low=shown(low),
            high=shown(high),
            option=option(phrase("Locust's history"), "whole"),
        )
    ]
