"""Rows of a capacity table as numbers in base units: GB, ms, requests a second, whole money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.evidence.capacity_table import columns
from app.evidence.sums.operands import quantity
from app.evidence.sums.quantities import SIZES, TIMES, Quantity
from app.evidence.sums.tokens import plain, tokens

MOST_ROWS = 40
LONGEST = 400
MILESTONES = {100: "100", 1_000: "1k", 10_000: "10k", 100_000: "100k"}
SIZED = ("storage", "growth", "egress")
RATED = ("peak_rps", "mean_rps")
_LEAST = ("users", "peak_rps", "storage", "cost", "peak_factor", "mean_rps")

Row = tuple[int, Sequence[str]]
_COMMA = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})+|0|[1-9]\d{0,8}(?!,\d{3}\b)),\d{1,9}\b", re.ASCII)
_POINT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d{0,8}(?!\.\d{3}\b))\.\d{1,9}\b", re.ASCII)
_GROUPED = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))", re.ASCII)
_FRACTION = re.compile(r"(?<=\d),(?=\d)", re.ASCII)
_ONLY_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\.000)+(?!\d)", re.ASCII)


def has_commas(heads: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a table writes 0,12 for a fraction or 1.000 for a thousand, and nowhere 0.12."""
    cells = [cell[:LONGEST] for cell in (*heads, *(cell for _, row in rows for cell in row))]
    if any(_POINT.search(cell) for cell in cells):
        return False
    return any(_COMMA.search(cell) or _ONLY_GROUPS.search(cell) for cell in cells)


def _with_points(cell: str) -> str:
    return _FRACTION.sub(".", _GROUPED.sub("", cell[:LONGEST]))


def turned(heads: Sequence[str], rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """The table with stages as rows; one with a column a stage is turned. Its heads have points for fractions."""
    heads = [_with_points(head) for head in heads] if has_commas(heads, rows) else heads
    if sum(milestone(head) is not None for head in heads[1:]) < 2 or not rows:
        return heads, rows
    named = ["users", *(cells[0] if cells else "" for _, cells in rows)]
    line = rows[0][0]
    body = [
        (line, [head, *(cells[at] if at < len(cells) else "" for _, cells in rows)])
        for at, head in enumerate(heads[1:], start=1)
    ]
    return named, body


def milestone(text: str) -> int | None:
    """The number of users a cell or heading names, when it is one of the four milestones."""
    figure = first(text)
    value = None if figure is None else round(figure.value)
    return value if value in MILESTONES else None


def first(text: str) -> Quantity | None:
    """The first number of a cell with its words; None without one."""
    found = list(tokens(plain(text[:200])))
    for at, token in enumerate(found):
        if token.kind == "number":
            ends = (
                i
                for i in range(at + 1, len(found))
                if found[i].kind not in ("word", "percent", "slash", "money")
            )
            end = next(ends, len(found))
            return quantity(found[:at], token, found[at + 1 : end])
    return None


def stages(heads: Sequence[str], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One a row that names its users: {users, stage, line, numbers: {role: {value, written, unit}}}."""
    is_continental = has_commas(heads, rows)
    heads, rows = turned(heads, rows)
    roles = columns.roles(heads)
    found = []
    for line, cells in rows[:MOST_ROWS]:
        numbers = {
            name: number
            for name, head, cell in zip(roles, heads, cells, strict=False)
            if name and (number := _number(name, head, cell, is_continental=is_continental)) is not None
        }
        users = numbers.get("users")
        if users is not None and len(numbers) > 1:
            whole = round(users["value"])
            found.append(
                {"users": whole, "stage": MILESTONES.get(whole, ""), "line": line, "numbers": numbers}
            )
    return found


def is_capacity(heads: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a table has users and two other columns of a capacity table."""
    heads, _ = turned(heads, rows)
    roles = columns.roles(heads)
    return "users" in roles and sum(name in _LEAST for name in roles) >= 3


def _number(name: str, head: str, cell: str, *, is_continental: bool) -> dict[str, Any] | None:
    found = first(_with_points(cell) if is_continental else cell)
    if found is None:
        return None
    units = columns.unit(head)
    value, unit = _in_base(name, found, units)
    return {
        "value": value,
        "step": found.step * (value / found.value if found.value else 1),
        "written": cell[:60],
        "unit": unit,
    }


def _in_base(name: str, found: Quantity, units: Sequence[str]) -> tuple[float, str]:
    """The value in GB, ms or a second, by the unit of the cell, else of the head; the unit that was found."""
    if name in SIZED:
        sizes = found.sizes or tuple(SIZES[unit] for unit in units if unit in SIZES)
        return found.value * (
            1000.0 ** (sizes[0][0] - 3) / sizes[0][1] if sizes else 1.0
        ), "GB" if sizes else ""
    if name == "latency":
        times = found.times or tuple(TIMES[unit] for unit in units if unit in TIMES)
        return found.value * (times[0] * 1000 if times else 1.0), "ms" if times else ""
    if name in RATED:
        return found.value / (found.times[0] if found.times else 1.0), "requests/s"
    if name == "cost":
        is_named = found.is_money or bool({"usd", "eur", "gbp", "$", "€", "£"} & set(units))
        return found.value, "money" if is_named else ""
    return found.value, "x" if name == "peak_factor" else "count"
