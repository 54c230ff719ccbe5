"""Burn rates: an error ratio over a window, compared with a multiple of the error budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.evidence.alert_rules.promql import Node, constant
from app.evidence.objectives.durations import compact

COMPARISONS = (">", ">=", "<", "<=", "==", "!=")
MOST = 40
_NAMED = re.compile(r"(?:rate|ratio|burnrate|burn|errors?|[:_])_?(\d{1,4}[smhdw])(?:$|[:_{])", re.IGNORECASE)
_RATIO = re.compile(r"ratio|burn|sli_error|error_rate|errors?:.{0,80}rate|failure", re.IGNORECASE)
MOST_OF_A_BUDGET = 0.5
"""A share above is no budget: it would be an objective below 50 %."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A part of an expression held against a number."""

    measured: Node
    operator: str
    bound: Node
    value: float
    is_bool: bool


@dataclass(frozen=True, slots=True)
class Burn:
    """`threshold` is an error ratio; `factor` x `budget` where the rule writes it so, else both are None."""

    window: float
    threshold: float
    factor: float | None
    budget: float | None


def comparisons(tree: Node) -> Iterator[Comparison]:
    """Every comparison with a constant, the constant on the right."""
    mirrored = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
    for node in tree.walk():
        if node.sort != "binary" or node.name not in COMPARISONS:
            continue
        left, right = node.children
        value, other = constant(right), constant(left)
        if value is not None and other is None:
            yield Comparison(left, node.name, right, value, node.is_bool)
        elif other is not None and value is None:
            yield Comparison(right, mirrored.get(node.name, node.name), left, other, node.is_bool)


def burns(tree: Node) -> list[Burn]:
    """The comparisons of error ratios that have a window, the first 40."""
    found = [
        burn for one in comparisons(tree) if one.operator in (">", ">=") and (burn := _burn(one)) is not None
    ]
    return list(dict.fromkeys(found))[:MOST]


def _burn(one: Comparison) -> Burn | None:
    window = _window(one.measured)
    if window is None or not _is_ratio(one.measured):
        return None
    factor, budget = _product(one)
    threshold = one.value if factor is None or budget is None else factor * budget
    if not 0 < threshold < 1 and factor is None:
        return None
    return Burn(window, round(threshold, 12), factor, None if budget is None else round(budget, 12))


def _product(one: Comparison) -> tuple[float | None, float | None]:
    """(14.4, 0.001) of `> 14.4 * (1 - 0.999)`, and of a ratio that was divided by its budget."""
    if one.bound.sort == "binary" and one.bound.name == "*":
        parts = [constant(child) for child in one.bound.children]
        small = [part for part in parts if part is not None and 0 < part < MOST_OF_A_BUDGET]
        large = [part for part in parts if part is not None and part >= MOST_OF_A_BUDGET]
        return (large[0], small[0]) if small and large else (None, None)
    if one.measured.sort == "binary" and one.measured.name == "/":
        budget = constant(one.measured.children[1])
        if budget is not None and 0 < budget < MOST_OF_A_BUDGET and one.value >= MOST_OF_A_BUDGET:
            return one.value, budget
    return None, None


def _is_ratio(node: Node) -> bool:
    """A division of series, or a series that is called a ratio."""
    for one in node.walk():
        if one.sort == "binary" and one.name == "/" and constant(one.children[1]) is None:
            return True
        if one.sort in ("vector", "matrix") and _RATIO.search(one.name):
            return True
    return False


def _window(node: Node) -> float | None:
    """The longest range inside; of a recorded series the window its name or label gives."""
    nodes = list(node.walk())
    ranges = [one.window for one in nodes if one.window]
    if ranges:
        return max(ranges)
    for one in nodes:
        if one.sort != "vector":
            continue
        labelled = [value for label, operator, value in one.matchers if "window" in label and operator == "="]
        named = _NAMED.findall(one.name[-100:])
        for text in (*labelled, *named[-1:]):
            if seconds := compact(text):
                return seconds
    return None
