"""Where the time went: inclusive and exclusive milliseconds of every node, by the rules the viewers of the field use.

- EXPLAIN prints the average of one loop: a node's inclusive time is `actual total time x loops`.
- Below a Gather, loops count every process, which worked at the same time: the sum is divided by the processes.
- Exclusive is inclusive less the children; never less than zero, since the printed averages are rounded.
- An InitPlan runs inside the node that first asks for its result, wherever the plan lists it; a CTE inside its scans,
  to each by its share (compare the notes on InitPlan and CTE of explain.depesz.com and pev2).
"""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

_GATHERS = ("Gather", "Gather Merge")
_MOST_COMPARED = 200_000  # nodes x InitPlans searched for the users of a result


def add_times(nodes: list[Facts]) -> None:
    """Write `inclusive_ms`, `exclusive_ms` and `rows_total` into the nodes of a plan, given as they are printed."""
    processes = _processes(nodes[0]) if any(node["node"] in _GATHERS for node in nodes) else {}
    has_subplans = False
    changed = []
    for node in reversed(nodes):  # children first
        _add_totals(node, processes[id(node)] if processes else 1)
        has_subplans = has_subplans or node["subplan_name"] is not None
        if (spent := node["inclusive_ms"]) is not None:
            if children := node["children"]:
                spent -= _below(children)
                changed.append(node)
            node["exclusive_ms"] = spent
    if has_subplans:
        _move_init_plans(nodes)
        _move_ctes(nodes)
        changed = [node for node in nodes if node["exclusive_ms"] != node["inclusive_ms"]]
    for node in changed:
        node["exclusive_ms"] = round(max(0.0, node["exclusive_ms"]), 6)


def _below(children: list[Facts]) -> float:
    """What the children took, those left out that others run."""
    spent = 0.0
    for child in children:
        if child["parent_relationship"] != "InitPlan":
            spent += child["inclusive_ms"] or 0.0
    return spent


def _processes(root: Facts) -> dict[int, int]:
    """How many processes ran a node side by side, for each node by its id."""
    found, waiting = {}, [(root, 1)]
    while waiting:
        node, processes = waiting.pop()
        found[id(node)] = processes
        below = processes * _processes_below(node) if node["node"] in _GATHERS else processes
        for child in node["children"]:
            waiting.append((child, processes if _runs_elsewhere(child) else below))
    return found


def _processes_below(node: Facts) -> int:
    """The workers that a Gather launched and the leader, if it took part: the child's loops tell."""
    launched = node["workers"]["launched"]
    if not isinstance(launched, int) or launched < 1:
        return 1
    child = next((child for child in node["children"] if child["subplan_name"] is None), None)
    loops, own = (child["loops"] if child else None), node["loops"]
    if not loops or not own:
        return launched + 1
    return int(max(1, min(launched + 1, round(loops / own))))


def _add_totals(node: Facts, processes: int) -> None:
    loops, rows, total = node["loops"], node["actual_rows"], node["actual_total_ms"]
    if loops is None:
        return
    if node["never_executed"]:
        node["rows_total"], node["inclusive_ms"] = 0, 0.0
        return
    if rows is not None:
        node["rows_total"] = rows if loops == 1 else round(rows * loops, 2)
    if total is not None:
        node["inclusive_ms"] = total if loops == processes else round(total * loops / processes, 6)


def _runs_elsewhere(child: Facts) -> bool:
    """True for InitPlans and CTEs: listed here, run by whoever needs them."""
    return child["parent_relationship"] == "InitPlan"  # type: ignore[no-any-return]


def _move_init_plans(nodes: list[Facts]) -> None:
    """Take an InitPlan's time from the node that uses its result; from the one that lists it if none is seen."""
    plans = [(parent, child) for parent in nodes for child in parent["children"] if _runs_elsewhere(child)]
    searched = [node for node in nodes if node["conditions"] and node["exclusive_ms"] is not None]
    if len(plans) * len(searched) > _MOST_COMPARED:
        searched = []
    for parent, child in plans:
        if child["subplan_name"].startswith("CTE ") or not child["inclusive_ms"]:
            continue
        marks = _marks(child["subplan_name"])
        users = [node for node in searched if _mentions(node["conditions"], marks)]
        user = max(users, key=lambda node: node["exclusive_ms"], default=parent)
        if user["exclusive_ms"] is not None:
            user["exclusive_ms"] -= child["inclusive_ms"]


def _marks(name: str) -> tuple[str, ...]:
    """How conditions name the result: `(InitPlan 1).col1` from 17 on, `$0` before."""
    before, found, returned = name.partition(" (returns ")
    return tuple(returned.rstrip(")").split(",")) if found else (f"({before})", f"({before}.")


def _mentions(conditions: dict[str, str], marks: tuple[str, ...]) -> bool:
    """True if a condition holds the mark, and not a longer number that starts like it."""
    for text in conditions.values():
        for mark in marks:
            at = text.find(mark) if mark else -1
            if at >= 0 and not text[at + len(mark) : at + len(mark) + 1].isdigit():
                return True
    return False


def _move_ctes(nodes: list[Facts]) -> None:
    """Take a CTE's time from its scans, to each by its share of their time."""
    scans_of: dict[str, list[Facts]] = {}
    for node in nodes:
        if node["node"] == "CTE Scan" and node["inclusive_ms"]:
            scans_of.setdefault(node["cte"], []).append(node)
    for child in (child for parent in nodes for child in parent["children"]):
        name = child["subplan_name"] or ""
        if name.startswith("CTE ") and child["inclusive_ms"]:
            scans = scans_of.pop(name[4:], [])
            total = sum(scan["inclusive_ms"] for scan in scans)
            for scan in scans:
                scan["exclusive_ms"] -= child["inclusive_ms"] * scan["inclusive_ms"] / total
