"""PromQL as a tree of our own, made from promql-parser's; with bounds, because depth would end that parser."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import promql_parser

from app.evidence.findings import phrase

LONGEST = 8000
MOST_SIGNS = 250
"""Brackets and operators of one expression; those of kube-prometheus have 60 at most."""
EASY_SIGNS = 80
_SIGNS = re.compile(r"[()\[\]{}+\-*/%^<>=!]|\b(?:and|or|unless)\b")
_STRINGS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*", re.DOTALL)
_PAIRS = {")": "(", "]": "[", "}": "{"}


class NotRead(ValueError):
    """The expression is no PromQL that is known here; the message says why in half a sentence."""


@dataclass(slots=True)
class Node:
    """`sort` is vector, matrix, subquery, call, aggregate, binary, unary, number or text; `name` a metric, function or
    operator. `window` is in seconds. Parentheses are not kept."""

    sort: str
    name: str = ""
    children: list[Node] = field(default_factory=list)
    window: float | None = None
    matchers: tuple[tuple[str, str, str], ...] = ()
    grouping: tuple[str, ...] | None = None
    is_without: bool = False
    value: float | None = None
    is_bool: bool = False

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents before their children."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def signs(text: str) -> int:
    """Brackets and operators outside of strings and comments."""
    return sum(1 for _ in _SIGNS.finditer(_STRINGS.sub('""', text)))


def unbalanced(text: str) -> str:
    """The first bracket that is not closed or not opened; empty when all are paired."""
    opened: list[str] = []
    for sign in re.findall(r"[()\[\]{}]", _STRINGS.sub('""', text)):
        if sign not in _PAIRS:
            opened.append(sign)
        elif not opened or opened.pop() != _PAIRS[sign]:
            return str(sign)
    return opened[-1] if opened else ""


def parse(text: str) -> Node:
    """The tree of an expression; raises `NotRead`."""
    if len(text) > LONGEST or signs(text) > MOST_SIGNS:
        raise NotRead(
            phrase(
                "it is longer than is read (more than {longest:,} characters or {most_signs} signs)",
                longest=LONGEST,
                most_signs=MOST_SIGNS,
            )
        )
    try:
        tree = promql_parser.parse(text)
    except ValueError as error:
        raise NotRead(" ".join(str(error).split())[:200]) from error
    return _converted(tree)


def constant(node: Node) -> float | None:
    """The finite number an expression of numbers gives; None when anything else is in it."""
    values: dict[int, float | None] = {}
    for one in reversed(list(node.walk())):
        parts = [values[id(child)] for child in one.children]
        value = _computed(one, parts)
        values[id(one)] = value if value is not None and math.isfinite(value) else None
    return values[id(node)]


def _computed(node: Node, parts: list[float | None]) -> float | None:
    if node.sort == "number":
        return node.value
    if node.sort == "call" and node.name in ("scalar", "vector") and len(parts) == 1:
        return parts[0]
    numbers = [part for part in parts if part is not None]
    if len(numbers) != len(parts) or not parts:
        return None
    if node.sort == "unary":
        return -numbers[0]
    if node.sort != "binary":
        return None
    one, other = numbers
    if node.name == "/":
        return one / other if other else None
    return {"+": one + other, "-": one - other, "*": one * other}.get(node.name)


def _converted(tree: Any) -> Node:
    """Our nodes for theirs, without recursion."""
    top = Node("top")
    waiting: list[tuple[Any, Node]] = [(tree, top)]
    while waiting:
        raw, parent = waiting.pop()
        while isinstance(raw, promql_parser.ParenExpr):
            raw = raw.expr
        node, parts = _one(raw)
        parent.children.append(node)
        waiting += [(part, node) for part in reversed(parts)]
    return top.children[0]


def _one(raw: Any) -> tuple[Node, list[Any]]:
    kind = type(raw).__name__
    if kind == "BinaryExpr":
        is_bool = raw.modifier is not None and bool(raw.modifier.return_bool)
        return Node("binary", str(raw.op), is_bool=is_bool), [raw.lhs, raw.rhs]
    if kind == "AggregateExpr":
        return _aggregate(raw)
    if kind == "Call":
        return Node("call", raw.func.name), list(raw.args)
    if kind == "SubqueryExpr":
        return Node("subquery", window=raw.range.total_seconds()), [raw.expr]
    if kind == "MatrixSelector":
        node = _vector(raw.vector_selector)
        node.sort, node.window = "matrix", raw.range.total_seconds()
        return node, []
    if kind == "VectorSelector":
        return _vector(raw), []
    if kind == "UnaryExpr":
        return Node("unary", "-"), [raw.expr]
    if kind == "NumberLiteral":
        return Node("number", value=float(raw.val)), []
    return Node("text", str(getattr(raw, "val", ""))), []


def _aggregate(raw: Any) -> tuple[Node, list[Any]]:
    modifier = raw.modifier
    is_without = modifier is not None and modifier.type == promql_parser.AggModifierType.Without
    grouping = None if modifier is None else tuple(map(str, modifier.labels))
    node = Node("aggregate", str(raw.op), grouping=grouping, is_without=is_without)
    param = [raw.param] if isinstance(raw.param, promql_parser.Expr) else []
    return node, [*param, raw.expr]


def _vector(raw: Any) -> Node:
    matchers = tuple((one.name, _operator(one.op), one.value) for one in raw.matchers.matchers)
    name = raw.name or next((value for label, _, value in matchers if label == "__name__"), "")
    return Node("vector", str(name), matchers=matchers)


def _operator(op: Any) -> str:
    return {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}.get(str(op).rsplit(".", 1)[-1], "=")
