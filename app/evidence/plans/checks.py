"""What is to be said of a plan of any database: where the time went, wrong guesses, steps that run again and again.

Each check takes the rule it says, since the advice differs by database. Thresholds follow the viewers of the field
(explain.depesz.com and pev2 colour steps from 10 % of the time and from a tenfold wrong guess on).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, Rule, Where
from app.evidence.plans.shape import name

Facts = dict[str, Any]

HOT_SHARE = 10.0  # % of the plan's time from which a node is worth a word
LEAST_MS = 1.0  # below this, shares of time say nothing
SOME, MISESTIMATE = 10, 100  # factors; with at least this many rows on one side:
MISESTIMATED_ROWS = 1_000
MOST_PER_RULE = 3


def at(node: Facts) -> Where:
    """The node's place in the file."""
    return Where(line=node["line"], last_line=node["last_line"], node=name(node))


def whole(plan: Facts) -> Where:
    return Where(line=plan["line"], last_line=plan["last_line"])


def share(part: float | None, plan: Facts) -> float:
    """Per cent of the root's time; 0 when nothing worth dividing was measured."""
    total = plan["root"]["inclusive_ms"] or 0.0
    return 100.0 * (part or 0.0) / total if total >= LEAST_MS else 0.0


def hot(plan: Facts, nodes: list[Facts], rule: Rule) -> Iterator[Finding]:
    """The steps that took most of the time themselves."""
    if not share(plan["root"]["inclusive_ms"], plan):
        return
    hottest = sorted(nodes, key=lambda node: -(node["exclusive_ms"] or 0.0))[:MOST_PER_RULE]
    for node in hottest:
        percent = share(node["exclusive_ms"], plan)
        if percent >= HOT_SHARE:
            ms, part = round(node["exclusive_ms"], 3), round(min(percent, 100.0), 1)
            yield rule.at(at(node), title=name(node), ms=ms, percent=part)


def misestimated(nodes: list[Facts], rule: Rule, mild: Rule) -> Iterator[Finding]:
    """The lowest nodes whose guess is wrong: what stands above them inherits the mistake."""
    lowest = [
        node for node in nodes if _is_off(node) and not any(_is_off(child) for child in node["children"])
    ]
    if not lowest:
        return
    early = _may_stop_early(nodes)
    found = [(_factor(node), node) for node in lowest if _rows(node)[1] > _rows(node)[0] or not early]
    for factor, node in sorted(found, key=lambda pair: -pair[0]):
        expected, actual = _rows(node)
        said = rule if factor >= MISESTIMATE else mild
        yield said.at(at(node), title=name(node), expected=expected, actual=actual, factor=round(factor))


def _may_stop_early(nodes: list[Facts]) -> bool:
    """A Limit, a semi join or a merge may stop a step before its end."""
    return any(
        node["node"].startswith("Limit")
        or node["node"] == "Merge Join"
        or any(word in (node["join_type"] or "").lower() for word in ("semi", "anti"))
        for node in nodes
    )


def _rows(node: Facts) -> tuple[Any, Any]:
    """Expected and found: rows looked at where they are counted apart, else rows given up."""
    if node["rows_read"] is not None and node["plan_rows_read"] is not None:
        return node["plan_rows_read"], node["rows_read"]
    return node["plan_rows"], node["actual_rows"]


def _is_off(node: Facts) -> bool:
    expected, actual = _rows(node)
    if not expected or actual is None or node["never_executed"]:
        return False  # MySQL writes 0 above a window, a temporary table or a CTE: it made no guess there
    if max(expected, actual) < MISESTIMATED_ROWS:
        return False
    return node["node"] not in ("BitmapAnd", "BitmapOr", "ModifyTable") and _factor(node) >= SOME


def _factor(node: Facts) -> float:
    low, high = sorted(_rows(node))
    return float(high) / max(float(low), 1.0)
