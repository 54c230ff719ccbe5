"""A plan from before a change and one from after it: the same question, the same data, and what really changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding, Severity
from app.evidence.postgres_plan import pair_rules as rules
from app.evidence.postgres_plan.facts import walk

Facts = dict[str, Any]

RULES = rules.RULES
NOISE = 0.20  # share by which single runs of one query differ
SIZE_FACTOR, LEAST_ROWS = 2.0, 100
LEAST_READ, STILL_READ = 100, 0.01  # blocks read before; share of them read after
SAME_WORK = 0.10  # blocks touched may differ by this share and still be the same work
LEAST_WASTE = 1_000
_DISABLED_COST = 1e10  # what a switched-off step costs before version 18
_INCIDENTAL = ("line", "last_line", "format", "version_hint", "query", "query_id")


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Finding]:
    """What two reports' facts say about the change; of several plans in one report the slowest is meant."""
    first, second = _slowest(before), _slowest(after)
    if first is None or second is None:
        return []
    if first["analyzed"] and second["analyzed"] and _essence(first) == _essence(second):
        return [rules.SAME_PLAN.at()]
    doubts = [finding for check in _DOUBTS for finding in check(first, second)]
    news = [finding for check in _NEWS for finding in check(first, second)]
    return doubts + [finding for finding in news if not doubts or finding.severity is not Severity.GOOD]


def total_ms(plan: Mapping[str, Any]) -> float | None:
    """What the plan says the query took: Execution Time, else the log's duration, else its first step."""
    for value in (plan["execution_ms"], plan["duration_ms"], plan["root"]["inclusive_ms"]):
        if value is not None:
            return float(value)
    return None


def _slowest(facts: Mapping[str, Any]) -> Facts | None:
    plans: list[Facts] = list(facts.get("plans", ()))
    return max(plans, key=lambda plan: total_ms(plan) or 0.0, default=None)


def _essence(value: Any) -> Any:
    """The plan without what differs between two copies of one plan."""
    if isinstance(value, dict):
        return {key: _essence(item) for key, item in value.items() if key not in _INCIDENTAL}
    return [_essence(item) for item in value] if isinstance(value, list) else value


def _tables(plan: Facts) -> set[str]:
    return {node["relation"] for node in walk(plan["root"]) if node["relation"]}


def _same_query(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _tables(before), _tables(after)
    if old and new and new - old:
        detail = f"before reads {_listed(old)}, after reads {_listed(new)}"
        yield rules.OTHER_QUERY.at(detail=detail)
    elif before["query"] and after["query"] and _words(before["query"]) != _words(after["query"]):
        yield rules.OTHER_QUERY.at(detail="their texts differ by more than the values in them")


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:5]
    return ", ".join(shown) + (" and others" if len(names) > len(shown) else "")


def _words(query: str) -> list[str]:
    """The query's words without its values, white space and the EXPLAIN before it."""
    pieces = query.split("'")  # every second piece stands between quotes
    text = " ? ".join(pieces[::2]).lower()
    spaced = "".join(mark if mark.isalnum() or mark in "_.$" else f" {mark} " for mark in text)
    words = ["?" if word[0].isdigit() or word[0] == "$" else word for word in spaced.split()]
    return [word for word in words if word != ";"]


def _same_data(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _scanned(before), _scanned(after)
    for table in sorted(old.keys() & new.keys()):
        if _differ(old[table], new[table]):
            yield rules.OTHER_DATA.at(what=f"A scan of {table} read", before=old[table], after=new[table])
            return
    rows, later = before["root"]["rows_total"], after["root"]["rows_total"]
    if rows is not None and later is not None and _differ(rows, later):
        yield rules.OTHER_DATA.at(what="The query returned", before=rows, after=later)


def _scanned(plan: Facts) -> dict[str, float]:
    """Rows one full scan of each table reads; a scan under a Limit may stop early and is left out."""
    if any(node["node"] == "Limit" for node in walk(plan["root"])):
        return {}
    return {
        node["relation"]: _read_per_scan(node)
        for node in walk(plan["root"])
        if node["node"] == "Seq Scan" and node["actual_rows"] is not None and not node["never_executed"]
    }


def _read_per_scan(node: Facts) -> float:
    per_loop = node["actual_rows"] + (node["rows_removed_by_filter"] or 0)
    return float(per_loop * (node["loops"] if node["parallel_aware"] else 1))


def _differ(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high >= LEAST_ROWS and high > SIZE_FACTOR * low


def _only_cache(before: Facts, after: Facts) -> Iterator[Finding]:
    read = before["root"]["buffers"].get("shared_read", 0)
    later = after["root"]["buffers"].get("shared_read", 0)
    if read >= LEAST_READ and later <= STILL_READ * read and _same_work(before, after):
        yield rules.CACHE_ONLY.at(before=read, after=later)


def _same_work(before: Facts, after: Facts) -> bool:
    """The same steps over the same number of blocks, in memory or on disk alike."""
    old, new = _touched(before), _touched(after)
    same_blocks = old > 0 and abs(old - new) <= SAME_WORK * old
    return (
        same_blocks
        and _shape(before) == _shape(after)
        and bool(_spilled_kb(before)) == bool(_spilled_kb(after))
    )


def _touched(plan: Facts) -> float:
    blocks = plan["root"]["buffers"]
    return float(blocks.get("shared_hit", 0) + blocks.get("shared_read", 0))


def _shape(plan: Facts) -> list[tuple[Any, ...]]:
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


def _forced(before: Facts, after: Facts) -> Iterator[Finding]:
    for setting, value in after["settings"].items():
        if setting.startswith("enable_") and value == "off" and before["settings"].get(setting) != "off":
            yield rules.FORCED.at(detail=f"{setting} = off")
            return
    if _has_disabled(after) and not _has_disabled(before):
        yield rules.FORCED.at(detail="a step the planner had been told to avoid")


def _has_disabled(plan: Facts) -> bool:
    return any(
        node["disabled"] or (node["startup_cost"] or 0) >= _DISABLED_COST for node in walk(plan["root"])
    )


def _speed(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = total_ms(before), total_ms(after)
    if old is None or new is None:
        return
    if new >= old:
        yield rules.NOT_FASTER.at(before=old, after=new, detail="it is not faster")
    elif _same_work(before, after):
        detail = (
            "the steps and the blocks they touch are the same, so the machine was faster and not the query"
        )
        yield rules.NOT_FASTER.at(before=old, after=new, detail=detail)
    elif new > (1 - NOISE) * old:
        yield rules.NOT_FASTER.at(
            before=old, after=new, detail="the difference is inside the noise of single runs"
        )
    else:
        yield rules.FASTER.at(before=old, after=new)


def _index_used(before: Facts, after: Facts) -> Iterator[Finding]:
    """Tables scanned before that an index serves now."""
    scanned = {node["relation"] for node in walk(before["root"]) if node["node"] == "Seq Scan"}
    still = {node["relation"] for node in walk(after["root"]) if node["node"] == "Seq Scan"}
    known = {node["index"] for node in walk(before["root"])}
    for node in walk(after["root"]):
        index, table = _index_of(node)
        if index and table in scanned - still and index not in known:
            scanned.discard(table)
            yield rules.INDEX_USED.at(table=table, index=index)


def _index_of(node: Facts) -> tuple[str | None, str]:
    """The index that serves this node's table: a bitmap's stands below it."""
    table = node["relation"] or ""
    if node["node"] != "Bitmap Heap Scan":
        return (node["index"] if table else None), table
    return next((inner["index"] for inner in walk(node) if inner["index"]), None), table


def _no_spill(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _spilled_kb(before), _spilled_kb(after)
    if old and not new and after["analyzed"]:
        yield rules.SORT_IN_MEMORY.at(kb=old)


def _spilled_kb(plan: Facts) -> float:
    """Kilobytes sorts and aggregates wrote to disk; for split hashes the blocks written."""
    total = 0.0
    for node in walk(plan["root"]):
        if node["sort"].get("space_type") == "Disk":
            total += node["sort"].get("space_kb") or 0
        total += node["aggregate"].get("disk_kb") or 0
        if (node["hash"].get("batches") or 0) > 1:
            total += 8 * node["buffers"].get("temp_written", 1)
    return total


def _no_waste(before: Facts, after: Facts) -> Iterator[Finding]:
    old, new = _removed(before), _removed(after)
    if old >= LEAST_WASTE and new * 10 <= old and after["analyzed"]:
        yield rules.ROWS_KEPT.at(before=old, after=new)


def _removed(plan: Facts) -> float:
    return float(
        sum(
            ((node["rows_removed_by_filter"] or 0) + (node["rows_removed_by_join_filter"] or 0))
            * (node["loops"] or 0)
            for node in walk(plan["root"])
        )
    )


_DOUBTS = (_same_query, _same_data, _only_cache, _forced)  # any of these makes good news worthless
_NEWS = (_speed, _index_used, _no_spill, _no_waste)
