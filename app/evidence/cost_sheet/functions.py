"""The functions of formulas that are computed again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.evidence.cost_sheet.lookups import LOOKUPS
from app.evidence.cost_sheet.values import Area, Argument, Fault, NotComputed, Value, alone, number, numbers


def called(name: str, arguments: Sequence[Argument]) -> Value:
    """The value of a call; raise `NotComputed` for a function or a number of arguments that is not known."""
    if name == "IF":
        return _if(arguments)
    if name == "IFERROR":
        return _if_error(arguments)
    if name in LOOKUPS:
        return LOOKUPS[name](arguments)
    if name not in _FUNCTIONS:
        raise NotComputed(name)
    flat = [value for one in arguments for value in (one if isinstance(one, list) else [one])]
    fault = next((value for value in flat if isinstance(value, Fault)), None)
    if fault is not None and name != "COUNT":
        return fault
    return _FUNCTIONS[name](arguments)


def _if(arguments: Sequence[Argument]) -> Value:
    if not 2 <= len(arguments) <= 3 or any(isinstance(one, list) for one in arguments):
        raise NotComputed("IF")
    condition = alone(arguments[0])
    if isinstance(condition, Fault):
        return condition
    if isinstance(condition, str):
        raise NotComputed("IF")
    chosen = arguments[1] if condition not in (0.0, None) else arguments[2] if len(arguments) == 3 else 0.0
    return alone(chosen)


def _if_error(arguments: Sequence[Argument]) -> Value:
    if len(arguments) != 2:
        raise NotComputed("IFERROR")
    first = alone(arguments[0])
    return alone(arguments[1]) if isinstance(first, Fault) else first


def _average(arguments: Sequence[Argument]) -> Value:
    found = numbers(arguments)
    return math.fsum(found) / len(found) if found else Fault("#DIV/0!")


def _rounded(mode: str) -> Callable[[Sequence[Argument]], Value]:
    """ROUND, ROUNDUP and ROUNDDOWN to a number of digits; half away from zero, as spreadsheets do."""

    def rounded(arguments: Sequence[Argument]) -> Value:
        if not 1 <= len(arguments) <= 2:
            raise NotComputed("ROUND")
        value = number(alone(arguments[0]))
        places = number(alone(arguments[1])) if len(arguments) == 2 else 0.0
        if isinstance(value, Fault) or isinstance(places, Fault):
            return Fault("#VALUE!")
        if abs(places) > 30 or abs(value) > 1e20:
            raise NotComputed("ROUND")
        way = {"up": ROUND_CEILING if value > 0 else ROUND_FLOOR, "down": ROUND_DOWN}.get(mode, ROUND_HALF_UP)
        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(places)), rounding=way))

    return rounded


def _sum_product(arguments: Sequence[Argument]) -> Value:
    """Products cell by cell; a place that is empty or a text in one range counts for nothing."""
    if not arguments or not all(isinstance(one, Area) for one in arguments):
        raise NotComputed("SUMPRODUCT")
    first, *others = (one.cells for one in arguments if isinstance(one, Area))
    rows = ([value, *(other.get(place) for other in others)] for place, value in first.items())
    return math.fsum(math.prod(value if isinstance(value, float) else 0.0 for value in row) for row in rows)


def _absolute(arguments: Sequence[Argument]) -> Value:
    if len(arguments) != 1:
        raise NotComputed("ABS")
    value = number(alone(arguments[0]))
    return value if isinstance(value, Fault) else abs(value)


def _whole(arguments: Sequence[Argument]) -> Value:
    """INT: the whole number below."""
    value = number(alone(arguments[0])) if len(arguments) == 1 else Fault("#VALUE!")
    return value if isinstance(value, Fault) else float(math.floor(value))


def _truths(arguments: Sequence[Argument]) -> list[bool]:
    """The conditions of AND and OR; texts, which count here and not there, are not computed."""
    if not arguments or any(not isinstance(one, float) for one in arguments):
        raise NotComputed("AND")
    return [one != 0.0 for one in arguments]


_FUNCTIONS: dict[str, Callable[[Sequence[Argument]], Value]] = {
    "SUM": lambda given: math.fsum(numbers(given)),
    "AVERAGE": _average,
    "MIN": lambda given: min(numbers(given), default=0.0),
    "MAX": lambda given: max(numbers(given), default=0.0),
    "COUNT": lambda given: float(len(numbers(given))),
    "PRODUCT": lambda given: math.prod(numbers(given)),
    "ABS": _absolute,
    "INT": _whole,
    "AND": lambda given: float(all(_truths(given))),
    "OR": lambda given: float(any(_truths(given))),
    "ROUND": _rounded("half"),
    "ROUNDUP": _rounded("up"),
    "ROUNDDOWN": _rounded("down"),
    "SUMPRODUCT": _sum_product,
}
