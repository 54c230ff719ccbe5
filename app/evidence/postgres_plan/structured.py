"""Reads FORMAT JSON wherever it stands in a text: bare, in an array, logged by auto_explain, with prose around it.

Refused in words: NaN and infinities, one key twice, numbers no server prints, nesting no plan has.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from app.evidence.postgres_plan.headers import Raw

MAX_DEPTH = 200
_START = re.compile(r'(?:\[\s{0,200})?\{\s{0,200}"(?:Plan|Query Text|Query Parameters)"\s{0,20}:')
_DURATION = re.compile(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:\s{0,20}\Z")
_NODE = re.compile(r'"Node Type"\s{0,20}:')
MOST_PLANS = 200  # of one file; a log may hold thousands


class Refused(ValueError):
    """The JSON is there and cannot be trusted or read; the text says why."""


def looks_like_json(text: str) -> bool:
    return _START.search(text) is not None


def read_json(text: str) -> list[Raw]:
    """Every plan of the text, in its order. Raises `Refused`."""
    plans: list[Raw] = []
    at = 0
    while (match := _START.search(text, at)) and len(plans) < MOST_PLANS:
        value, end = _decode(text, match.start())
        found = [plan for plan in (value if isinstance(value, list) else [value]) if _is_plan(plan)]
        line, last = text.count("\n", 0, match.start()) + 1, text.count("\n", 0, end) + 1
        logged = _DURATION.search(text, max(at, match.start() - 80), match.start())
        for plan in found:
            _forbid_depth(plan["Plan"])
            plan["Line"], plan["Last Line"] = line, last
            if logged:
                plan["Duration"] = float(logged[1])
        _number_lines(text, match.start(), end, line, [plan["Plan"] for plan in found])
        plans += found
        at = end
    return plans


def _is_plan(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Plan"), dict)


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError as error:
        raise Refused(f"it nests deeper than {MAX_DEPTH} levels") from error
    except Refused:
        raise
    except ValueError as error:
        raise Refused(_reason(error)) from error


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
    return "it holds a number that no server prints"


def _pairs(pairs: list[tuple[str, Any]]) -> Raw:
    """An object without repeated keys. Servers before 13 do print "Workers" twice: those are joined."""
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    joined: Raw = {}
    for key, item in pairs:
        if key not in joined:
            joined[key] = item
        elif key == "Workers" and isinstance(item, list) and isinstance(joined[key], list):
            joined[key] = _joined_workers(joined[key], item)
        else:
            raise Refused(f"the key “{key[:60]}” stands twice in one object")
    return joined


def _joined_workers(first: list[Any], second: list[Any]) -> list[Any]:
    by_number: dict[Any, Raw] = {}
    for worker in first + second:
        if isinstance(worker, dict):
            by_number.setdefault(str(worker.get("Worker Number")), {}).update(worker)
    return list(by_number.values())


def _constant(name: str) -> Any:
    raise Refused(f"it holds {name}, which is no number")


def _whole(text: str) -> int:
    if len(text) > 20:
        raise Refused("it holds a number that no server prints")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > 1e20:
        raise Refused("it holds a number that no server prints")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
)


def _forbid_depth(root: Raw) -> None:
    """Refuse trees that later steps, which recurse, could not walk."""
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        below = [node.get("Plans") for node in level if isinstance(node, dict)]
        level = [child for plans in below if isinstance(plans, list) for child in plans]
        if not level:
            return
    raise Refused(f"it nests deeper than {MAX_DEPTH} levels")


def _number_lines(text: str, start: int, end: int, line: int, roots: list[Raw]) -> None:
    """Give each node the line of its "Node Type", which the server prints first, when every node can be told."""
    nodes = [node for root in roots for node in _in_order(root)]
    marks = [match.start() for match in _NODE.finditer(text, start, end)]
    if len(marks) != len(nodes):
        return
    at = start
    for node, mark in zip(nodes, marks, strict=True):
        line += text.count("\n", at, mark)
        node["Line"] = node["Last Line"] = line
        at = mark


def _in_order(root: Raw) -> list[Raw]:
    """Nodes as they are printed; "Plans" is the last key of every node."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        plans = node.get("Plans")
        if isinstance(plans, list):
            waiting += [child for child in reversed(plans) if isinstance(child, dict)]
    return found
