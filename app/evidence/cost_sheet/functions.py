"""The functions of formulas that are computed again. Values are numbers, texts and errors, a range a list of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """An error value such as `#DIV/0!`; it passes through whatever is computed with it."""

    code: str


Value = float | str | Fault | None


class Area(list[Value]):
    """The filled cells of a range, row by row, and each by its row and column counted from the first cell."""

    def __init__(self, values: Sequence[Value], cells: Mapping[tuple[int, int], Value]) -> None:
        super().__init__(values)
        self.cells = cells


Argument = Value | list[Value]


class NotComputed(Exception):
    """Something in a formula is not computed here, so that its stored value must be believed."""


def called(name: str, arguments: Sequence[Argument]) -> Value:
    """The value of a call; raise `NotComputed` for a function or a number of arguments that is not known."""
    if name == "IF":
        return _if(arguments)
    if name == "IFERROR":
        return _if_error(arguments)
    if name == "VLOOKUP":
        return _looked_up(arguments)
    if name not in _FUNCTIONS:
        raise NotComputed(name)
    flat = [value for one in arguments for value in (one if isinstance(one, list) else [one])]
    fault = next((value for value in flat if isinstance(value, Fault)), None)
    if fault is not None and name != "COUNT":
        return fault
    return _FUNCTIONS[name](arguments)


def number(value: Value) -> float | Fault:
    """A value in arithmetic: an empty cell is 0, text is an error."""
    if isinstance(value, str):
        return Fault("#VALUE!")
    return 0.0 if value is None else value


def _numbers(arguments: Sequence[Argument]) -> list[float]:
    """Numbers as SUM sees them: texts and empty cells within ranges do not count."""
    flat = [value for one in arguments for value in (one if isinstance(one, list) else [one])]
    return [value for value in flat if isinstance(value, float)]


def _if(arguments: Sequence[Argument]) -> Value:
    if not 2 <= len(arguments) <= 3 or any(isinstance(one, list) for one in arguments):
        raise NotComputed("IF")
    condition = _alone(arguments[0])
    if isinstance(condition, Fault):
        return condition
    if isinstance(condition, str):
        raise NotComputed("IF")
    chosen = arguments[1] if condition not in (0.0, None) else arguments[2] if len(arguments) == 3 else 0.0
    return _alone(chosen)


def _if_error(arguments: Sequence[Argument]) -> Value:
    if len(arguments) != 2:
        raise NotComputed("IFERROR")
    first = _alone(arguments[0])
    return _alone(arguments[1]) if isinstance(first, Fault) else first


def _looked_up(arguments: Sequence[Argument]) -> Value:
    """VLOOKUP for the very value; in a sorted list, or with `*` and `?`, it is not computed here."""
    if len(arguments) != 4 or not isinstance(arguments[1], Area) or _alone(arguments[3]) not in (0.0, None):
        raise NotComputed("VLOOKUP")
    wanted, cells, column = _alone(arguments[0]), arguments[1].cells, number(_alone(arguments[2]))
    if isinstance(wanted, Fault) or isinstance(column, Fault):
        return wanted if isinstance(wanted, Fault) else column
    if wanted is None or column < 1 or (isinstance(wanted, str) and set(wanted) & set("*?~")):
        raise NotComputed("VLOOKUP")
    rows = (row for (row, at), value in cells.items() if at == 0 and _is_same(value, wanted))
    row = min(rows, default=None)
    return Fault("#N/A") if row is None else cells.get((row, int(column) - 1))


def _is_same(one: Value, other: Value) -> bool:
    return one.lower() == other.lower() if isinstance(one, str) and isinstance(other, str) else one == other


def _alone(argument: Argument) -> Value:
    if isinstance(argument, list):
        raise NotComputed("range")
    return argument


def _average(arguments: Sequence[Argument]) -> Value:
    found = _numbers(arguments)
    return math.fsum(found) / len(found) if found else Fault("#DIV/0!")


def _rounded(mode: str) -> Callable[[Sequence[Argument]], Value]:
    """ROUND, ROUNDUP and ROUNDDOWN to a number of digits; half away from zero, as spreadsheets do."""

    def rounded(arguments: Sequence[Argument]) -> Value:
        if not 1 <= len(arguments) <= 2:
            raise NotComputed("ROUND")
        value = number(_alone(arguments[0]))
        places = number(_alone(arguments[1])) if len(arguments) == 2 else 0.0
        if isinstance(value, Fault) or isinstance(places, Fault):
            return Fault("#VALUE!")
        if abs(places) > 30 or abs(value) > 1e20:
            raise NotComputed("ROUND")
        way = {"up": ROUND_CEILING if value > 0 else ROUND_FLOOR, "down": ROUND_DOWN}.get(mode, ROUND_HALF_UP)
        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(places)), rounding=way))

    return rounded


def _sum_product(arguments: Sequence[Argument]) -> Value:
    lists = [one if isinstance(one, list) else [one] for one in arguments]
    if not lists or len({len(one) for one in lists}) != 1:
        raise NotComputed("SUMPRODUCT")
    rows = zip(*lists, strict=True)
    return math.fsum(math.prod(value if isinstance(value, float) else 0.0 for value in row) for row in rows)


def _absolute(arguments: Sequence[Argument]) -> Value:
    if len(arguments) != 1:
        raise NotComputed("ABS")
    value = number(_alone(arguments[0]))
    return value if isinstance(value, Fault) else abs(value)


_FUNCTIONS: dict[str, Callable[[Sequence[Argument]], Value]] = {
    "SUM": lambda given: math.fsum(_numbers(given)),
    "AVERAGE": _average,
    "MIN": lambda given: min(_numbers(given), default=0.0),
    "MAX": lambda given: max(_numbers(given), default=0.0),
    "COUNT": lambda given: float(len(_numbers(given))),
    "PRODUCT": lambda given: math.prod(_numbers(given)),
    "ABS": _absolute,
    "ROUND": _rounded("half"),
    "ROUNDUP": _rounded("up"),
    "ROUNDDOWN": _rounded("down"),
    "SUMPRODUCT": _sum_product,
}
