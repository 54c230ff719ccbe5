"""Reads JSON with a `query_block`: EXPLAIN of MySQL in version 1, EXPLAIN and ANALYZE of MariaDB.

Objects become steps: a table with its way of access, a sort, a temporary table, a join, a query block, a subquery.
MariaDB's `r_` figures were measured: `r_rows` are rows looked at in one loop and `r_filtered` per cent of them kept;
`r_table_time_ms` and `r_other_time_ms` are all loops together and a table's own. `r_total_time_ms` of a query block
holds what is below it; that of a filesort holds a table it reads itself, but not a temporary table it reads (seen with
10.11: 45.8 ms of a filesort are the 8.0 and 37.8 ms of its table).
"""

from __future__ import annotations

from typing import Any

from app.evidence.findings import phrase
from app.evidence.mysql_plan.tables import kind_of, measure_table
from app.evidence.plans.shape import blank_node, number, plan_of, short
from app.evidence.plans.strict import MAX_DEPTH, Refused, forbid_more

Facts = dict[str, Any]
Raw = dict[str, Any]

_STEPS = {
    "query_block": "Query block", "union_result": "Union", "unary_result": "Query block",
    "intersect_result": "Intersect", "except_result": "Except", "filesort": "Sort",
    "read_sorted_file": "Read sorted file",
    "ordering_operation": "Order", "grouping_operation": "Group", "duplicates_removal": "Remove duplicates",
    "temporary_table": "Temporary table", "buffer_result": "Buffer result", "windowing": "Window",
    "window_functions_computation": "Window functions", "block-nl-join": "Block nested loop join",
    "duplicates_removal_using_filesort": "Remove duplicates", "expression_cache": "Subquery cache",
    "materialized": "Materialize", "materialization": "Materialize", "materialized_from_subquery": "Materialize",
    "sort": "Sort", "insert_from": "Insert from", "range-checked-for-each-record": "Range checked for each record",
}  # fmt: skip
_SUBQUERIES = ("subqueries", "_subqueries")
_LISTS = ("nested_loop", "query_specifications", "sorts", "windows")


def read_document(value: Raw, line: int, last_line: int) -> Facts:
    """The facts of one plan. Raises `Refused`."""
    block = value.get("query_block")
    block = block[0] if isinstance(block, list) else block
    if not isinstance(block, dict):
        raise Refused("its query_block is no object")
    root = _built(block, line, last_line)
    _add_times(root)
    optimised = value.get("query_optimization")
    planning = number(optimised.get("r_total_time_ms")) if isinstance(optimised, dict) else None
    return plan_of("json", root, planning_ms=planning, execution_ms=_execution(block), last_line=last_line)


def _execution(block: Raw) -> float | None:
    return number(block.get("r_total_time_ms"))


def _built(block: Raw, line: int, last_line: int) -> Facts:
    """Steps from objects with a list of what waits: (object, key it stood under, its node's parent, depth)."""
    root = blank_node("Query block", line, last_line)
    _measure(root, block, "query_block")
    waiting, steps = [(block, root, 0)], 1
    while waiting:
        raw, node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH))
        for key, item, role in _parts(raw):
            child = blank_node(_STEPS.get(key, key), line, last_line)
            _measure(child, item, key)
            if role:
                child["subplan_name"], child["parent_relationship"] = role, "SubPlan"
            node["children"].append(child)
            waiting.append((item, child, depth + 1))
            steps += 1
            forbid_more(steps)
    return root


def _parts(raw: Raw) -> list[tuple[str, Raw, str]]:
    """The steps inside an object: (key, object, name of the subquery it is), in their order."""
    found: list[tuple[str, Raw, str]] = []
    waiting: list[tuple[str, Any, str]] = [(key, value, "") for key, value in reversed(list(raw.items()))]
    while waiting:
        key, value, role = waiting.pop()
        role = _role(key, value) or role
        if isinstance(value, list) and (key in _LISTS or key.endswith(_SUBQUERIES)):
            items = [(inner, item, role) for one in reversed(value) if isinstance(one, dict)
                     for inner, item in reversed(list(one.items()))]  # fmt: skip
            waiting += items
        elif isinstance(value, list) and is_step(key):
            waiting += [(key, one, role) for one in reversed(value)]
        elif isinstance(value, dict) and is_step(key):
            found.append((key, value, role))
        elif isinstance(value, dict) and any(is_step(inner) or inner in _LISTS for inner in value):
            waiting += [
                (inner, item, role) for inner, item in reversed(list(value.items()))
            ]  # a wrapper not known here
    return found


def is_step(key: str) -> bool:
    """True for a key that holds a step; MariaDB before 10.9 prints one of them several times in one object."""
    return key == "table" or key in _STEPS


def joined(key: str, first: Any, second: Any) -> Any:
    """All values of a key that holds steps, as a list; None for any other key that stands twice."""
    if not is_step(key):
        return None
    return [*first, second] if isinstance(first, list) else [first, second]


def _role(key: str, value: Any) -> str:
    """`select list subquery`, for lists that hold subqueries."""
    if not key.endswith(_SUBQUERIES) or not isinstance(value, list):
        return ""
    dependent = any(
        isinstance(one, dict) and (one.get("dependent") is True or "expression_cache" in one) for one in value
    )
    where = key.removesuffix("subqueries").strip("_").replace("_", " ")
    return f"{'dependent ' if dependent else ''}{where} subquery".replace("  ", " ").strip()


def _measure(node: Facts, raw: Raw, key: str) -> None:
    """The figures of one object."""
    if key == "table":
        node["node"] = node["title"] = kind_of(raw.get("access_type"), covers=raw.get("using_index") is True)
        measure_table(node, raw)
        return
    node["loops"] = number(raw.get("r_loops"))
    rows = raw.get("r_output_rows") if key == "filesort" else raw.get("r_rows")
    node["actual_rows"] = number(rows)
    if node["loops"] and node["actual_rows"] is not None:
        node["rows_total"] = round(node["loops"] * node["actual_rows"], 2)
    node["never_executed"] = node["loops"] == 0
    node["inclusive_ms"] = number(raw.get("r_total_time_ms"))
    _own_time(node, raw, key)
    cost = raw.get("cost_info")
    node["total_cost"] = _cost(raw.get("cost"), cost)
    for name, field in (
        ("attached_condition", "filter"),
        ("having_condition", "having"),
        ("sort_key", "sort_key"),
    ):
        if isinstance(raw.get(name), str):
            node["conditions"][field] = short(raw[name])
    if raw.get("using_filesort") is True or key == "filesort":
        _sorted(node, raw)
    if raw.get("using_temporary_table") is True or key in ("temporary_table", "materialized"):
        node["storage"]["type"] = "temporary table"


def _cost(cost: Any, info: Any) -> int | float | None:
    if number(cost) is not None:
        return number(cost)
    text = info.get("query_cost", info.get("sort_cost")) if isinstance(info, dict) else None
    try:
        return number(float(text)) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        return None


def _leave_to_the_sort(node: Facts) -> None:
    """What a table did beside reading, below a sort that reads it, was checking its rows and sorting them."""
    if node["node"] == "Sort" and node["inclusive_ms"] is not None:
        for child in node["children"]:
            other = child["io"].get("other_ms", 0.0) if child["relation"] else 0.0
            if other:
                child["exclusive_ms"] = child["inclusive_ms"] = round(child["inclusive_ms"] - other, 6)


def _own_time(node: Facts, raw: Raw, key: str) -> None:
    """A buffered join has time of its own; a filesort holds the table that it reads itself."""
    if key == "block-nl-join":
        parts = [number(raw.get(name)) for name in ("r_unpack_time_ms", "r_other_time_ms")]
        node["exclusive_ms"] = (
            sum(part or 0.0 for part in parts) if any(part is not None for part in parts) else None
        )
    elif key == "filesort" and "table" not in raw:
        node["exclusive_ms"], node["inclusive_ms"] = node["inclusive_ms"], None


def _sorted(node: Facts, raw: Raw) -> None:
    node["sort"]["method"] = "filesort"
    passes = number(raw.get("r_sort_passes"))
    if passes:
        node["sort"]["passes"], node["sort"]["space_type"] = passes, "Disk"


def _add_times(root: Facts) -> None:
    """Inclusive from exclusive or the other way round, from the leaves up."""
    order = [root]
    for node in order:  # grows while it is walked
        order += node["children"]
    for node in reversed(order):
        _leave_to_the_sort(node)
        known = [child["inclusive_ms"] for child in node["children"] if child["inclusive_ms"] is not None]
        below = sum(known)
        if node["inclusive_ms"] is not None:
            node["inclusive_ms"] = max(node["inclusive_ms"], 0.0)
            node["exclusive_ms"] = round(max(0.0, node["inclusive_ms"] - below), 6)
        elif node["exclusive_ms"] is not None or known:
            node["exclusive_ms"] = node["exclusive_ms"] or 0.0
            node["inclusive_ms"] = round(node["exclusive_ms"] + below, 6)
        for place, pages in list(node["buffers"].items()) if node["relation"] else []:
            root["buffers"][place] = root["buffers"].get(place, 0) + pages if node is not root else pages
