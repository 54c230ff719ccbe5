"""What is to be said about one plan of SQLite, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.evidence.findings import Finding, phrase
from app.evidence.plans.checks import MOST_PER_RULE, at, whole
from app.evidence.plans.shape import name, walk
from app.evidence.sqlite_plan import rules

Facts = dict[str, Any]

_SORT = "USE TEMP B-TREE FOR "
_BY_TURNS = ("COMPOUND", "MERGE", "MULTI-INDEX", "UNION")  # their parts run one after the other


def findings(plan: Facts) -> list[Finding]:
    """Everything to be said about one plan, in the order of the rules."""
    nodes = list(walk(plan["root"]))
    repeated = list(_repeated(nodes))
    found = [rules.STRATEGY_ONLY.at(whole(plan))]
    found += [rules.REPEATED.at(at(node), title=name(node), around=around)
              for node, around in repeated[:MOST_PER_RULE]]  # fmt: skip
    told = {id(node) for node, _ in repeated}
    for check in (_automatic, _sorted):
        found += list(check(nodes))[:MOST_PER_RULE]
    scans = [node for node in nodes if node["full_scan"] and id(node) not in told]
    found += [rules.FULL_SCAN.at(at(node), title=name(node)) for node in scans[:MOST_PER_RULE]]
    return found


def _repeated(nodes: list[Facts]) -> Iterator[tuple[Facts, str]]:
    """Scans inside of loops: after another table of the same block, or in a subquery that depends on the row."""
    for node in nodes:
        if node["node"].startswith(_BY_TURNS):
            continue
        outer: str | None = None
        for child in node["children"]:
            if child["full_scan"] and outer is not None:
                yield child, outer
            elif child["node"].startswith("CORRELATED"):
                inner = next((below for below in child["children"] if below["full_scan"]), None)
                if inner is not None:
                    yield inner, outer or phrase("the query around it")
            outer = child["relation"] or outer


def _automatic(nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        if "automatic" in (node["strategy"] or ""):
            columns = node["conditions"].get("index_cond", phrase("of the condition"))
            yield rules.AUTOMATIC_INDEX.at(
                at(node), title=name(node), table=node["relation"], columns=columns
            )


def _sorted(nodes: list[Facts]) -> Iterator[Finding]:
    for node in nodes:
        if node["node"].startswith(_SORT):
            yield rules.SORTED.at(at(node), title=node["title"])
