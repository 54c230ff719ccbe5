"""The one shape of a plan, whatever database printed it; what a database does not say is null, empty or false.

A plan: format, query, query_id, root (a node), planning_ms, execution_ms, duration_ms (of a log), fragment, analyzed
(it was run and counted), timing (it was timed), buffers (blocks were counted), settings, planning, jit, serialization,
triggers, indexes ([{index, table}] that it uses), version_hint, line, last_line.

A node: node (the step's kind), title (as it is printed), relation, alias, schema, index, function, cte, join_type,
strategy, operation, full_scan (it reads all of its table), startup_cost, total_cost, plan_rows, actual_rows (rows it
gave up in one loop), loops, rows_total (in all loops), rows_read and plan_rows_read (rows looked at in one loop before
any condition, where the database counts them apart), inclusive_ms, exclusive_ms (of all loops, see each kind's
arithmetic), rows_removed_by_… (in one loop), conditions, buffers (blocks; pages for MariaDB), io, wal, sort, hash,
aggregate, memoize, heap_blocks, storage, workers, heap_fetches, index_searches, possible_keys, extra, targets, line,
last_line, children.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Facts = dict[str, Any]

LONGEST = 4000  # characters kept of a condition, an output list or a query


_BLANK: Facts = {
    "node": "", "title": "", "relation": None, "alias": None, "schema": None, "index": None, "function": None,
    "cte": None, "join_type": None, "strategy": None, "operation": None, "partial_mode": None,
    "parent_relationship": None, "subplan_name": None, "parallel_aware": False, "backward": False,
    "disabled": False, "full_scan": False, "startup_cost": None, "total_cost": None, "plan_rows": None,
    "plan_width": None, "actual_startup_ms": None, "actual_total_ms": None, "actual_rows": None, "loops": None,
    "never_executed": False, "exclusive_ms": None, "inclusive_ms": None, "rows_total": None, "rows_read": None,
    "plan_rows_read": None, "rows_removed_by_filter": None, "rows_removed_by_join_filter": None,
    "rows_removed_by_index_recheck": None, "rows_removed_by_conflict_filter": None,
    "conditions": None, "buffers": None, "io": None, "wal": None, "sort": None, "hash": None, "aggregate": None,
    "memoize": None, "heap_blocks": None, "storage": None, "workers": None, "heap_fetches": None,
    "index_searches": None, "possible_keys": None, "extra": None, "targets": None, "line": None,
    "last_line": None, "children": None,
}  # fmt: skip


def blank_node(kind: str, line: int | None = None, last_line: int | None = None) -> Facts:
    """A node that says nothing yet: a copy, since a literal of so many keys takes ten times as long."""
    node = _BLANK.copy()
    node["node"] = node["title"] = kind
    node["line"], node["last_line"] = line, last_line
    node["conditions"], node["buffers"], node["io"], node["wal"], node["sort"], node["hash"] = (
        {},
        {},
        {},
        {},
        {},
        {},
    )
    node["aggregate"], node["memoize"], node["heap_blocks"], node["storage"], node["extra"] = (
        {},
        {},
        {},
        {},
        {},
    )
    node["possible_keys"], node["targets"], node["children"] = [], [], []
    node["workers"] = {"planned": None, "launched": None, "details": []}
    return node


def plan_of(form: str, root: Facts, **known: Any) -> Facts:
    """A plan around its tree; `known` is what stands beside the tree."""
    nodes = list(walk(root))
    blank = {
        "format": form, "query": None, "query_id": None, "root": root, "planning_ms": None, "execution_ms": None,
        "duration_ms": None, "fragment": False, "analyzed": any(node["actual_rows"] is not None for node in nodes),
        "timing": any(node["inclusive_ms"] is not None and not node["never_executed"] for node in nodes),
        "buffers": any(node["buffers"] for node in nodes), "settings": {}, "planning": {"buffers": {}, "io": {}},
        "jit": {}, "serialization": {}, "triggers": [], "indexes": indexes(nodes), "version_hint": None,
        "line": root["line"], "last_line": max((node["last_line"] or 0 for node in nodes), default=0) or None,
    }  # fmt: skip
    return blank | known


def walk(root: Facts) -> Iterator[Facts]:
    """The node and all below it, as they are printed."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node["children"])


def indexes(nodes: list[Facts]) -> list[Facts]:
    """Which indexes serve which tables, each pair once; those of a bitmap stand below their table."""
    found: dict[tuple[str, str | None], None] = {}
    table: str | None = None
    for node in nodes:
        table = node["relation"] or table
        if node["index"]:
            found[node["index"], node["relation"] or table] = None
    return [{"index": index, "table": name} for index, name in found]


def name(node: Mapping[str, Any]) -> str:
    """`Seq Scan on orders`, `Index Scan using orders_pkey on orders`."""
    title = str(node["title"])
    if node["index"]:
        title += f" using {node['index']}"
    target = node["relation"] or node["cte"] or node["function"]
    return f"{title} on {target}" if target else title


def short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def number(value: Any) -> int | float | None:
    """The value if it is a number that can be stored as JSON."""
    return value if type(value) in (int, float) and abs(value) < 1e300 else None
