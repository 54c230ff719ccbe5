"""Functions that look something up in a range or count what fits: for the very value and for plain conditions.

What depends on a sorted list, on `*` and `?`, or on cells that are empty is not computed here.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Sequence

from app.evidence.cost_sheet.values import Area, Argument, Fault, NotComputed, Value, alone, number

_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?", re.ASCII)
_ORDERED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
Cell = tuple[int, int]


def _in_first_column(arguments: Sequence[Argument]) -> Value:
    """VLOOKUP for the very value; in a sorted list, or with `*` and `?`, it is not computed here."""
    if len(arguments) != 4 or not isinstance(arguments[1], Area) or alone(arguments[3]) not in (0.0, None):
        raise NotComputed("VLOOKUP")
    wanted, cells, column = alone(arguments[0]), arguments[1].cells, number(alone(arguments[2]))
    if isinstance(wanted, Fault) or isinstance(column, Fault):
        return wanted if isinstance(wanted, Fault) else column
    if wanted is None or column < 1 or (isinstance(wanted, str) and set(wanted) & set("*?~")):
        raise NotComputed("VLOOKUP")
    rows = (row for (row, at), value in cells.items() if at == 0 and _is_same(value, wanted))
    row = min(rows, default=None)
    return Fault("#N/A") if row is None else cells.get((row, int(column) - 1))


def _in_another(arguments: Sequence[Argument]) -> Value:
    """XLOOKUP for the very value: what stands at the same place of another row or column."""
    if not 3 <= len(arguments) <= 5 or (len(arguments) == 5 and arguments[4] not in (0.0, None)):
        raise NotComputed("XLOOKUP")
    wanted, names, found = alone(arguments[0]), _line(arguments[1]), _line(arguments[2])
    if isinstance(wanted, Fault):
        return wanted
    at = _place(names, wanted)
    if at is not None:
        return found.get(at)
    return alone(arguments[3]) if len(arguments) >= 4 and arguments[3] is not None else Fault("#N/A")


def _matched(arguments: Sequence[Argument]) -> Value:
    """MATCH for the very value: its place in a row or column, from 1."""
    if len(arguments) != 3 or alone(arguments[2]) not in (0.0, None):
        raise NotComputed("MATCH")
    wanted = alone(arguments[0])
    if isinstance(wanted, Fault):
        return wanted
    at = _place(_line(arguments[1]), wanted)
    return Fault("#N/A") if at is None else float(at + 1)


def _indexed(arguments: Sequence[Argument]) -> Value:
    """INDEX of a filled cell by its row and column, or by its place in a row or column."""
    if not 2 <= len(arguments) <= 3 or not isinstance(arguments[0], Area):
        raise NotComputed("INDEX")
    places = [number(alone(one)) for one in arguments[1:]]
    fault = next((place for place in places if isinstance(place, Fault)), None)
    if fault is not None:
        return fault
    counted = [int(place) - 1 for place in places if isinstance(place, float)]
    cells = arguments[0].cells
    found = _line(arguments[0]).get(counted[0]) if len(counted) == 1 else cells.get((counted[0], counted[1]))
    if found is None:
        raise NotComputed("INDEX")
    return found


def _line(argument: Argument) -> dict[int, Value]:
    """The filled cells of one row or column by their place."""
    if not isinstance(argument, Area):
        raise NotComputed("range")
    for across in (0, 1):
        if all(cell[across] == 0 for cell in argument.cells):
            return {cell[1 - across]: value for cell, value in argument.cells.items()}
    raise NotComputed("range")


def _place(line: dict[int, Value], wanted: Value) -> int | None:
    if wanted is None or _is_pattern(wanted):
        raise NotComputed("lookup")
    return min((at for at, value in line.items() if _is_same(value, wanted)), default=None)


def _is_pattern(wanted: Value) -> bool:
    return isinstance(wanted, str) and bool(set(wanted) & set("*?~"))


def _is_same(one: Value, other: Value) -> bool:
    return one.lower() == other.lower() if isinstance(one, str) and isinstance(other, str) else one == other


def _fitting(conditions: Sequence[Argument], cells: Iterator[Cell]) -> list[Cell]:
    """The cells at whose places every range fits its condition; the arguments are range, condition, range, …"""
    if not conditions or len(conditions) % 2:
        raise NotComputed("condition")
    tests = [
        (_area(area), _condition(alone(text))) for area, text in zip(*[iter(conditions)] * 2, strict=True)
    ]
    return [cell for cell in cells if all(fits(area.cells.get(cell)) for area, fits in tests)]


def _area(argument: Argument) -> Area:
    if not isinstance(argument, Area):
        raise NotComputed("range")
    return argument


def _condition(wanted: Value) -> Callable[[Value], bool]:
    """`3`, `"db"`, `"<>db"` and `">=3"` as a test of a cell."""
    if wanted is None or isinstance(wanted, Fault) or _is_pattern(wanted):
        raise NotComputed("condition")
    found = _CONDITION.fullmatch(wanted) if isinstance(wanted, str) else None
    sign, text = (found[1] or "=", found[2].strip()) if found else ("=", "")
    other: Value = wanted if found is None else float(text) if _NUMBER.fullmatch(text) else text
    if other == "" or (sign in _ORDERED and not isinstance(other, float)):
        raise NotComputed("condition")
    if sign in _ORDERED and isinstance(other, float):
        compare, bound = _ORDERED[sign], other
        return lambda value: isinstance(value, float) and compare(value, bound)
    if sign == "<>":
        return lambda value: not _is_same(value, other)
    return lambda value: _is_same(value, other)


def _counted_if(arguments: Sequence[Argument]) -> Value:
    """COUNTIF and COUNTIFS; a condition that empty cells fit would count cells that are not there."""
    if not arguments or any(isinstance(one, str) and one.startswith("<>") for one in arguments[1::2]):
        raise NotComputed("COUNTIF")
    return float(len(_fitting(arguments, iter(_area(arguments[0]).cells))))


def _chosen_if(arguments: Sequence[Argument]) -> tuple[list[float], Fault | None]:
    """The numbers of a range whose places fit the conditions after it, and the first error among them."""
    values = _area(arguments[0]).cells
    found = [values[cell] for cell in _fitting(arguments[1:], iter(values))]
    fault = next((value for value in found if isinstance(value, Fault)), None)
    return [value for value in found if isinstance(value, float)], fault


def _summed_if(arguments: Sequence[Argument]) -> Value:
    chosen, fault = _chosen_if(arguments)
    return fault or math.fsum(chosen)


def _averaged_if(arguments: Sequence[Argument]) -> Value:
    chosen, fault = _chosen_if(arguments)
    return fault or (math.fsum(chosen) / len(chosen) if chosen else Fault("#DIV/0!"))


def _last_first(function: Callable[[Sequence[Argument]], Value]) -> Callable[[Sequence[Argument]], Value]:
    """SUMIF and AVERAGEIF name the range of numbers last, or leave it out where it is that of the condition."""

    def turned(arguments: Sequence[Argument]) -> Value:
        if not 2 <= len(arguments) <= 3:
            raise NotComputed("SUMIF")
        return function([arguments[2] if len(arguments) == 3 else arguments[0], *arguments[:2]])

    return turned


LOOKUPS: dict[str, Callable[[Sequence[Argument]], Value]] = {
    "VLOOKUP": _in_first_column,
    "XLOOKUP": _in_another,
    "MATCH": _matched,
    "INDEX": _indexed,
    "COUNTIF": _counted_if,
    "COUNTIFS": _counted_if,
    "SUMIF": _last_first(_summed_if),
    "SUMIFS": _summed_if,
    "AVERAGEIF": _last_first(_averaged_if),
    "AVERAGEIFS": _averaged_if,
}
