"""What a side gives: the four operations and whole powers, by precedence, on a stack; several readings of one side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.evidence.sums.chains import Side
from app.evidence.sums.quantities import Quantity

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
MOST_POWER = 24.0

Items = Sequence[Quantity | str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a side may be meant, by either comma; the first of `READINGS` is how it is written."""

    number: Callable[[Quantity, float], float]
    is_tight: bool = False
    """Whether what follows a sign to divide is multiplied first: 5 / 30 x 24 as 5 / (30 x 24)."""
    adds_percent: bool = False
    """Whether `+ 10 %` raises by a tenth of what stands before."""
    is_complement: bool = False
    """Whether `99.9 % of 30 days` is the rest of them; it is a share already, and no sign of percent is missing."""


def _written(_one: Quantity, value: float) -> float:
    return value


def _billions(one: Quantity, value: float) -> float:
    return value * (1e9 if one.is_billion_or_bytes else 1.0)


def _complement(one: Quantity, value: float) -> float:
    return 1 - value if one.is_percent else value


READINGS = (
    Reading(_written),
    Reading(_billions),
    Reading(_complement, is_complement=True),
    Reading(_written, adds_percent=True),
    Reading(_written, is_tight=True),
)


def values(
    side: Side, readings: Sequence[Reading], *, by_other_comma: bool
) -> Iterator[tuple[float, Reading]]:
    """What a side may give by one comma, as it is written first; the same value once."""
    seen: set[float] = set()
    for items in _starts(side.items):
        for reading in readings:
            value = _value(items, reading, by_other_comma)
            if value is not None and value not in seen:
                seen.add(value)
                yield value, reading


def _starts(items: Items) -> Iterator[Items]:
    """The whole side; then without what a dash or plus may have led in: `Stage 2 - 3 x 20`."""
    yield items
    for at, item in enumerate(items[:8]):
        if item in ("+", "-") and items[:at].count("(") == items[:at].count(")"):
            yield items[at + 1 :]


def _value(items: Items, reading: Reading, by_other_comma: bool) -> float | None:
    """The side by one reading; None when it cannot be computed."""
    numbers: list[float] = []
    signs: list[str] = []
    for at, item in enumerate(items):
        if isinstance(item, Quantity):
            numbers.append(_raised(items, at, item, reading, by_other_comma))
        elif item == "(":
            signs.append(item)
        elif item == ")":
            while signs and signs[-1] != "(":
                _apply(numbers, signs.pop())
            signs = signs[:-1]
        else:
            while signs and signs[-1] != "(" and not _is_stronger(item, signs[-1], reading):
                _apply(numbers, signs.pop())
            signs.append(_as_percent(item, items, at, reading))
    while signs:
        _apply(numbers, signs.pop())
    return numbers[0] if len(numbers) == 1 and math.isfinite(numbers[0]) else None


def _raised(items: Items, at: int, item: Quantity, reading: Reading, by_other_comma: bool) -> float:
    value = item.other if by_other_comma else item.value
    is_raise = reading.adds_percent and item.is_percent and at > 0 and items[at - 1] in ("+", "-")
    if not is_raise:
        return reading.number(item, value)
    return 1 + value if items[at - 1] == "+" else 1 - value


def _as_percent(sign: str, items: Items, at: int, reading: Reading) -> str:
    """`+ 10 %` multiplies when it raises."""
    after = items[at + 1] if at + 1 < len(items) else ""
    is_raise = (
        reading.adds_percent and sign in ("+", "-") and isinstance(after, Quantity) and after.is_percent
    )
    return "*" if is_raise else sign


def _is_stronger(sign: str, waiting: str, reading: Reading) -> bool:
    if reading.is_tight and sign == "*" and waiting == "/":
        return True
    return _STRENGTH[sign] > _STRENGTH[waiting]


def _apply(numbers: list[float], sign: str) -> None:
    """The last two numbers by a sign; what cannot be computed becomes no number."""
    if len(numbers) < 2:
        numbers[:] = [math.nan]
        return
    right, left = numbers.pop(), numbers.pop()
    if (sign == "/" and right == 0) or (sign == "^" and not (abs(right) <= MOST_POWER and 0 < left < 1e12)):
        numbers.append(math.nan)
        return
    results = {"+": left + right, "-": left - right, "*": left * right}
    numbers.append(left / right if sign == "/" else left**right if sign == "^" else results[sign])
