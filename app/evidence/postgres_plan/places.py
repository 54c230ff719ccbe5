"""Where each key of FORMAT JSON goes in a node's facts: section or "", field, types, whether a zero says nothing.

TEXT prints no zero for buffers, timings and removed rows; JSON does. Dropping them keeps both alike. A value of another
type than the field's is dropped too.
"""

from __future__ import annotations

Types = frozenset[type]
Place = tuple[str, str, Types, bool]

NUMBER: Types = frozenset((int, float))
TEXT: Types = frozenset((str,))
FLAG: Types = frozenset((bool,))


def _blocks() -> dict[str, Place]:
    places = ("Shared", "Local", "Temp")
    verbs = ("Hit", "Read", "Dirtied", "Written")
    return {
        f"{place} {verb} Blocks": ("buffers", f"{place.lower()}_{verb.lower()}", NUMBER, True)
        for place in places
        for verb in verbs
    }


def _io() -> dict[str, Place]:
    return {
        f"{place}I/O {verb} Time": ("io", f"{place.lower().replace(' ', '_')}{verb.lower()}_ms", NUMBER, True)
        for place in ("", "Shared ", "Local ", "Temp ")
        for verb in ("Read", "Write")
    }


PLACES: dict[str, Place] = {
    "Relation Name": ("", "relation", TEXT, False),
    "Schema": ("", "schema", TEXT, False),
    "Alias": ("", "alias", TEXT, False),
    "Index Name": ("", "index", TEXT, False),
    "Function Name": ("", "function", TEXT, False),
    "Table Function Name": ("", "function", TEXT, False),
    "CTE Name": ("", "cte", TEXT, False),
    "Tuplestore Name": ("", "cte", TEXT, False),
    "Join Type": ("", "join_type", TEXT, False),
    "Strategy": ("", "strategy", TEXT, False),
    "Operation": ("", "operation", TEXT, False),
    "Partial Mode": ("", "partial_mode", TEXT, False),
    "Subplan Name": ("", "subplan_name", TEXT, False),
    "Parallel Aware": ("", "parallel_aware", FLAG, True),
    "Disabled": ("", "disabled", FLAG, True),
    "Startup Cost": ("", "startup_cost", NUMBER, False),
    "Total Cost": ("", "total_cost", NUMBER, False),
    "Plan Rows": ("", "plan_rows", NUMBER, False),
    "Plan Width": ("", "plan_width", NUMBER, False),
    "Actual Startup Time": ("", "actual_startup_ms", NUMBER, False),
    "Actual Total Time": ("", "actual_total_ms", NUMBER, False),
    "Actual Rows": ("", "actual_rows", NUMBER, False),
    "Actual Loops": ("", "loops", NUMBER, False),
    "Rows Removed by Filter": ("", "rows_removed_by_filter", NUMBER, True),
    "Rows Removed by Join Filter": ("", "rows_removed_by_join_filter", NUMBER, True),
    "Rows Removed by Index Recheck": ("", "rows_removed_by_index_recheck", NUMBER, True),
    "Rows Removed by Conflict Filter": ("", "rows_removed_by_conflict_filter", NUMBER, True),
    "Heap Fetches": ("", "heap_fetches", NUMBER, False),
    "Index Searches": ("", "index_searches", NUMBER, False),
    "Workers Planned": ("workers", "planned", NUMBER, False),
    "Workers Launched": ("workers", "launched", NUMBER, False),
    "Sort Method": ("sort", "method", TEXT, False),
    "Sort Space Used": ("sort", "space_kb", NUMBER, False),
    "Sort Space Type": ("sort", "space_type", TEXT, False),
    "Hash Buckets": ("hash", "buckets", NUMBER, False),
    "Original Hash Buckets": ("hash", "original_buckets", NUMBER, False),
    "Hash Batches": ("hash", "batches", NUMBER, False),
    "Original Hash Batches": ("hash", "original_batches", NUMBER, False),
    "Peak Memory Usage": ("hash", "memory_kb", NUMBER, True),
    "HashAgg Batches": ("aggregate", "batches", NUMBER, True),
    "Disk Usage": ("aggregate", "disk_kb", NUMBER, True),
    "Planned Partitions": ("aggregate", "planned_partitions", NUMBER, True),
    "Cache Hits": ("memoize", "hits", NUMBER, False),
    "Cache Misses": ("memoize", "misses", NUMBER, False),
    "Cache Evictions": ("memoize", "evictions", NUMBER, False),
    "Cache Overflows": ("memoize", "overflows", NUMBER, False),
    "Exact Heap Blocks": ("heap_blocks", "exact", NUMBER, True),
    "Lossy Heap Blocks": ("heap_blocks", "lossy", NUMBER, True),
    "Storage": ("storage", "type", TEXT, False),
    "Maximum Storage": ("storage", "max_kb", NUMBER, False),
    "WAL Records": ("wal", "records", NUMBER, True),
    "WAL FPI": ("wal", "fpi", NUMBER, True),
    "WAL Bytes": ("wal", "bytes", NUMBER, True),
    "WAL Buffers Full": ("wal", "buffers_full", NUMBER, True),
    "Subplans Removed": ("extra", "Subplans Removed", NUMBER, True),
    "Tuples Inserted": ("extra", "Tuples Inserted", NUMBER, True),
    "Tuples Updated": ("extra", "Tuples Updated", NUMBER, True),
    "Tuples Deleted": ("extra", "Tuples Deleted", NUMBER, True),
    "Tuples Skipped": ("extra", "Tuples Skipped", NUMBER, True),
    "Conflicting Tuples": ("extra", "Conflicting Tuples", NUMBER, True),
    "Foreign File Size": ("extra", "Foreign File Size", NUMBER, True),
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
