"""Nodes of a stored plan, read with care: facts may come from an older checker, and a hostile plan may be deep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.pictures.numbers import at, count, items, number, positive, three

LONGEST = 140
"""Characters of a condition that are shown; the raw lines have the rest."""
MOST_NODES = 5_000
SHOWN_CONDITIONS = (
    ("index_cond", "index condition"),
    ("hash_cond", "hash condition"),
    ("merge_cond", "merge condition"),
    ("join_filter", "join filter"),
    ("filter", "filter"),
    ("sort_key", "sort key"),
    ("group_key", "group key"),
)

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A node where it stands: how deep, and the position of its parent in the walk (-1 for the root)."""

    node: Node
    depth: int
    parent: int


def walk(root: object) -> list[Place]:
    """The nodes as EXPLAIN prints them; at most MOST_NODES."""
    found: list[Place] = []
    waiting: list[tuple[object, int, int]] = [(root, 0, -1)]
    while waiting and len(found) < MOST_NODES:
        node, depth, parent = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        found.append(Place(node, depth, parent))
        here = len(found) - 1
        waiting += [(child, depth + 1, here) for child in reversed(items(node.get("children")))]
    return found


def slowest(facts: Mapping[str, Any]) -> Node | None:
    """The plan that took longest, of the several a file may hold; None when there is none with a tree."""
    plans = [plan for plan in items(facts.get("plans")) if isinstance(at(plan, "root"), Mapping)]
    return max(plans, key=lambda plan: total_ms(plan) or 0.0, default=None)


def total_ms(plan: Node) -> float | None:
    """Execution Time, else the log's duration, else the time of the first step."""
    known = (plan.get("execution_ms"), plan.get("duration_ms"), at(plan, "root", "inclusive_ms"))
    return next((found for value in known if (found := positive(value)) is not None), None)


def text(value: object, longest: int = LONGEST) -> str:
    if not isinstance(value, str):
        return ""
    return value if len(value) <= longest else f"{value[: longest - 1]}…"


def heading(node: Node) -> str:
    """`InitPlan 1: Index Scan using orders_pkey on orders o`, much as TEXT prints it."""
    name, title = text(node.get("subplan_name")), text(node.get("title")) or text(node.get("node")) or "Step"
    index, relation, alias = (text(node.get(key)) for key in ("index", "relation", "alias"))
    words = [f"{name}: {title}" if name else title]
    if index:
        words.append(f"using {index}" if relation else f"on {index}")
    if relation:
        words.append(f"on {relation}" if alias in ("", relation) else f"on {relation} {alias}")
    return " ".join(words)


def details(node: Node) -> tuple[str, ...]:
    """What explains the time of a step: conditions, rows removed, sort, workers, blocks."""
    if node.get("never_executed") is True:
        return ("never executed",)
    found = [
        f"{words} {text(value)}"
        for key, words in SHOWN_CONDITIONS
        if text(value := at(node, "conditions", key))
    ]
    if removed := positive(node.get("rows_removed_by_filter")):
        found.append(f"{count(removed)} rows removed by the filter{_each(node)}")
    return (*found, *_sort(node), *_workers(node), *_blocks(node))


def _each(node: Node) -> str:
    return " in each loop" if (positive(node.get("loops")) or 1) > 1 else ""


def _sort(node: Node) -> list[str]:
    method, size = text(at(node, "sort", "method")), positive(at(node, "sort", "space_kb"))
    if not method:
        return []
    where = "on disk" if at(node, "sort", "space_type") == "Disk" else "in memory"
    return [method if size is None else f"{method}, {count(size)} kB {where}"]


def _workers(node: Node) -> list[str]:
    planned, launched = (number(at(node, "workers", key)) for key in ("planned", "launched"))
    if planned is None or launched is None:
        return []
    return [f"{count(launched)} of {count(planned)} workers launched"]


def _blocks(node: Node) -> list[str]:
    kinds = (
        ("shared_hit", "from cache"),
        ("shared_read", "read"),
        ("temp_written", "written to temporary files"),
    )
    known = [(positive(at(node, "buffers", key)), words) for key, words in kinds]
    said = ", ".join(f"{count(blocks)} {words}" for blocks, words in known if blocks)
    return [f"blocks: {said}"] if said else []


def ran(node: Node) -> bool:
    """Whether the step shows that the query was run; some tables count rows and no loops."""
    return node.get("loops") is not None or node.get("actual_rows") is not None


def misjudged(node: Node) -> str:
    """How far the estimate was off when that is tenfold or more; rows are counted for one loop, never below one.

    Where rows are also counted before the condition (MariaDB), those are compared: the estimate knows no more.
    """
    actual, planned = positive(node.get("rows_read")), positive(node.get("plan_rows_read"))
    if actual is None or planned is None:
        actual, planned = positive(node.get("actual_rows")), positive(node.get("plan_rows"))
    if actual is None or planned is None or node.get("never_executed") is True:
        return ""
    low, high = sorted((max(actual, 1.0), max(planned, 1.0)))
    way = "more" if actual > planned else "fewer"
    return f"{three(high / low)} times {way} than estimated" if high / low >= 10 else ""
