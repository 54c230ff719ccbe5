"""What formulas compute with: numbers, texts and errors; a range is a list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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


def number(value: Value) -> float | Fault:
    """A value in arithmetic: an empty cell is 0, text is an error."""
    if isinstance(value, str):
        return Fault("#VALUE!")
    return 0.0 if value is None else value


def numbers(arguments: Sequence[Argument]) -> list[float]:
    """Numbers as SUM sees them: texts and empty cells within ranges do not count."""
    flat = [value for one in arguments for value in (one if isinstance(one, list) else [one])]
    return [value for value in flat if isinstance(value, float)]


def alone(argument: Argument) -> Value:
    if isinstance(argument, list):
        raise NotComputed("range")
    return argument
