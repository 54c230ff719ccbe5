"""Where each key of FORMAT JSON goes in a node's facts: (section or "", field, whether a zero says nothing).

TEXT prints no zero for buffers, timings and removed rows; JSON does. Dropping them keeps both alike.
"""

from __future__ import annotations


def _blocks() -> dict[str, tuple[str, str, bool]]:
    places = ("Shared", "Local", "Temp")
    verbs = ("Hit", "Read", "Dirtied", "Written")
    return {
        f"{place} {verb} Blocks": ("buffers", f"{place.lower()}_{verb.lower()}", True)
        for place in places
        for verb in verbs
    }


def _io() -> dict[str, tuple[str, str, bool]]:
    return {
        f"{place}I/O {verb} Time": ("io", f"{place.lower().replace(' ', '_')}{verb.lower()}_ms", True)
        for place in ("", "Shared ", "Local ", "Temp ")
        for verb in ("Read", "Write")
    }


PLACES: dict[str, tuple[str, str, bool]] = {
    "Relation Name": ("", "relation", False),
    "Schema": ("", "schema", False),
    "Alias": ("", "alias", False),
    "Index Name": ("", "index", False),
    "Function Name": ("", "function", False),
    "Table Function Name": ("", "function", False),
    "CTE Name": ("", "cte", False),
    "Tuplestore Name": ("", "cte", False),
    "Join Type": ("", "join_type", False),
    "Strategy": ("", "strategy", False),
    "Operation": ("", "operation", False),
    "Partial Mode": ("", "partial_mode", False),
    "Subplan Name": ("", "subplan_name", False),
    "Parallel Aware": ("", "parallel_aware", False),
    "Disabled": ("", "disabled", False),
    "Startup Cost": ("", "startup_cost", False),
    "Total Cost": ("", "total_cost", False),
    "Plan Rows": ("", "plan_rows", False),
    "Plan Width": ("", "plan_width", False),
    "Actual Startup Time": ("", "actual_startup_ms", False),
    "Actual Total Time": ("", "actual_total_ms", False),
    "Actual Rows": ("", "actual_rows", False),
    "Actual Loops": ("", "loops", False),
    "Rows Removed by Filter": ("", "rows_removed_by_filter", True),
    "Rows Removed by Join Filter": ("", "rows_removed_by_join_filter", True),
    "Rows Removed by Index Recheck": ("", "rows_removed_by_index_recheck", True),
    "Rows Removed by Conflict Filter": ("", "rows_removed_by_conflict_filter", True),
    "Heap Fetches": ("", "heap_fetches", False),
    "Index Searches": ("", "index_searches", False),
    "Workers Planned": ("workers", "planned", False),
    "Workers Launched": ("workers", "launched", False),
    "Sort Method": ("sort", "method", False),
    "Sort Space Used": ("sort", "space_kb", False),
    "Sort Space Type": ("sort", "space_type", False),
    "Hash Buckets": ("hash", "buckets", False),
    "Original Hash Buckets": ("hash", "original_buckets", False),
    "Hash Batches": ("hash", "batches", False),
    "Original Hash Batches": ("hash", "original_batches", False),
    "Peak Memory Usage": ("hash", "memory_kb", True),
    "HashAgg Batches": ("aggregate", "batches", True),
    "Disk Usage": ("aggregate", "disk_kb", True),
    "Planned Partitions": ("aggregate", "planned_partitions", True),
    "Cache Hits": ("memoize", "hits", False),
    "Cache Misses": ("memoize", "misses", False),
    "Cache Evictions": ("memoize", "evictions", False),
    "Cache Overflows": ("memoize", "overflows", False),
    "Exact Heap Blocks": ("heap_blocks", "exact", True),
    "Lossy Heap Blocks": ("heap_blocks", "lossy", True),
    "Storage": ("storage", "type", False),
    "Maximum Storage": ("storage", "max_kb", False),
    "WAL Records": ("wal", "records", True),
    "WAL FPI": ("wal", "fpi", True),
    "WAL Bytes": ("wal", "bytes", True),
    "WAL Buffers Full": ("wal", "buffers_full", True),
    "Subplans Removed": ("extra", "Subplans Removed", True),
    "Tuples Inserted": ("extra", "Tuples Inserted", True),
    "Tuples Updated": ("extra", "Tuples Updated", True),
    "Tuples Deleted": ("extra", "Tuples Deleted", True),
    "Tuples Skipped": ("extra", "Tuples Skipped", True),
    "Conflicting Tuples": ("extra", "Conflicting Tuples", True),
    "Foreign File Size": ("extra", "Foreign File Size", True),
    **_blocks(),
    **_io(),
}

CONDITIONS = {
    name: name.lower().replace("-", "_").replace(" ", "_")
    for name in (
        "Index Cond", "Recheck Cond", "TID Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond",
        "One-Time Filter", "Order By", "Function Call", "Table Function Call", "Run Condition", "Conflict Filter",
        "Conflict Resolution", "Conflict Arbiter Indexes", "Cache Key", "Cache Mode", "Sort Key", "Presorted Key",
        "Group Key", "Output", "Remote SQL", "Relations", "Window",
    )
}  # fmt: skip

SILENT = frozenset((
    "Node Type", "Plans", "Workers", "Target Tables", "Grouping Sets", "Keys", "Line", "Last Line", "Scan Direction",
    "Parent Relationship", "Inner Unique", "Single Copy", "Async Capable", "Params Evaluated", "Full-sort Groups",
    "Pre-sorted Groups", "Custom Plan Provider", "Command", "JIT", "Sampling", "Sampling Method",
    "Sampling Parameters", "Repeatable Seed", "Worker Number",
))  # fmt: skip
