"""Pairs of numbers PostgreSQL cannot print together. Shown to the reviewer only, as something to ask about.

Only rules without a known exception are here. Left out on purpose, since true plans break them: blocks of a parent
against the sum of its children (InitPlans), rows into and out of a Sort (merge joins rescan), costs above a Merge
Join, a semi join or a Limit (they may stop early), and rows of a Limit against its estimate (the estimate may be low).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, Where, phrase
from app.evidence.postgres_plan import rules

Facts = dict[str, Any]

_ROUNDED = 0.0005  # times are printed with three digits
_TAKES_ALL = frozenset(("Sort", "Incremental Sort", "Hash", "Aggregate", "Group", "Unique", "Materialize"))
_GATHERS = ("Gather", "Gather Merge")
_MOST = 3


def contradictions(plan: Facts) -> list[Finding]:
    """Up to three findings, each with the two numbers that do not fit."""
    found = []
    root, execution = plan["root"], plan["execution_ms"]
    if (
        execution is not None
        and root["actual_total_ms"] is not None
        and root["actual_total_ms"] > execution + 0.01
    ):
        detail = phrase(
            "Execution Time {execution:g} ms is less than the {first:g} ms of its first step",
            execution=execution,
            first=root["actual_total_ms"],
        )
        found.append(
            rules.INCONSISTENT.at(Where(line=plan["line"], last_line=plan["last_line"]), detail=detail)
        )
    for node, parallel in _with_parallel(root):
        for detail in _of(node, parallel):
            place = Where(line=node["line"], last_line=node["last_line"], node=node["title"])
            found.append(rules.INCONSISTENT.at(place, detail=detail))
            if len(found) >= _MOST:
                return found
    return found


def _with_parallel(root: Facts) -> Iterator[tuple[Facts, bool]]:
    """Every node, and whether it is a Gather or runs below one."""
    waiting = [(root, False)]
    while waiting:
        node, parallel = waiting.pop()
        parallel = parallel or node["node"] in _GATHERS
        yield node, parallel
        waiting += [(child, parallel) for child in reversed(node["children"])]


def _of(node: Facts, parallel: bool) -> Iterator[str]:
    yield from _starts_after_its_end(node)
    buckets = node["hash"].get("buckets")
    if isinstance(buckets, int) and buckets > 0 and buckets & (buckets - 1):
        yield phrase("{buckets} hash buckets are not a power of two", buckets=buckets)
    for child in node["children"]:
        if child["subplan_name"] is None:
            yield from _outgrown(node, child, parallel)


def _starts_after_its_end(node: Facts) -> Iterator[str]:
    title = node["title"]
    for first, last, unit in (
        ("actual_startup_ms", "actual_total_ms", " ms"),
        ("startup_cost", "total_cost", ""),
    ):
        if node[first] is not None and node[last] is not None and node[first] > node[last]:
            what = "time" if unit else "cost"
            yield phrase(
                "{title} has a start-up {what} of {first:g}{unit} and a total of {total:g}{unit}",
                title=title,
                what=what,
                first=node[first],
                unit=unit,
                total=node[last],
            )


def _outgrown(node: Facts, child: Facts, parallel: bool) -> Iterator[str]:
    """A step that took less than one step inside it."""
    title, inner = node["title"], child["title"]
    if node["node"] in _TAKES_ALL and _exceeds(child["total_cost"], node["total_cost"], 0.02):
        yield phrase(
            "{title} costs {outer_cost:g}, less than {inner} below it ({inner_cost:g})",
            title=title,
            outer_cost=node["total_cost"],
            inner=inner,
            inner_cost=child["total_cost"],
        )
    if parallel:
        return
    slack = 0.002 + _ROUNDED * ((node["loops"] or 0) + (child["loops"] or 0))
    if _exceeds(child["inclusive_ms"], node["inclusive_ms"], slack):
        yield phrase(
            "{title} took {outer_ms:g} ms, less than {inner} below it ({inner_ms:g} ms)",
            title=title,
            outer_ms=node["inclusive_ms"],
            inner=inner,
            inner_ms=child["inclusive_ms"],
        )
    for key, blocks in child["buffers"].items():
        if node["buffers"] and blocks > node["buffers"].get(key, 0):
            yield (
                phrase(
                    "{title} counts {outer_blocks:,} blocks ({sort}), less than {inner} below it ({inner_blocks:,})",
                    title=title,
                    outer_blocks=node["buffers"].get(key, 0),
                    sort=key.replace("_", " "),
                    inner=inner,
                    inner_blocks=blocks,
                )
            )
            return


def _exceeds(inner: float | None, outer: float | None, slack: float) -> bool:
    return inner is not None and outer is not None and inner > outer + slack
