"""One tree for all formats: the keys of FORMAT JSON become the facts of a plan, ready for JSON.

What only some formats say is left out (`Inner Unique`, zeros that TEXT does not print), so that a plan pasted as TEXT
and the same plan saved as JSON give equal facts. Times are milliseconds, sizes kB, buffers blocks of 8 kB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.evidence.plans.shape import LONGEST, blank_node, indexes, number, short, walk
from app.evidence.postgres_plan import arithmetic
from app.evidence.postgres_plan.headers import TOLD
from app.evidence.postgres_plan.places import CONDITIONS, PLACES, SILENT, Place
from app.evidence.postgres_plan.titles import TITLED, title

__all__ = ["node_facts", "plan_facts", "version_hint", "walk"]

Facts = dict[str, Any]

_MEMBERS = ("Append", "Merge Append", "BitmapAnd", "BitmapOr")
_PASSED = SILENT | {TOLD}
_NOWHERE: Place = ("", "", frozenset(), True)
_COMPOUND = frozenset((
    "Target Tables", "Workers", "Keys", "Grouping Sets", "Full-sort Groups", "Pre-sorted Groups",
))  # fmt: skip
_FUNCTIONS = ("Function Scan", "Table Function Scan")
_OWN_MEMORY = {"Aggregate": "aggregate", "Memoize": "memoize"}


def plan_facts(raw: Mapping[str, Any], form: str) -> Facts:
    """The facts of one plan: its tree with exclusive and inclusive times, and what stands below the tree."""
    nodes: list[Facts] = []
    root = node_facts(raw["Plan"], None, 0, nodes)
    arithmetic.add_times(nodes)
    planning = _sections(_mapping(raw["Planning"])) if "Planning" in raw else {"buffers": {}, "io": {}}
    timing = buffers = False
    for node in nodes:
        timing = timing or node["actual_total_ms"] is not None
        buffers = buffers or bool(node["buffers"])
    return {
        "format": form,
        "query": short(raw["Query Text"]) if isinstance(raw.get("Query Text"), str) else None,
        "query_id": number(raw["Query Identifier"]) if "Query Identifier" in raw else None,
        "root": root,
        "planning_ms": number(raw.get("Planning Time")),
        "execution_ms": number(raw.get("Execution Time")),
        "duration_ms": number(raw["Duration"]) if "Duration" in raw else None,
        "fragment": raw.get("Fragment") is True,
        "analyzed": root["actual_rows"] is not None,
        "timing": timing,
        "buffers": buffers or bool(planning["buffers"]),
        "settings": _settings(_mapping(raw["Settings"])) if "Settings" in raw else {},
        "planning": planning,
        "jit": _jit(_mapping(raw["JIT"])) if "JIT" in raw else {},
        "serialization": _serialization(_mapping(raw["Serialization"])) if "Serialization" in raw else {},
        "triggers": [_trigger(item) for item in _mappings(raw["Triggers"])] if "Triggers" in raw else [],
        "indexes": indexes(nodes),
        "version_hint": version_hint(raw, nodes),
        "line": raw.get("Line"),
        "last_line": raw.get("Last Line"),
    }


def node_facts(raw: Mapping[str, Any], parent: Facts | None, place: int, nodes: list[Facts]) -> Facts:
    """One node and, below it, its children; all of them are added to `nodes`, as they are printed."""
    if (told := raw.get(TOLD)) is not None:
        node = blank_node(raw["Node Type"])
        node.update(told)
    else:
        node = blank_node(_text(raw.get("Node Type", "Unknown")), raw.get("Line"), raw.get("Last Line"))
        node["backward"] = raw.get("Scan Direction") == "Backward"
    for key, value in raw.items():
        if key in _PASSED:
            continue
        if goal := PLACES.get(key):
            section, name, types, is_zero_silent = goal
            if type(value) in types and (value or not is_zero_silent):
                (node[section] if section else node)[name] = value
        elif condition := CONDITIONS.get(key):
            node["conditions"][condition] = short(value if type(value) is str else _text(value))
        elif value is not None and value is not False:
            node["extra"][str(key)[:80]] = short(_text(value))
    _finish(node, raw, parent, place)
    nodes.append(node)
    plain, children = 0, node["children"]
    for child in _mappings(raw.get("Plans")) if "Plans" in raw else ():
        children.append(node_facts(child, node, plain, nodes))
        plain += children[-1]["subplan_name"] is None
    return node


def _finish(node: Facts, raw: Mapping[str, Any], parent: Facts | None, place: int) -> None:
    """What follows from the keys together."""
    kind = node["node"]
    if not _COMPOUND.isdisjoint(raw):
        _read_compound(node, raw)
    if kind == "Seq Scan":
        node["full_scan"] = True
    elif kind in _OWN_MEMORY:
        if "memory_kb" in node["hash"]:
            node[_OWN_MEMORY[kind]]["memory_kb"] = node["hash"].pop("memory_kb")
    elif kind in _FUNCTIONS and node["function"] is None:
        node["function"] = node["alias"]
    if node["loops"] == 0:
        node["never_executed"] = True
        node["actual_startup_ms"] = node["actual_total_ms"] = None
        node["actual_rows"] = 0
    if parent is not None:
        node["parent_relationship"] = _relationship(node, parent, place)
    if kind in TITLED or node["parallel_aware"] or node["backward"]:
        node["title"] = title(node, _text(raw.get("Custom Plan Provider", "")), _text(raw.get("Command", "")))


def _read_compound(node: Facts, raw: Mapping[str, Any]) -> None:
    """What several keys say together."""
    if "Target Tables" in raw:
        node["targets"] = [_target(item) for item in _mappings(raw["Target Tables"])]
    if "Workers" in raw:
        node["workers"]["details"] = [_worker(item) for item in _mappings(raw["Workers"])]
    if "Keys" in raw or "Grouping Sets" in raw:
        _grouping(node, raw)
    if "Full-sort Groups" in raw or "Pre-sorted Groups" in raw:
        _incremental_sort(node, raw)


def _relationship(node: Facts, parent: Facts, place: int) -> str:
    """Derived alike for all formats, since TEXT does not print it."""
    if name := node["subplan_name"]:
        return "SubPlan" if name.startswith("SubPlan") else "InitPlan"
    if parent["node"] in _MEMBERS:
        return "Member"
    if parent["node"] == "Subquery Scan":
        return "Subquery"
    return "Inner" if place else "Outer"


def _grouping(node: Facts, raw: Mapping[str, Any]) -> None:
    """One group key is a condition; several are grouping sets, in the order TEXT prints them."""
    keys = [_text(key) for key in raw.get("Keys", []) if isinstance(raw.get("Keys"), list)]
    for group in _mappings(raw.get("Grouping Sets")):
        if "Sort Key" in group:
            keys.append(f"Sort Key: {_text(group['Sort Key'])}")
        for label in ("Hash Key", "Group Key"):
            sets = group.get(f"{label}s")
            keys += [f"{label}: {_text(one) or '()'}" for one in (sets if isinstance(sets, list) else [])]
    if len(keys) == 1 and keys[0].startswith("Group Key: "):
        node["conditions"]["group_key"] = keys[0].removeprefix("Group Key: ")
    elif keys:
        node["conditions"]["grouping_sets"] = short("; ".join(keys))


def _incremental_sort(node: Facts, raw: Mapping[str, Any]) -> None:
    for key, name in (("Full-sort Groups", "full"), ("Pre-sorted Groups", "presorted")):
        group = _mapping(raw.get(key))
        if not group:
            continue
        memory, disk = _mapping(group.get("Sort Space Memory")), _mapping(group.get("Sort Space Disk"))
        node["sort"][name] = {
            "groups": number(group.get("Group Count")),
            "methods": _text(group.get("Sort Methods Used", [])),
            "peak_memory_kb": number(memory.get("Peak Sort Space Used")),
            "peak_disk_kb": number(disk.get("Peak Sort Space Used")),
        }


def _target(raw: Mapping[str, Any]) -> Facts:
    told = raw.get(TOLD)
    if told is not None:
        return {"relation": told.get("relation", ""), "alias": told.get("alias", "")}
    return {"relation": _text(raw.get("Relation Name", "")), "alias": _text(raw.get("Alias", ""))}


def _worker(raw: Mapping[str, Any]) -> Facts:
    """One worker's share; the server prints it with VERBOSE, sorts and hashes also without."""
    kept = {
        key: value for key, value in raw.items() if key not in ("Worker Number", "JIT", "Plans", "Workers")
    }
    node = node_facts(kept, None, 0, [])
    share = {
        name: value for name, value in node.items() if name in _WORKERS_OWN and value not in (None, {}, [])
    }
    return {"number": number(raw.get("Worker Number")), "jit": _jit(_mapping(raw.get("JIT"))), **share}


_WORKERS_OWN = frozenset(("actual_startup_ms", "actual_total_ms", "actual_rows", "loops", "sort", "hash", "aggregate",
                          "memoize", "heap_blocks", "buffers", "io", "wal", "extra"))  # fmt: skip


def _sections(raw: Mapping[str, Any]) -> Facts:
    """Buffers, timings and memory of a `Planning` or `Serialization` block."""
    if not raw:
        return {"buffers": {}, "io": {}}
    found: Facts = {"buffers": {}, "io": {}}
    for key, value in raw.items():
        section, name, types, is_zero_silent = PLACES.get(key, _NOWHERE)
        if section in found and type(value) in types and (value or not is_zero_silent):
            found[section][name] = value
    for key, name in (("Memory Used", "used_kb"), ("Memory Allocated", "allocated_kb")):
        if (memory := number(raw.get(key))) is not None:
            found[name] = memory
    return found


def _settings(raw: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): _text(value) for key, value in raw.items()}


def _jit(raw: Mapping[str, Any]) -> Facts:
    """Functions and milliseconds by step; `generation_ms` includes deforming from version 17 on."""
    if not raw:
        return {}
    times = {}
    for name, value in _mapping(raw.get("Timing")).items():
        inner = _mapping(value)
        times[f"{str(name).lower()}_ms"] = number(inner.get("Total")) if inner else number(value)
    return {
        "functions": number(raw.get("Functions")),
        "options": dict(_mapping(raw.get("Options"))),
        **times,
    }


def _serialization(raw: Mapping[str, Any]) -> Facts:
    if not raw:
        return {}
    return {
        "time_ms": number(raw.get("Time")),
        "output_kb": number(raw.get("Output Volume")),
        "format": _text(raw.get("Format", "")),
        **_sections(raw),
    }


def _trigger(raw: Mapping[str, Any]) -> Facts:
    return {
        "name": raw.get("Constraint Name") or raw.get("Trigger Name"),
        "relation": raw.get("Relation"),
        "time_ms": number(raw.get("Time")),
        "calls": number(raw.get("Calls")),
    }


def version_hint(raw: Mapping[str, Any], nodes: list[Facts]) -> str | None:
    """The server's version as far as the plan betrays it: `18+`, `17+`, `16-`, `10-`."""
    names = []
    for node in nodes:
        if type(node["actual_rows"]) is float or node["index_searches"] is not None:
            return "18+"
        if node["subplan_name"]:
            names.append(node["subplan_name"])
    if raw.get("Serialization") or any(
        name.startswith("InitPlan") and "(returns" not in name for name in names
    ):
        return "17+"
    if "Old Labels" in raw:
        return "10-"
    return "16-" if any("(returns" in name for name in names) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A value as TEXT would print it: lists with commas, truths in lower case."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value[:2000])
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)[:LONGEST]
