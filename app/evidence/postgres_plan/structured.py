"""Reads FORMAT JSON wherever it stands in a text: bare, in an array, logged by auto_explain, with prose around it."""

from __future__ import annotations

from typing import Any

from app.evidence.patterns import lazy
from app.evidence.plans.strict import MAX_DEPTH, Refused, decode, decoder, forbid_depth
from app.evidence.postgres_plan.headers import Raw

__all__ = ["MAX_DEPTH", "MOST_PLANS", "Refused", "is_plan", "joined_workers", "looks_like_json", "read_json"]

_START = lazy(r'(?:\[\s{0,200})?\{\s{0,200}"(?:Plan|Query Text|Query Parameters)"\s{0,20}:')
_DURATION = lazy(r"duration: ([0-9]{1,12}(?:\.[0-9]{1,6})?) ms  plan:\s{0,20}\Z")
_NODE = lazy(r'"Node Type"\s{0,20}:')
MOST_PLANS = 200  # of one file; a log may hold thousands


def looks_like_json(text: str) -> bool:
    return _START.search(text) is not None


def read_json(text: str) -> list[Raw]:
    """Every plan of the text, in its order. Raises `Refused`."""
    plans: list[Raw] = []
    at = 0
    while (match := _START.search(text, at)) and len(plans) < MOST_PLANS:
        value, end = decode(text, match.start(), _DECODER)
        found = [plan for plan in (value if isinstance(value, list) else [value]) if is_plan(plan)]
        line, last = text.count("\n", 0, match.start()) + 1, text.count("\n", 0, end) + 1
        logged = _DURATION.search(text, max(at, match.start() - 80), match.start())
        for plan in found:
            forbid_depth(plan["Plan"], steps_below)
            plan["Line"], plan["Last Line"] = line, last
            if logged:
                plan["Duration"] = float(logged[1])
        _number_lines(text, match.start(), end, line, [plan["Plan"] for plan in found])
        plans += found
        at = end
    return plans


def is_plan(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Plan"), dict)


def steps_below(node: Any) -> list[Any]:
    """The steps right below one, whatever the text put there."""
    plans = node.get("Plans") if isinstance(node, dict) else None
    return plans if isinstance(plans, list) else []


def joined_workers(key: str, first: Any, second: Any) -> Any:
    """Servers before 13 print "Workers" twice: those are joined; no other key may stand twice."""
    if key != "Workers" or not isinstance(first, list) or not isinstance(second, list):
        return None
    by_number: dict[Any, Raw] = {}
    for worker in first + second:
        if isinstance(worker, dict):
            by_number.setdefault(str(worker.get("Worker Number")), {}).update(worker)
    return list(by_number.values())


_DECODER = decoder(joined_workers)


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
        waiting += [child for child in reversed(steps_below(node)) if isinstance(child, dict)]
    return found
