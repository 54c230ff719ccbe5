"""Reads EXPLAIN FORMAT=JSON of MySQL 8.3 and later in its version 2: the same steps as TREE, as nested objects.

`inputs` are the steps below, `inputs_from_select_list` the subqueries that run while rows are sent. Figures are
averages of one loop; null where a step never ran (sql/join_optimizer/explain_access_path.cc).
"""

from __future__ import annotations

from typing import Any

from app.evidence.mysql_plan.operations import step
from app.evidence.mysql_plan.tree import with_times
from app.evidence.plans.shape import number, plan_of, short
from app.evidence.plans.strict import MAX_DEPTH, forbid_depth

Facts = dict[str, Any]
Raw = dict[str, Any]

_NAMES = {"table_name": "relation", "alias": "alias", "index_name": "index", "schema_name": "schema"}
_CONDITIONS = {
    "condition": "filter",
    "lookup_condition": "index_cond",
    "pushed_index_condition": "pushed_cond",
}


def is_iterator(value: Any) -> bool:
    """True for a plan of this version, bare or under `query_plan`."""
    root = _root(value)
    return isinstance(root.get("operation"), str) and (
        "inputs" in root or "access_type" in root or "estimated_rows" in root or "query_type" in root
    )


def read_iterators(value: Raw, line: int, last_line: int) -> Facts:
    """The facts of one plan. Raises `Refused`."""
    root = _root(value)
    forbid_depth(root, lambda raw: [raw for raw, _ in _below(raw)], MAX_DEPTH)
    tree = with_times(_node(root, line, last_line))
    query = value.get("query")
    return plan_of("json", tree, query=short(query) if isinstance(query, str) else None, last_line=last_line)


def _root(value: Any) -> Raw:
    inner = value.get("query_plan") if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else value if isinstance(value, dict) else {}


def _below(raw: Any) -> list[tuple[Raw, bool]]:
    """The steps below one, and whether each belongs to the select list."""
    if not isinstance(raw, dict):
        return []
    lists = [
        (key, value) for key, value in raw.items() if key.startswith("inputs") and isinstance(value, list)
    ]
    return [(item, "select_list" in key) for key, value in lists for item in value if isinstance(item, dict)]


def _node(raw: Raw, line: int, last_line: int) -> Facts:
    """One step and, below it, its children; the depth was bounded before."""
    node = step(_text(raw.get("operation")) or "Step", line)
    node["last_line"] = last_line
    for key, field in (
        ("table_name", "relation"),
        ("alias", "alias"),
        ("index_name", "index"),
        ("schema_name", "schema"),
    ):
        if isinstance(raw.get(key), str):
            node[field] = raw[key]
    for key, field in _CONDITIONS.items():
        if isinstance(raw.get(key), str):
            node["conditions"][field] = short(raw[key])
    _measure(node, raw)
    for child, is_selected in _below(raw):
        below = _node(child, line, last_line)
        if is_selected and not below["subplan_name"]:
            below["subplan_name"], below["parent_relationship"] = "subquery in projection", "SubPlan"
        node["children"].append(below)
    return node


def _measure(node: Facts, raw: Raw) -> None:
    heading = _text(raw.get("heading"))
    if raw.get("subquery") is True or heading.startswith("Select #"):
        place = _text(raw.get("subquery_location"))
        node["subplan_name"], node["parent_relationship"] = heading or f"subquery in {place}", "SubPlan"
    elif heading:
        node["extra"]["Role"] = heading
    node["startup_cost"] = number(raw.get("estimated_first_row_cost"))
    node["total_cost"] = number(raw.get("estimated_total_cost"))
    node["plan_rows"] = number(raw.get("estimated_rows"))
    if "actual_loops" not in raw:
        return
    node["loops"], node["actual_rows"] = number(raw["actual_loops"]), number(raw.get("actual_rows"))
    node["never_executed"] = not node["loops"]
    node["actual_startup_ms"] = number(raw.get("actual_first_row_ms"))
    node["actual_total_ms"] = number(raw.get("actual_last_row_ms"))


def _text(value: Any) -> str:
    return short(value) if isinstance(value, str) else ""
