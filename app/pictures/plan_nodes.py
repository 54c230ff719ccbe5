"""Nodes of a stored plan, read with care: facts may come from an older checker, and a hostile plan may be deep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.pictures.numbers import at, count, items, number, positive, three
from app.pictures.words import _

LONGEST = 140
"""Characters of a condition that are shown; the raw lines have the rest."""
MOST_NODES = 5_000

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
    name, title = (
        text(node.get("subplan_name")),
        text(node.get("title")) or text(node.get("node")) or _("Step"),
    )
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
        return (_("never executed"),)
    return (*_conditions(node), *_removed(node), *_sort(node), *_workers(node), *_blocks(node))


def _conditions(node: Node) -> list[str]:
    names = {
        "index_cond": _("index condition"),
        "hash_cond": _("hash condition"),
        "merge_cond": _("merge condition"),
        "join_filter": _("join filter"),
        "filter": _("filter"),
        "sort_key": _("sort key"),
        "group_key": _("group key"),
    }
    return [f"{name} {shown}" for key, name in names.items() if (shown := text(at(node, "conditions", key)))]


def _removed(node: Node) -> list[str]:
    removed = positive(node.get("rows_removed_by_filter"))
    if not removed:
        return []
    if (positive(node.get("loops")) or 1) > 1:
        return [_("%(count)s rows removed by the filter in each loop", count=count(removed))]
    return [_("%(count)s rows removed by the filter", count=count(removed))]


def _sort(node: Node) -> list[str]:
    method, size = text(at(node, "sort", "method")), positive(at(node, "sort", "space_kb"))
    if not method:
        return []
    if size is None:
        return [method]
    if at(node, "sort", "space_type") == "Disk":
        return [_("%(method)s, %(size)s kB on disk", method=method, size=count(size))]
    return [_("%(method)s, %(size)s kB in memory", method=method, size=count(size))]


def _workers(node: Node) -> list[str]:
    planned, launched = (number(at(node, "workers", key)) for key in ("planned", "launched"))
    if planned is None or launched is None:
        return []
    return [
        _(
            "%(launched)s of %(planned)s workers launched",
            launched=count(launched),
            planned=count(planned),
        )
    ]


def _blocks(node: Node) -> list[str]:
    hit, read, temporary = (
        positive(at(node, "buffers", key)) for key in ("shared_hit", "shared_read", "temp_written")
    )
    said = [
        _("%(count)s from cache", count=count(hit)) if hit else "",
        _("%(count)s read", count=count(read)) if read else "",
        _("%(count)s written to temporary files", count=count(temporary)) if temporary else "",
    ]
    known = ", ".join(filter(None, said))
    return [_("blocks: %(known)s", known=known)] if known else []


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
    if high / low < 10:
        return ""
    if actual > planned:
        return _("%(times)s times more than estimated", times=three(high / low))
    return _("%(times)s times fewer than estimated", times=three(high / low))
