"""Recording rules: an alert on a recorded series is checked through the rule that records it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.evidence.alert_rules import burn, expression_rules, lint, rules
from app.evidence.alert_rules.alerts import Alert
from app.evidence.alert_rules.promql import Node
from app.evidence.findings import Finding, Where
from app.evidence.objectives.durations import compact, short

MOST = 200
MOST_SAID = 15
MOST_NODES = 2000
DEEPEST = 8
"""Series recorded from series recorded from series; a circle ends here."""
_NAMED = re.compile(r"(?:rate|increase|delta|ratio)_?(\d{1,4}[smhdw])$")
_ALERTS_ONLY = frozenset(
    rule.message for rule in (expression_rules.ALWAYS, expression_rules.UNGUARDED, expression_rules.EQUALITY)
)


def known(recording: Sequence[Alert]) -> dict[str, Node]:
    """What each series stands for; one that several rules record stands for none of them alone."""
    count = Counter(one.raw.name for one in recording)
    return {one.raw.name: one.tree for one in recording if one.tree is not None and count[one.raw.name] == 1}


def through(alert: Alert, series: Mapping[str, Node]) -> Alert:
    """The alert, its burn rates read with the recorded expressions in their places."""
    if alert.tree is None or not series:
        return alert
    whole = expanded(alert.tree, series)
    return replace(alert, whole=whole, burns=burn.burns(whole))


def expanded(tree: Node, series: Mapping[str, Node]) -> Node:
    """The tree with each recorded series replaced by its expression; as it is when that grows without end."""
    top, left = Node("top"), MOST_NODES
    waiting = [(tree, top, 0)]
    while waiting:
        node, parent, depth = waiting.pop()
        while node.sort == "vector" and node.name in series and depth < DEEPEST:
            node, depth = series[node.name], depth + 1
        left -= 1
        if left < 0:
            return tree
        copy = replace(node, children=[])
        parent.children.append(copy)
        waiting += [(child, copy, depth) for child in reversed(node.children)]
    return top.children[0]


def findings(recording: Sequence[Alert], series: Mapping[str, Node]) -> Iterator[Finding]:
    """What is wrong with the expressions themselves, each at its own line."""
    said = [finding for one in recording for finding in _of(one, series)]
    yield from said[:MOST_SAID]


def _of(one: Alert, series: Mapping[str, Node]) -> Iterator[Finding]:
    where = Where(line=one.raw.expr_line)
    if one.tree is None:
        yield rules.NOT_PARSED.at(where, alert=one.name, reason=one.problem)
        return
    for rule, numbers in own_remarks(one):
        yield rule.at(where, alert=one.name, **numbers)
    named = _NAMED.search(one.raw.name[-40:])
    wanted = compact(named[1]) if named else None
    windows = {node.window for node in expanded(one.tree, series).walk() if node.window}
    if named and wanted and windows and wanted not in windows:
        yield expression_rules.OTHER_WINDOW.at(
            where, series=one.name, named=named[1], window=" and ".join(map(short, sorted(windows)[:3]))
        )


def own_remarks(one: Alert) -> list[lint.Remark]:
    """Those that hold for a number that is kept, and not only for one that is compared."""
    tree = one.tree
    return (
        [] if tree is None else [pair for pair in lint.remarks(tree) if pair[0].message not in _ALERTS_ONLY]
    )


def facts(recording: Sequence[Alert]) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "line": one.raw.line, "expr": " ".join(one.raw.expr.split())[:600]}
        for one in recording[:MOST]
    ]
