"""What is to be said about one plan, rule by rule. Every figure quoted is in the plan or follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, Where
from app.evidence.postgres_plan import rules
from app.evidence.postgres_plan.consistency import contradictions
from app.evidence.postgres_plan.facts import walk

Facts = dict[str, Any]

HOT_SHARE = 10.0  # % of the plan's time from which a node is worth a word
LEAST_MS = 1.0  # below this, shares of time say nothing
MISESTIMATE = 100  # factor; with at least this many rows on one side:
MISESTIMATED_ROWS = 1_000
WASTED_SHARE, WASTED_ROWS = 0.9, 10_000
HEAP_SHARE, HEAP_FETCHES = 0.4, 100
INNER_LOOPS, INNER_SHARE = 1_000, 30.0
SUBPLAN_LOOPS = 100
SIDE_SHARE = 25.0  # % of the execution that JIT or triggers may take unsaid
MOST_PER_RULE = 3


def findings(plan: Facts) -> list[Finding]:
    """Everything to be said about one plan, in the order of the rules."""
    found: list[Finding] = []
    nodes = list(walk(plan["root"]))
    if not plan["analyzed"]:
        found.append(rules.ESTIMATE_ONLY.at(_whole(plan)))
    found += contradictions(plan)
    if plan["analyzed"]:
        found += _completeness(plan)
        for check in (_hot, _misestimated, _thrown_away, _on_disk, _lossy, _heap_visited, _repeated):
            found += list(check(plan, nodes))[:MOST_PER_RULE]
        found += _beside_the_point(plan, nodes)
    return found


def _whole(plan: Facts) -> Where:
    return Where(line=plan["line"], last_line=plan["last_line"])


def at(node: Facts) -> Where:
    """The node's place in the file."""
    return Where(line=node["line"], last_line=node["last_line"], node=name(node))


def name(node: Facts) -> str:
    """`Seq Scan on orders`, `Index Scan using orders_pkey on orders`."""
    title = str(node["title"])
    if node["index"]:
        title += f" using {node['index']}"
    target = node["relation"] or node["cte"] or node["function"]
    return f"{title} on {target}" if target else title


def _share(part: float | None, plan: Facts) -> float:
    """Per cent of the root's time; 0 when nothing worth dividing was measured."""
    whole = plan["root"]["inclusive_ms"] or 0.0
    return 100.0 * (part or 0.0) / whole if whole >= LEAST_MS else 0.0


def _completeness(plan: Facts) -> Iterator[Finding]:
    if plan["fragment"]:
        yield rules.CUT_OFF.at(_whole(plan), detail="its first line is a step inside another plan")
    elif plan["execution_ms"] is None and plan["duration_ms"] is None:
        yield rules.CUT_OFF.at(_whole(plan), detail="the line “Execution Time” is missing")
    if not plan["buffers"] and any(node["relation"] and node["actual_rows"] for node in walk(plan["root"])):
        yield rules.LESS_MEASURED.at(
            _whole(plan),
            option="BUFFERS",
            reason="Blocks show the work itself; time also shows the machine's mood",
        )
    if not plan["timing"]:
        yield rules.LESS_MEASURED.at(
            _whole(plan), option="TIMING", reason="Without times per step nobody can see where the time went"
        )


def _hot(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    hottest = sorted(nodes, key=lambda node: -(node["exclusive_ms"] or 0.0))[:MOST_PER_RULE]
    for node in hottest:
        percent = _share(node["exclusive_ms"], plan)
        if percent >= HOT_SHARE:
            ms, share = round(node["exclusive_ms"], 3), round(min(percent, 100.0), 1)
            yield rules.TIME_WENT_HERE.at(at(node), title=name(node), ms=ms, percent=share)


def _misestimated(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    """The lowest nodes whose guess is wrong: what stands above them inherits the mistake."""
    for node in nodes:
        if _is_misestimated(node, nodes) and not any(_is_off(child) for child in node["children"]):
            expected, actual = node["plan_rows"], node["actual_rows"]
            yield rules.MISESTIMATED.at(
                at(node), title=name(node), expected=expected, actual=actual, factor=round(_factor(node))
            )


def _is_misestimated(node: Facts, nodes: list[Facts]) -> bool:
    """Off, and run to its end: a Limit, a semi join or a merge may stop a step early."""
    return _is_off(node) and (node["actual_rows"] > node["plan_rows"] or not _may_stop_early(nodes))


def _may_stop_early(nodes: list[Facts]) -> bool:
    return any(
        node["node"] in ("Limit", "Merge Join")
        or node["join_type"] in ("Semi", "Anti", "Right Semi", "Right Anti")
        for node in nodes
    )


def _is_off(node: Facts) -> bool:
    known = node["plan_rows"] is not None and node["actual_rows"] is not None and not node["never_executed"]
    if not known or max(node["plan_rows"], node["actual_rows"]) < MISESTIMATED_ROWS:
        return False
    return node["node"] not in ("BitmapAnd", "BitmapOr", "ModifyTable") and _factor(node) >= MISESTIMATE


def _factor(node: Facts) -> float:
    low, high = sorted((node["plan_rows"], node["actual_rows"]))
    return float(high) / max(float(low), 1.0)


def _thrown_away(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        removed = (node["rows_removed_by_filter"] or 0) * (node["loops"] or 0)
        read = removed + (node["rows_total"] or 0)
        is_scan = node["relation"] is not None and node["node"].endswith("Scan")
        if not is_scan or read < WASTED_ROWS or removed <= WASTED_SHARE * read:
            continue
        if plan["timing"] and _share(node["inclusive_ms"], plan) < HOT_SHARE:
            continue
        condition = _short(node["conditions"].get("filter", "its filter"))
        yield rules.THROWN_AWAY.at(
            at(node), title=name(node), removed=removed, read=read, condition=condition
        )


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"


def _on_disk(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        if detail := _spill(node):
            yield rules.ON_DISK.at(at(node), title=name(node), detail=detail)


def _spill(node: Facts) -> str:
    """How a sort, a hash or a store went to disk; empty when it did not."""
    sort, hashed = node["sort"], node["hash"]
    groups = [sort[part] for part in ("full", "presorted") if part in sort]
    disk = max([group["peak_disk_kb"] or 0 for group in groups], default=0)
    if sort.get("space_type") == "Disk":
        disk = max(disk, sort.get("space_kb") or 0)
    if disk:
        return f"{disk:,.0f} kB on disk"
    if (hashed.get("batches") or 0) > 1:
        return f"its hash table was split into {hashed['batches']:,.0f} batches"
    if node["aggregate"].get("disk_kb"):
        return f"{node['aggregate']['disk_kb']:,.0f} kB on disk"
    if node["storage"].get("type") == "Disk":
        return f"{node['storage'].get('max_kb') or 0:,.0f} kB on disk"
    written = node["buffers"].get("temp_written", 0)
    below = max((child["buffers"].get("temp_written", 0) for child in node["children"]), default=0)
    joins_a_split_hash = any((child["hash"].get("batches") or 0) > 1 for child in node["children"])
    return (
        f"{written:,.0f} temporary blocks written" if written and not below and not joins_a_split_hash else ""
    )


def _lossy(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        lossy = node["heap_blocks"].get("lossy", 0)
        if lossy:
            blocks = lossy + node["heap_blocks"].get("exact", 0)
            yield rules.LOSSY.at(at(node), title=name(node), lossy=lossy, blocks=blocks)


def _heap_visited(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        fetches, rows = node["heap_fetches"] or 0, node["rows_total"] or 0
        if node["node"] == "Index Only Scan" and fetches >= HEAP_FETCHES and fetches > HEAP_SHARE * rows:
            yield rules.HEAP_VISITED.at(at(node), fetches=fetches, rows=rows)


def _repeated(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        for child in node["children"]:
            percent, loops = _share(child["inclusive_ms"], plan), child["loops"] or 0
            inner = node["node"] == "Nested Loop" and child["parent_relationship"] == "Inner"
            sub = child["parent_relationship"] == "SubPlan"
            if (inner and loops >= INNER_LOOPS and percent >= INNER_SHARE) or (
                sub and loops >= SUBPLAN_LOOPS and percent >= HOT_SHARE
            ):
                share = round(min(percent, 100.0), 1)
                yield rules.REPEATED.at(at(child), title=name(child), loops=loops, percent=share)


def _beside_the_point(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    where, execution = _whole(plan), plan["execution_ms"] or 0.0
    for node in nodes:
        planned, launched = node["workers"]["planned"], node["workers"]["launched"]
        if planned and launched is not None and launched < planned and not node["never_executed"]:
            detail = f"{planned} workers were planned and {launched} launched"
            yield rules.BESIDE_THE_POINT.at(at(node), detail=detail)
    if execution < LEAST_MS:
        return
    jit = plan["jit"].get("total_ms") or 0.0
    if 100.0 * jit > SIDE_SHARE * execution:
        yield rules.BESIDE_THE_POINT.at(
            where, detail=f"JIT compilation took {jit:,.1f} of {execution:,.1f} ms"
        )
    planning = plan["planning_ms"] or 0.0
    if planning > execution:
        detail = f"Planning took {planning:,.1f} ms, longer than the execution ({execution:,.1f} ms)"
        yield rules.BESIDE_THE_POINT.at(where, detail=detail)
    triggers = sum(trigger["time_ms"] or 0.0 for trigger in plan["triggers"])
    if 100.0 * triggers > SIDE_SHARE * execution:
        detail = f"Triggers took {triggers:,.1f} of {execution:,.1f} ms"
        yield rules.BESIDE_THE_POINT.at(where, detail=detail)
