"""Every formula of a book computed again, each after the cells it reads; never recursive, never `eval`.

A range is read cell by cell, so the cells read are counted: past `MOST_READS` the rest is not computed and the stored
values are believed. Cells that read each other in a circle are `#CIRCLE!`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator

from app.evidence.cost_sheet.book import Book, Cell, Place
from app.evidence.cost_sheet.formula import Step, parsed, unnamed
from app.evidence.cost_sheet.functions import called
from app.evidence.cost_sheet.values import Area, Argument, Fault, NotComputed, Value, alone, number

MOST_READS = 400_000
CIRCLE = Fault("#CIRCLE!")
BOOLEANS = ("True", "False", "TRUE", "FALSE")
Key = tuple[str, Place]

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": math.pow,
}  # fmt: skip
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


class Evaluation:
    """The values of all formulas. `values` lacks those that could not be computed here."""

    def __init__(self, book: Book) -> None:
        self.sheets = {sheet.name.lower(): sheet for sheet in book.sheets}
        self._sizes = {name: (sheet.height, sheet.width) for name, sheet in self.sheets.items()}
        self._names = book.names
        self._is_typed = book.format == "xlsx"
        self.values: dict[Key, Value] = {}
        self.unknown: set[Key] = set()
        self.circular: set[Key] = set()
        self._reads = 0
        for sheet in book.sheets:
            for place, cell in sheet.cells.items():
                if cell.formula:
                    self._settle((sheet.name.lower(), place))

    def _settle(self, start: Key) -> None:
        """Compute one cell and, before it, all it needs: depth first with a stack of our own."""
        stack: list[tuple[Key, Iterator[Key]]] = []
        open_keys: set[Key] = set()
        self._enter(start, stack, open_keys)
        while stack:
            key, needs = stack[-1]
            need = next((one for one in needs if one not in self.values and one not in self.unknown), None)
            if need is None:
                stack.pop()
                open_keys.discard(key)
                self._compute(key)
            elif need in open_keys:
                self.values[need] = CIRCLE
                self.circular.add(need)
            else:
                self._enter(need, stack, open_keys)

    def _enter(self, key: Key, stack: list[tuple[Key, Iterator[Key]]], open_keys: set[Key]) -> None:
        if key not in self.values and key not in self.unknown:
            stack.append((key, self._needs(key)))
            open_keys.add(key)

    def _needs(self, key: Key) -> Iterator[Key]:
        """The formula cells a formula reads."""
        for step in self._steps(key) or ():
            if step.area is not None:
                yield from (found for found, cell in self._area(key[0], step) if cell.formula)

    def _steps(self, key: Key) -> tuple[Step, ...] | None:
        return parsed(unnamed(self._cell(key).formula, self._names))

    def _cell(self, key: Key) -> Cell:
        return self.sheets[key[0]].cells[key[1]]

    def _area(self, home: str, step: Step) -> Iterator[tuple[Key, Cell]]:
        """The filled cells of an area, row by row."""
        name, top, left, bottom, right = step.area or ("", 1, 1, 1, 1)
        name = name.lower() or home
        sheet = self.sheets.get(name)
        if sheet is None:
            return
        height, width = self._sizes[name]
        for row in range(top, min(bottom or height, height) + 1):
            for column in range(left, min(right, width) + 1):
                self._reads += 1
                if self._reads > MOST_READS:
                    return
                if (cell := sheet.cells.get((row, column))) is not None:
                    yield (name, (row, column)), cell

    def _compute(self, key: Key) -> None:
        steps = self._steps(key)
        if key in self.values:
            return
        if steps is None or self._reads > MOST_READS:
            self.unknown.add(key)
            return
        try:
            value = self._run(key[0], steps)
        except NotComputed:
            self.unknown.add(key)
            return
        if self._reads > MOST_READS:  # the last area was not read to its end
            self.unknown.add(key)
        else:
            self.values[key] = value

    def _run(self, home: str, steps: tuple[Step, ...]) -> Value:
        stack: list[Argument] = []
        for step in steps:
            match step.kind:
                case "number" | "text":
                    stack.append(step.value)
                case "cell" | "area":
                    found = self._read(home, step)
                    stack.append(found if step.kind == "area" else found[0] if found else None)
                case "call":
                    first = len(stack) - step.arguments
                    arguments, stack = stack[first:], stack[:first]
                    stack.append(called(str(step.value), arguments))
                case _:
                    stack.append(_operated(str(step.value), stack))
        result = stack[-1]
        if isinstance(result, list):
            raise NotComputed("range")
        return _finite(0.0 if result is None else result)

    def _read(self, home: str, step: Step) -> Area:
        name, top, left, *_ = step.area or ("", 1, 1)
        if name and name.lower() not in self.sheets:
            raise NotComputed("another workbook")
        found = [(key[1], self._value(key, cell)) for key, cell in self._area(home, step)]
        return Area(
            [value for _, value in found],
            {(row - top, column - left): value for (row, column), value in found},
        )

    def _value(self, key: Key, cell: Cell) -> Value:
        if cell.formula and key in self.values:
            return self.values[key]
        if cell.formula and not cell.is_cached:
            raise NotComputed("no stored value")
        if cell.error:
            return Fault(cell.error)
        if (cell.amount is None and cell.text in BOOLEANS) or (
            cell.amount is not None and cell.amount.half_step and self._is_typed
        ):
            raise NotComputed("a truth value or a number stored as text, which count here and not there")
        return cell.text if cell.amount is None else cell.amount.value


def _operated(sign: str, stack: list[Argument]) -> Value:
    """The value of an operator, whose operands are taken from the stack."""
    right = alone(stack.pop())
    if sign in ("u-", "u+", "%"):
        value = number(right)
        return value if isinstance(value, Fault) else value * {"u-": -1.0, "u+": 1.0, "%": 0.01}[sign]
    left = alone(stack.pop())
    if sign in ("=", "<>") and isinstance(left, str) and isinstance(right, str):
        return float((left.lower() == right.lower()) is (sign == "="))
    if sign == "&" or isinstance(left, str) or isinstance(right, str):
        raise NotComputed("text")
    one, other = number(left), number(right)
    if isinstance(one, Fault):
        return one
    if isinstance(other, Fault):
        return other
    if sign in _COMPARED:
        return float(_COMPARED[sign](one, other))
    try:
        return _ARITHMETIC[sign](one, other)
    except ZeroDivisionError:
        return Fault("#DIV/0!")
    except (OverflowError, ValueError):
        return Fault("#NUM!")


def _finite(value: Value) -> Value:
    return Fault("#NUM!") if isinstance(value, float) and not math.isfinite(value) else value
