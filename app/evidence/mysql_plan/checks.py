"""What is to be said about one plan of MySQL or MariaDB, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.mysql_plan import rules
from app.evidence.mysql_plan.arithmetic import is_beside
from app.evidence.plans.checks import HOT_SHARE, MOST_PER_RULE, at, hot, misestimated, share, whole
from app.evidence.plans.shape import name, short, walk

Facts = dict[str, Any]

WASTED_SHARE, WASTED_ROWS = 0.9, 10_000
FEW_KEPT = 10.0  # % of rows the optimizer expects to keep
SCANNED_ROWS = 10_000
SORTED_ROWS = 1_000
UNUSED_ROWS = 1_000
INNER_LOOPS, INNER_SHARE = 1_000, 30.0
SUBQUERY_LOOPS = 100
ROUNDED = 0.02  # TREE prints three digits


def findings(plan: Facts) -> list[Finding]:
    """Everything to be said about one plan, in the order of the rules."""
    nodes = list(walk(plan["root"]))
    found: list[Finding] = []
    if not plan["analyzed"]:
        found.append(rules.ESTIMATE_ONLY.at(whole(plan)))
    elif not plan["timing"]:
        found.append(rules.LESS_MEASURED.at(whole(plan)))
    if plan["analyzed"]:
        found += list(_contradictions(plan, nodes))[:MOST_PER_RULE]
        found += _cut_off(plan, nodes)
        found += hot(plan, nodes, rules.TIME_WENT_HERE)
        found += list(misestimated(nodes, rules.MISESTIMATED, rules.MISESTIMATED_SOME))[:MOST_PER_RULE]
    for check in (_thrown_away, _on_disk, _repeated, _scanned, _key_unused, _sorted):
        found += list(check(plan, nodes))[:MOST_PER_RULE]
    return found


def _contradictions(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    """Pairs of figures that the iterators of MySQL cannot give. MariaDB measures each step apart, so it is left out."""
    if plan["format"] == "table" or any(node["rows_read"] is not None for node in nodes):
        return
    for node in nodes:
        first, last = node["actual_startup_ms"], node["actual_total_ms"]
        if first is not None and last is not None and first > last * (1 + ROUNDED):
            detail = phrase(
                "{title} gave its first row at {first:g} ms and its last at {last:g} ms",
                title=node["title"],
                first=first,
                last=last,
            )
            yield rules.INCONSISTENT.at(at(node), detail=detail)
        for child in node["children"]:
            yield from _outgrown(node, child)


def _outgrown(node: Facts, child: Facts) -> Iterator[Finding]:
    """A step that took less than one step inside it; subqueries and tables made on the way may run elsewhere."""
    outer, inner = node["inclusive_ms"], child["inclusive_ms"]
    if outer is None or inner is None or child["subplan_name"] or node["relation"] or node["never_executed"]:
        return
    slack = 0.002 * max(node["loops"] or 0, child["loops"] or 0) + ROUNDED * outer
    if inner > outer + slack:
        detail = phrase(
            "{title} took {outer_ms:g} ms, less than {child} below it ({inner_ms:g} ms)",
            title=node["title"],
            outer_ms=outer,
            child=child["title"],
            inner_ms=inner,
        )
        yield rules.INCONSISTENT.at(at(node), detail=detail)


def _cut_off(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    """The last step of a measured TREE has no figures, although its neighbours have them."""
    last = nodes[-1]
    if plan["format"] == "tree" and last["actual_rows"] is None and not last["never_executed"]:
        yield rules.CUT_OFF.at(at(last), title=name(last))


def _thrown_away(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        scan, removed, read = _waste(node)
        if read >= WASTED_ROWS and removed > WASTED_SHARE * read and _is_warm(plan, node):
            condition = short(node["conditions"].get("filter", phrase("its condition")), 120)
            yield rules.THROWN_AWAY.at(
                at(scan), title=name(scan), removed=removed, read=read, condition=condition
            )
        elif _keeps_few(node):
            read, filtered = node["plan_rows_read"], node["extra"]["filtered"]
            yield rules.WASTE_EXPECTED.at(at(node), title=name(node), read=read, filtered=filtered)


def _waste(node: Facts) -> tuple[Facts, float, float]:
    """The step that read, rows thrown away at least, and rows read.

    TREE filters in a step of its own above the reading one, and early versions round its rows to whole ones a loop.
    """
    scan = node
    if node["node"] == "Filter" and node["children"]:
        scan = node["children"][0]
    if not scan["relation"] or scan["never_executed"]:
        return scan, 0.0, 0.0
    loops = node["loops"] or 1
    removed = (node["rows_removed_by_filter"] or 0) * loops
    kept = (node["actual_rows"] or 0) * loops
    rounded = loops / 2 if loops > 1 and scan is not node and isinstance(node["actual_rows"], int) else 0
    return scan, max(0.0, removed - rounded), removed + kept


def _keeps_few(node: Facts) -> bool:
    """The optimizer's own guess, where nothing was measured."""
    filtered, read = node["extra"].get("filtered"), node["plan_rows_read"]
    if node["actual_rows"] is not None or not isinstance(filtered, int | float) or read is None:
        return False
    return bool(filtered < FEW_KEPT and read >= WASTED_ROWS)


def _is_warm(plan: Facts, node: Facts) -> bool:
    return not plan["timing"] or share(node["inclusive_ms"], plan) >= HOT_SHARE


def _on_disk(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        if passes := node["sort"].get("passes"):
            yield rules.ON_DISK.at(at(node), title=name(node), passes=passes)


def _repeated(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        for place, child in enumerate(node["children"]):
            percent, loops = share(_looped_ms(child), plan), child["loops"] or 0
            inner = place > 0 and loops >= INNER_LOOPS and percent >= INNER_SHARE
            sub = _is_dependent(child) and loops >= SUBQUERY_LOOPS and percent >= HOT_SHARE
            if (inner and child["relation"]) or (inner and child["node"] == "Filter") or sub:
                told = _reader(child)
                yield rules.REPEATED.at(
                    at(told), title=name(told), loops=loops, percent=round(min(percent, 100.0), 1)
                )


def _looped_ms(node: Facts) -> float:
    """The step's time without what ran once below it: a table made for it is filled a single time."""
    once = (child for child in node["children"] if (child["loops"] or 0) * 10 < (node["loops"] or 0))
    return (node["inclusive_ms"] or 0.0) - sum(child["inclusive_ms"] or 0.0 for child in once)


def _is_dependent(child: Facts) -> bool:
    return "dependent" in (child["subplan_name"] or "") or is_beside(child)


def _reader(node: Facts) -> Facts:
    """The step with a table's name, for a filter or a block around it."""
    while node["relation"] is None and len(node["children"]) == 1:
        node = node["children"][0]
    return node


def _scanned(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    """Whole tables, unless a sharper rule spoke of them."""
    told = {id(_waste(node)[0]) for node in nodes if _is_told(plan, node)}
    for node in nodes:
        rows = node["rows_read"] if node["rows_read"] is not None else node["actual_rows"]
        how = phrase("were read")
        if rows is None:
            rows, how = node["plan_rows_read"] or node["plan_rows"] or 0, phrase("are expected")
        if node["full_scan"] and rows >= SCANNED_ROWS and id(node) not in told and _is_warm(plan, node):
            yield rules.FULL_SCAN.at(at(node), title=name(node), rows=rows, how=how)


def _is_told(plan: Facts, node: Facts) -> bool:
    _, removed, read = _waste(node)
    return (read >= WASTED_ROWS and removed > WASTED_SHARE * read and _is_warm(plan, node)) or _keeps_few(
        node
    )


def _key_unused(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        rows = node["rows_read"] or node["plan_rows_read"] or 0
        if node["full_scan"] and node["possible_keys"] and not node["index"] and rows >= UNUSED_ROWS:
            yield rules.KEY_UNUSED.at(at(node), title=name(node), keys=", ".join(node["possible_keys"][:5]))


def _sorted(plan: Facts, nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        sorts, stores = (
            node["sort"].get("method") == "filesort",
            node["storage"].get("type") == "temporary table",
        )
        if not (sorts or stores) or node["never_executed"]:
            continue
        rows = _rows_into(node)
        if rows >= SORTED_ROWS:
            what = phrase(" and ").join(
                [phrase("put into a temporary table")] * stores + [phrase("sorted")] * sorts
            )
            yield rules.SORTED.at(at(node), title=name(node), what=what, rows=rows)


def _rows_into(node: Facts) -> float:
    """Rows that come from below, or that a table's own row counts."""
    below = [child for child in node["children"] if not child["subplan_name"]]
    sources = below or [node]
    rows = max((source["rows_total"] or source["plan_rows"] or 0 for source in sources), default=0)
    return float(rows)
