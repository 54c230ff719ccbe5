"""How much work a plan shows, in figures that two plans of one query can be compared by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.evidence.findings import phrase
from app.evidence.plans.shape import walk

Facts = dict[str, Any]

SAME_WORK = 0.10  # blocks or rows touched may differ by this share and still be the same work


def total_ms(plan: Mapping[str, Any]) -> float | None:
    """What the plan says the query took: Execution Time, else the log's duration, else its first step."""
    for value in (plan["execution_ms"], plan["duration_ms"], plan["root"]["inclusive_ms"]):
        if value is not None:
            return float(value)
    return None


def same_work(before: Facts, after: Facts) -> bool:
    """The same steps over the same number of blocks, in memory or on disk alike."""
    old, new = touched(before), touched(after)
    if bool(before["root"]["buffers"]) != bool(after["root"]["buffers"]):
        return False
    same_blocks = old > 0 and abs(old - new) <= SAME_WORK * old
    return same_blocks and shape(before) == shape(after) and bool(spilled(before)) == bool(spilled(after))


def touched(plan: Facts) -> float:
    """Blocks, in memory or not; where blocks are not counted, the rows that its tables' steps looked at."""
    blocks = plan["root"]["buffers"]
    if blocks:
        return float(blocks.get("shared_hit", 0) + blocks.get("shared_read", 0))
    nodes = (node for node in walk(plan["root"]) if node["relation"] and node["actual_rows"] is not None)
    return float(sum(rows_looked_at(node) * (node["loops"] or 0) for node in nodes))


def rows_looked_at(node: Facts) -> float:
    """Rows one loop of a table's step took into its hands."""
    if node.get("rows_read") is not None:
        return float(node["rows_read"])
    return float((node["actual_rows"] or 0) + (node["rows_removed_by_filter"] or 0))


def shape(plan: Facts) -> list[tuple[Any, ...]]:
    """The steps of a plan, in their order, without figures."""
    return [
        (
            node["title"],
            node["relation"],
            node["index"],
            len(node["children"]),
            node["conditions"].get("filter"),
        )
        for node in walk(plan["root"])
    ]


def spilled(plan: Facts) -> str:
    """What sorts, aggregates and hashes put on disk, in words; empty when all of it fitted in memory."""
    kb, passes = 0.0, 0
    for node in walk(plan["root"]):
        if node["sort"].get("space_type") == "Disk":
            kb += node["sort"].get("space_kb") or 0
            passes = max(passes, node["sort"].get("passes") or 0)
        kb += node["aggregate"].get("disk_kb") or 0
        if (node["hash"].get("batches") or 0) > 1:
            kb += 8 * node["buffers"].get("temp_written", 1)
    return (
        phrase("{kb:,.0f} kB went there", kb=kb)
        if kb
        else phrase("a sort took {passes:,.0f} passes over it", passes=passes)
        if passes
        else ""
    )


def removed(plan: Facts) -> float:
    """Rows read in vain, in all loops."""
    return float(
        sum(
            ((node["rows_removed_by_filter"] or 0) + (node["rows_removed_by_join_filter"] or 0))
            * (node["loops"] or 0)
            for node in walk(plan["root"])
        )
    )
