"""A table as EXPLAIN lists it, by row or by object: its way of access in TREE's words, its rows, what was filtered."""

from __future__ import annotations

from typing import Any

from app.evidence.plans.shape import number, short

Facts = dict[str, Any]
Raw = dict[str, Any]

_KINDS = {
    "all": "Table scan", "index": "Index scan", "range": "Index range scan", "ref": "Index lookup",
    "eq_ref": "Single-row index lookup", "const": "Constant row", "system": "Constant row",
    "ref_or_null": "Index lookup", "fulltext": "Full-text index search", "index_merge": "Index merge",
    "unique_subquery": "Single-row index lookup", "index_subquery": "Index lookup", "hash_all": "Table scan",
    "hash_index": "Index scan", "hash_range": "Index range scan",
}  # fmt: skip
_MEASURED = ("r_loops", "r_rows")


def kind_of(access: Any, *, covers: bool) -> str:
    """`ALL` is a table scan; without an access type there is no table to read."""
    name = _KINDS.get(access.lower()) if isinstance(access, str) else None
    if name is None:
        return "No table" if not access else short(str(access), 60)
    return f"Covering {name[0].lower()}{name[1:]}" if covers and "ndex" in name else name


def measure_table(node: Facts, raw: Raw) -> None:
    """Fill the node from an object of JSON or a row of the table, which use the same names."""
    node["relation"] = node["alias"] = _text(raw.get("table_name"))
    key = _text(raw.get("key")) or ",".join(_merged(raw.get("index_merge"))) or None
    node["index"] = None if key is None or key.startswith("#hash#$") else key.removeprefix("#hash#")
    keys = raw.get("possible_keys")
    node["possible_keys"] = [str(each)[:64] for each in keys[:50]] if isinstance(keys, list) else []
    for name, field in (
        ("attached_condition", "filter"),
        ("index_condition", "pushed_cond"),
        ("ref", "index_cond"),
    ):
        _condition(node, field, raw.get(name))
    if message := _text(raw.get("message")):
        node["extra"]["Message"] = message
    is_table = node["relation"] is not None and not node["relation"].startswith("<")
    node["full_scan"] = is_table and node["node"] == "Table scan"
    _estimates(node, raw)
    if any(name in raw for name in _MEASURED):
        _measured(node, raw)


def _merged(value: Any) -> list[str]:
    """The indexes that MariaDB merges, in their order; it nests unions and intersections of ranges."""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < 16:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            found += [key for key in [_text(one.get("key"))] if key]
            waiting += [item for item in reversed(list(one.values())) if isinstance(item, dict | list)]
    return found


def _condition(node: Facts, field: str, value: Any) -> None:
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value[:50])
    if isinstance(value, str) and value:
        node["conditions"][field] = short(value)


def _estimates(node: Facts, raw: Raw) -> None:
    read = figure(raw.get("rows_examined_per_scan", raw.get("rows")))
    filtered = figure(raw.get("filtered"))
    node["plan_rows_read"] = read
    if read is not None:
        node["plan_rows"] = read if filtered is None else round(read * filtered / 100, 2)
    if filtered is not None:
        node["extra"]["filtered"] = filtered
    info = raw.get("cost_info")
    cost = raw.get("cost", info.get("prefix_cost") if isinstance(info, dict) else None)
    node["total_cost"] = figure(cost)


def _measured(node: Facts, raw: Raw) -> None:
    read, kept, loops = (figure(raw.get(name)) for name in ("r_rows", "r_filtered", "r_loops"))
    node["loops"] = loops
    if loops == 0 or ("r_loops" in raw and read is None):
        node["never_executed"], node["actual_rows"], node["rows_total"], node["inclusive_ms"] = (
            True,
            0,
            0,
            0.0,
        )
        node["loops"], node["exclusive_ms"] = 0, 0.0
        return
    if read is not None:
        given = read if kept is None else read * kept / 100
        node["rows_read"], node["actual_rows"] = read, round(given, 2)
        node["rows_removed_by_filter"] = round(read - given, 2) or None
        node["rows_total"] = None if loops is None else round(given * loops, 2)
    reading, other, total = (figure(raw.get(f"r_{name}_time_ms")) for name in ("table", "other", "total"))
    if any(time is not None for time in (reading, other, total)):
        node["exclusive_ms"] = round((reading or 0.0) + (other or 0.0) + (total or 0.0), 6)
        node["io"] = {} if other is None else {"other_ms": other}
    _pages(node, raw.get("r_engine_stats"))


def _pages(node: Facts, stats: Any) -> None:
    """Pages of the engine: found in memory, and fetched from disk when they were asked for or ahead of it."""
    if not isinstance(stats, dict) or (accessed := number(stats.get("pages_accessed"))) is None:
        return
    fetched = [number(stats.get(name)) or 0 for name in ("pages_read_count", "pages_prefetch_read_count")]
    read = min(sum(fetched), accessed)
    node["buffers"] = {"shared_hit": accessed - read} | ({"shared_read": read} if read else {})


def figure(value: Any) -> int | float | None:
    """A number, or the text of one, as MySQL writes `"filtered": "10.00"`."""
    if not isinstance(value, str):
        return number(value)
    try:
        found = number(float(value)) if len(value) <= 40 and "_" not in value else None
    except ValueError:
        return None
    return int(found) if found is not None and float(found).is_integer() and abs(found) < 1e15 else found


def _text(value: Any) -> str | None:
    return short(value, 200) if isinstance(value, str) and value else None
