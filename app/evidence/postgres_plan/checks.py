"""What is to be said about one plan, rule by rule. Every figure quoted is in the plan or follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.plans.checks import HOT_SHARE, LEAST_MS, MOST_PER_RULE, at, hot, misestimated, share, whole
from app.evidence.plans.shape import name, short, walk
from app.evidence.postgres_plan import rules
from app.evidence.postgres_plan.consistency import contradictions

Facts = dict[str, Any]

WASTED_SHARE, WASTED_ROWS = 0.9, 10_000
HEAP_SHARE, HEAP_FETCHES = 0.4, 100
INNER_LOOPS, INNER_SHARE = 1_000, 30.0
SUBPLAN_LOOPS = 100
SIDE_SHARE = 25.0  # % of the execution that JIT or triggers may take unsaid


def findings(plan: Facts) -> list[Finding]:
    """Everything to be said about one plan, in the order of the rules."""
    found: list[Finding] = []
    nodes = list(walk(plan["root"]))
    if not plan["analyzed"]:
        found.append(rules.ESTIMATE_ONLY.at(whole(plan)))
    found += contradictions(plan)
    if plan["analyzed"]:
        found += _completeness(plan, nodes)
        found += hot(plan, nodes, rules.TIME_WENT_HERE)
        found += islice(misestimated(nodes, rules.MISESTIMATED, rules.MISESTIMATED_SOME), MOST_PER_RULE)
        for check in (_thrown_away, _on_disk, _lossy, _rechecked, _heap_visited, _repeated):
            found += islice(check(plan, nodes), MOST_PER_RULE)
        found += _beside_the_point(plan, nodes)
    return found


def _completeness(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    if plan["fragment"]:
        yield rules.CUT_OFF.at(whole(plan), detail=phrase("its first line is a step inside another plan"))
    elif plan["execution_ms"] is None and plan["duration_ms"] is None:
        yield rules.CUT_OFF.at(whole(plan), detail=phrase("the line “Execution Time” is missing"))
    if not plan["buffers"] and any(node["relation"] and node["actual_rows"] for node in nodes):
        yield rules.LESS_MEASURED.at(
            whole(plan),
            option="BUFFERS",
            reason=phrase("Blocks show the work itself; time also shows the machine's mood"),
        )
    if not plan["timing"]:
        yield rules.LESS_MEASURED.at(
            whole(plan),
            option="TIMING",
            reason=phrase("Without times per step nobody can see where the time went"),
        )


def _thrown_away(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        removed = (node["rows_removed_by_filter"] or 0) * (node["loops"] or 0)
        read = removed + (node["rows_total"] or 0)
        is_scan = node["relation"] is not None and node["node"].endswith("Scan")
        if not is_scan or read < WASTED_ROWS or removed <= WASTED_SHARE * read:
            continue
        if plan["timing"] and share(node["inclusive_ms"], plan) < HOT_SHARE:
            continue
        condition = short(node["conditions"].get("filter", phrase("its filter")), 120)
        yield rules.THROWN_AWAY.at(
            at(node), title=name(node), removed=removed, read=read, condition=condition
        )


def _on_disk(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        if detail := _spill(node):
            yield rules.ON_DISK.at(at(node), title=name(node), detail=detail)


def _spill(node: Facts) -> str:
    """How a sort, a hash or a store went to disk; empty when it did not."""
    if disk := _sort_disk(node["sort"]):
        return phrase("{size:,.0f} kB on disk", size=disk)
    if (node["hash"].get("batches") or 0) > 1:
        return phrase("its hash table was split into {batches:,.0f} batches", batches=node["hash"]["batches"])
    if node["aggregate"].get("disk_kb"):
        return phrase("{size:,.0f} kB on disk", size=node["aggregate"]["disk_kb"])
    if node["storage"].get("type") == "Disk":
        return phrase("{size:,.0f} kB on disk", size=node["storage"].get("max_kb") or 0)
    written = node["buffers"].get("temp_written", 0)
    if not written or any(_explains_temporary_blocks(child) for child in node["children"]):
        return ""
    return phrase("{written:,.0f} temporary blocks written", written=written)


def _sort_disk(sort: Facts) -> float:
    """kB a sort took on disk, the most of its groups; 0 when it stayed in memory."""
    if not sort:
        return 0
    disk: float = max(
        (sort[part]["peak_disk_kb"] or 0 for part in ("full", "presorted") if part in sort), default=0
    )
    return max(disk, sort.get("space_kb") or 0) if sort.get("space_type") == "Disk" else disk


def _explains_temporary_blocks(child: Facts) -> bool:
    """True if the blocks its parent counts were written by this step, or for its split hash table."""
    return child["buffers"].get("temp_written", 0) > 0 or (child["hash"].get("batches") or 0) > 1


def _lossy(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        lossy = node["heap_blocks"].get("lossy", 0)
        if lossy:
            blocks = lossy + node["heap_blocks"].get("exact", 0)
            yield rules.LOSSY.at(at(node), title=name(node), lossy=lossy, blocks=blocks)


def _rechecked(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    """Rows an index gave that were none after all, although no block had lost its detail."""
    for node in nodes:
        removed = (node["rows_removed_by_index_recheck"] or 0) * (node["loops"] or 0)
        kept = node["rows_total"] or 0
        if (
            node["heap_blocks"].get("lossy")
            or removed < WASTED_ROWS
            or removed <= WASTED_SHARE * (removed + kept)
        ):
            continue
        yield rules.RECHECKED.at(at(node), title=name(node), removed=removed, read=removed + kept)


def _heap_visited(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        fetches, rows = node["heap_fetches"] or 0, node["rows_total"] or 0
        if node["node"] == "Index Only Scan" and fetches >= HEAP_FETCHES and fetches > HEAP_SHARE * rows:
            yield rules.HEAP_VISITED.at(at(node), title=name(node), fetches=fetches, rows=rows)


def _repeated(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        for child in node["children"]:
            percent, loops = share(child["inclusive_ms"], plan), child["loops"] or 0
            inner = node["node"] == "Nested Loop" and child["parent_relationship"] == "Inner"
            sub = child["parent_relationship"] == "SubPlan"
            if (inner and loops >= INNER_LOOPS and percent >= INNER_SHARE) or (
                sub and loops >= SUBPLAN_LOOPS and percent >= HOT_SHARE
            ):
                part = round(min(percent, 100.0), 1)
                yield rules.REPEATED.at(at(child), title=_called(child), loops=loops, percent=part)


def _called(node: Facts) -> str:
    """`Aggregate of SubPlan 1`, since the step alone says little about a subquery."""
    return f"{name(node)} of {node['subplan_name']}" if node["subplan_name"] else name(node)


def _beside_the_point(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    where, execution = whole(plan), plan["execution_ms"] or 0.0
    for node in nodes:
        planned, launched = node["workers"]["planned"], node["workers"]["launched"]
        if planned and launched is not None and launched < planned and not node["never_executed"]:
            detail = phrase(
                "{planned} workers were planned and {launched} launched", planned=planned, launched=launched
            )
            yield rules.BESIDE_THE_POINT.at(at(node), detail=detail)
    if execution < LEAST_MS:
        return
    jit = plan["jit"].get("total_ms") or 0.0
    if 100.0 * jit > SIDE_SHARE * execution:
        yield rules.BESIDE_THE_POINT.at(
            where,
            detail=phrase(
                "JIT compilation took {jit:,.1f} of {execution:,.1f} ms", jit=jit, execution=execution
            ),
        )
    planning = plan["planning_ms"] or 0.0
    if planning > execution:
        detail = phrase(
            "Planning took {planning:,.1f} ms, longer than the execution ({execution:,.1f} ms)",
            planning=planning,
            execution=execution,
        )
        yield rules.BESIDE_THE_POINT.at(where, detail=detail)
    triggers = sum(trigger["time_ms"] or 0.0 for trigger in plan["triggers"])
    if 100.0 * triggers > SIDE_SHARE * execution:
        detail = phrase(
            "Triggers took {triggers:,.1f} of {execution:,.1f} ms", triggers=triggers, execution=execution
        )
        yield rules.BESIDE_THE_POINT.at(where, detail=detail)
