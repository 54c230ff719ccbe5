"""A table of summaries as one `Summary`: the row for all requests, else the one row, else the range of the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import fmean
from typing import Any

from app.evidence.findings import Finding, Unreadable, Where, phrase
from app.evidence.load_report import beside
from app.evidence.load_report.advice import option
from app.evidence.load_report.figures import UNITS, Reading, duration, figure, percent, rate, significant
from app.evidence.load_report.header import Column
from app.evidence.load_report.rules import AVERAGED, NO_TOTAL, NOT_READ, OVER_TIME
from app.evidence.load_report.summary import Summary, known_range
from app.evidence.load_report.tables import TOTALS, Row, Table
from app.evidence.units import shown

_TIMES = frozenset({"min", "mean", "max", "stddev", "p50", "level"})
_READERS: dict[str, Callable[[str, str], Reading | None]] = {"error_rate": percent, "throughput": rate}
_FORMS = {
    "Locust": phrase("Locust's table"),
    "JMeter": phrase("JMeter's report"),
    "ab": phrase("ab's table of percentiles"),
}
SPREAD = 1.1


def read(table: Table) -> Summary:
    """The numbers of a table; raise `Unreadable` when no cell holds one."""
    if table.is_upright:
        return _upright(table)
    unit, said = _unit(table)
    total = _total(table)
    rows = [row for row in table.rows if row is not total and not _is_total(table, row)]
    chosen = total if total is not None else table.rows[-1] if len(table.rows) == 1 else None
    if chosen is None:
        return _of_many(table, unit, said)
    levels, numbers = _readings(table, chosen, unit)
    if not levels and not numbers:
        raise Unreadable(
            NOT_READ.at(
                Where(line=chosen.line), reason=phrase("line {line} holds no numbers", line=chosen.line)
            )
        )
    return Summary(
        tool=table.tool or phrase("the table"),
        form=_FORMS.get(table.tool or "", phrase("a table of summaries")),
        levels=levels,
        numbers=_completed(numbers),
        is_closed_loop=True if table.tool == "Locust" else None,
        unit=unit,
        endpoints=_endpoints(table, rows),
        assumed=said,
        said=tuple(_averaged(table, chosen, rows, unit) or _beside(table, chosen, rows, unit)),
    )


def _beside(table: Table, chosen: Row, rows: Sequence[Row], unit: str) -> list[Finding]:
    """What does not fit among the rows, and between them and the row of all."""
    parts = [_readings(table, row, unit) for row in rows if row is not chosen]
    return [*beside.rows(parts), *beside.total(_readings(table, chosen, unit), parts, table.tool)]


def _total(table: Table) -> Row | None:
    """The last row that stands for all requests."""
    return next((row for row in reversed(table.rows) if _is_total(table, row)), None)


def _is_total(table: Table, row: Row) -> bool:
    names = [column.place for column in table.columns if column.role in ("label", "time")]
    return any(row.cell(place).lower() in TOTALS for place in (*names, 1))


def _unit(table: Table) -> tuple[str, tuple[str, ...]]:
    """From the tool, the header or the size of the values; the last is said."""
    named = next((column.unit for column in table.levels if column.unit), None)
    if table.tool is not None or named is not None:
        return named or "ms", ()
    cells = [row.cell(column.place) for row in table.rows[:200] for column in table.levels]
    if any(duration(cell) for cell in cells):
        return "ms", ()
    return judged(
        [found.value for cell in cells if (found := figure(cell)) is not None], phrase("its latencies")
    )


def judged(values: Sequence[float], what: str) -> tuple[str, tuple[str, ...]]:
    """A unit by the size of the values: under two and not whole are seconds, millions are ns."""
    middle = sorted(values)[len(values) // 2] if values else 1.0
    unit = "ns" if middle >= 1e7 else "us" if middle >= 5e4 else "s" if middle < 2 and middle % 1 else "ms"
    return unit, (phrase("{what} are {unit}, judged by their size", what=what, unit=unit),)


def _readings(table: Table, row: Row, unit: str) -> tuple[dict[float, Reading], dict[str, Reading]]:
    levels: dict[float, Reading] = {}
    numbers: dict[str, Reading] = {}
    for column in table.columns:
        found = _reading(table, column, row, unit)
        if found is None:
            continue
        if column.percent is not None and column.role in ("level", "p50"):
            levels.setdefault(column.percent, found)
        elif column.role not in ("label", "time"):
            numbers.setdefault(column.role, found)
    return levels, numbers


def _reading(table: Table, column: Column, row: Row, unit: str) -> Reading | None:
    text, where = (
        row.cell(column.place),
        phrase("column {header}, line {line}", header=column.header, line=row.line),
    )
    if column.role in _TIMES:
        found = duration(text, where) or figure(text, where, UNITS[column.unit or unit])
        if found is not None and table.tool == "Locust" and column.percent is not None:
            return Reading(found.value, significant(found.value, 2), where)
        return found
    if column.role == "duration_s":
        scale = UNITS.get(column.unit or "s", 1e3) / 1e3
        typed = duration(text, where)
        return Reading(typed.value / 1e3, typed.step / 1e3, where) if typed else figure(text, where, scale)
    if column.role == "error_rate" and "%" not in text + column.header and "pct" not in column.header.lower():
        return figure(text, where)
    return _READERS.get(column.role, figure)(text, where)


def _completed(numbers: dict[str, Reading]) -> dict[str, Reading]:
    """What follows from the columns: errors from their share, the duration from the count and the rate."""
    found = dict(numbers)
    made, share, per_second = found.get("requests"), found.pop("error_rate", None), found.get("throughput")
    if made is not None:
        found["n"] = made
    if made is not None and share is not None and "errors" not in found:
        found["errors"] = Reading(
            round(made.value * share.value), max(1.0, made.value * share.step), share.where
        )
    if made is not None and per_second is not None and per_second.value > 0 and "duration_s" not in found:
        found["duration_s"] = Reading(
            made.value / per_second.value, 0.0, f"{made.where} over {per_second.where}"
        )
    return found


def _endpoints(table: Table, rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    names = [column for column in table.columns if column.role == "label"]
    made = table.column("requests")
    if not names or made is None:
        return ()
    label = next((column for column in names if column.header.lower() != "type"), names[-1])
    counted = [(row.cell(label.place)[:80], figure(row.cell(made.place))) for row in rows[:500]]
    return tuple((name, int(count.value)) for name, count in counted if count is not None and name)


def _averaged(table: Table, total: Row, rows: Sequence[Row], unit: str) -> list[Finding]:
    """The total's p99 and one more percentile are the means of rows that differ: no coincidence of rounding."""
    found = []
    for column in table.levels:
        values = [each.value for row in rows if (each := _reading(table, column, row, unit)) is not None]
        whole = _reading(table, column, total, unit)
        if whole is None or len(values) < 2:
            continue
        if (
            max(values) - min(values) > 20 * whole.step
            and abs(fmean(values) - whole.value) <= 0.51 * whole.step
        ):
            found.append((column, whole, max(values) / max(min(values), 1e-9)))
    p99 = next(
        (whole for column, whole, spread in found if column.percent == 99.0 and spread >= SPREAD), None
    )
    if p99 is None or len(found) < min(2, len(table.levels)):
        return []
    return [AVERAGED.at(Where(line=total.line), total=total.cell(0) or total.cell(1), value=shown(p99.value))]


def _of_many(table: Table, unit: str, assumed: tuple[str, ...]) -> Summary:
    """Rows without a total: the slowest, and the range each percentile of all lies in. Rows of times are a series."""
    clock, made, failed = table.column("time"), _sum(table, "requests"), _sum(table, "errors")
    levels: dict[float, Reading] = {}
    numbers: dict[str, Reading] = {}
    for column in table.levels:
        found = [pair[0] for pair in _column(table, column, unit)]
        if found and column.percent is not None:
            levels[column.percent] = max(found, key=lambda each: each.value)
            numbers |= known_range(column.percent, [each.value for each in found])
    if not levels:
        raise Unreadable(NOT_READ.at(reason=phrase("none of its rows holds a percentile")))
    if made is not None and made.value > 0 and clock is None:
        numbers |= {"n": made, "requests": made} | ({"errors": failed} if failed is not None else {})
    return Summary(
        tool=table.tool or phrase("the table"),
        form=phrase("a table of summaries"),
        levels=levels,
        numbers=numbers,
        unit=unit,
        endpoints=_endpoints(table, table.rows),
        series=_series(table, clock, unit) if clock else None,
        assumed=assumed,
        said=(
            *beside.rows([_readings(table, row, unit) for row in table.rows[: beside.MOST_ROWS]]),
            _range(
                table, numbers, max(levels, key=lambda level: (level == 99.0, level)), is_timed=bool(clock)
            ),
        ),
    )


def _column(table: Table, column: Column, unit: str) -> list[tuple[Reading, Row]]:
    return [(each, row) for row in table.rows if (each := _reading(table, column, row, unit)) is not None]


def _range(table: Table, numbers: dict[str, Reading], level: float, *, is_timed: bool) -> Finding:
    """In words, between what the p99 (else the highest percentile there is) of all requests lies."""
    low, high = (shown(numbers[f"p{level:g}_{end}"].value) for end in ("low", "high"))
    return (OVER_TIME if is_timed else NO_TOTAL).at(
        rows=len(table.rows), points=len(table.rows), level=f"p{level:g}", low=low, high=high,
        option=option(phrase("the table"), "whole"),
    )  # fmt: skip


def _sum(table: Table, role: str) -> Reading | None:
    """What all rows count together; None when a row does not say."""
    column = table.column(role)
    if column is None:
        return None
    counted = [figure(row.cell(column.place)) for row in table.rows]
    if any(each is None for each in counted):
        return None
    total = sum(each.value for each in counted if each is not None)
    return Reading(total, 1.0, phrase("column {header}, all rows", header=column.header))


def _series(table: Table, clock: Column, unit: str) -> dict[str, Any] | None:
    """The p99 of each row that has a time."""
    column = next((column for column in table.levels if column.percent == 99.0), None)
    timed = [] if column is None else _column(table, column, unit)
    known = [(at, each.value) for each, row in timed if (at := moment(row.cell(clock.place))) is not None]
    if len(known) < 2:
        return None
    first = known[0][0]
    steps = sorted(after[0] - before[0] for before, after in pairwise(known))
    return {
        "step_s": round(max(steps[len(steps) // 2], 0.001), 3),
        "points": [[round(at - first, 3), None, None, float(f"{value:.6g}")] for at, value in known],
    }


def moment(text: str) -> float | None:
    """A time as seconds: an epoch in s or ms, or ISO 8601."""
    number = figure(text)
    if number is not None:
        return number.value / 1000 if number.value > 1e11 else number.value
    try:
        return datetime.fromisoformat(text.strip()[:40].replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _upright(table: Table) -> Summary:
    """One row a percentile: `ab -e`, HdrHistogram's short tables, spreadsheets."""
    unit = next(
        (name for name in UNITS if table.header[1].lower().endswith((f"_{name}", f" {name}", f"({name})"))),
        None,
    )
    pairs = [(_level(row.cell(0)), row) for row in table.rows]
    said: tuple[str, ...] = ()
    if unit is None:
        unit, said = judged(
            [v.value for row in table.rows if (v := figure(row.cell(1)))], phrase("its latencies")
        )
    levels: dict[float, Reading] = {}
    for level, row in pairs:
        where = phrase("line {line}", line=row.line)
        found = duration(row.cell(1), where) or figure(row.cell(1), where, UNITS[unit])
        if level is not None and found is not None:
            levels[level] = found
    if not levels:
        raise Unreadable(NOT_READ.at(reason=phrase("none of its rows holds a percentile")))
    ends = {name: levels[level] for name, level in (("min", 0.0), ("max", 100.0)) if level in levels}
    inner = {level: found for level, found in levels.items() if 0 < level < 100}
    return Summary(
        tool=table.tool or phrase("the table"),
        form=_FORMS.get(table.tool or "", phrase("a table of percentiles")),
        levels=inner,
        numbers=ends,
        unit=unit,
        assumed=said,
    )


def _level(text: str) -> float | None:
    found = figure(text.strip().lower().removeprefix("p").removesuffix("%").removesuffix("th"))
    if found is None:
        return None
    is_share = 0 < found.value < 1 and "." in text
    value = round(found.value * (100 if is_share else 1), 6)
    return value if 0 <= value <= 100 else None
