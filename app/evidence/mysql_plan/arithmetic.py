"""Inclusive and exclusive milliseconds of MySQL's steps, and the rows a filter threw away.

TREE and JSON (version 2) print the average of one loop, as PostgreSQL does: a step's time is that of its last row times
its loops, and holds the time of the steps below it. Subqueries in the select list run while rows are sent, outside of
the steps they are printed beside. Exclusive is never below zero: printed averages are rounded.
"""

from __future__ import annotations

from typing import Any

from app.evidence.plans.shape import walk

Facts = dict[str, Any]


def add_times(root: Facts) -> None:
    """Write `inclusive_ms`, `exclusive_ms`, `rows_total` and the filters' lost rows into every node."""
    nodes = list(walk(root))
    for node in nodes:
        _own(node)
    for node in reversed(nodes):
        _hold_what_was_made(node)
    for node in nodes:
        inside = [child for child in node["children"] if not is_beside(child)]
        if node["inclusive_ms"] is not None:
            below = sum(child["inclusive_ms"] or 0.0 for child in inside)
            node["exclusive_ms"] = round(max(0.0, node["inclusive_ms"] - below), 6)
        if node["node"] == "Filter" and inside:
            _lost(node, inside[0])
            node["title"] = f"Filter on {inside[0]['relation']}" if inside[0]["relation"] else "Filter"
        node["full_scan"] = node["node"] == "Table scan" and not node["children"] and _is_table(node)


def is_beside(child: Facts) -> bool:
    """True for a subquery that runs while the rows are sent."""
    return "projection" in (child["subplan_name"] or "")


def _is_table(node: Facts) -> bool:
    return bool(node["relation"]) and not node["relation"].startswith("<")


def _own(node: Facts) -> None:
    loops, rows, total = node["loops"], node["actual_rows"], node["actual_total_ms"]
    if node["never_executed"]:
        node["rows_total"], node["inclusive_ms"], node["actual_rows"], node["loops"] = 0, 0.0, 0, 0
    elif loops is not None:
        node["rows_total"] = None if rows is None else round(rows * loops, 2)
        node["inclusive_ms"] = None if total is None else round(total * loops, 6)


def _hold_what_was_made(node: Facts) -> None:
    """Early versions of 8.0 print the scan of a temporary table without the time it took to fill it."""
    filled = sum(child["inclusive_ms"] or 0.0 for child in node["children"] if child["subplan_name"] is None)
    if node["relation"] and node["inclusive_ms"] is not None and filled > node["inclusive_ms"]:
        node["inclusive_ms"] = round(node["inclusive_ms"] + filled, 6)


def _lost(node: Facts, child: Facts) -> None:
    given, kept, loops = child["rows_total"], node["rows_total"], node["loops"]
    if given is not None and kept is not None and loops:
        node["rows_removed_by_filter"] = round(max(0.0, given - kept) / loops, 2)
