"""What is wrong with an expression that loads: seen in its tree (A8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.evidence.alert_rules import expression_rules as rules
from app.evidence.alert_rules.burn import COMPARISONS, comparisons
from app.evidence.alert_rules.promql import Node, constant
from app.evidence.findings import Rule, phrase
from app.evidence.objectives.durations import short

Remark = tuple[Rule, dict[str, str]]
FEWEST_SECONDS = 60.0
"""Four scrapes of 15 s, the shortest interval in common use."""
RATES = frozenset(("rate", "irate", "increase"))
RANGED = RATES | {"delta", "idelta", "deriv", "changes", "resets"}
AVERAGES = frozenset(("avg", "sum"))
_GAUGE = re.compile(
    r"^(?:node_memory_\w{1,60}|node_load\d{1,2}|node_filesystem_(?:avail|free|size)_bytes|process_resident_memory_bytes"
    r"|go_goroutines|up|kube_deployment_status_replicas\w{0,40}|container_memory_(?:usage|working_set)_bytes"
    r"|\w{1,80}_(?:ratio|percent|percentage|celsius|temperature|queue_length|queue_depth|queue_size))$"
)
_COUNTED = re.compile(r"_(?:total|count|sum|bucket)$")


def remarks(tree: Node) -> Iterator[Remark]:
    """Every remark on one expression; the same one is made once."""
    seen = set()
    for look in (_windows, _gauges, _order, _buckets, _quantiles, _equality, _always, _division):
        for rule, numbers in look(tree):
            key = (rule.message, tuple(numbers.items()))
            if key not in seen:
                seen.add(key)
                yield rule, numbers


def _windows(tree: Node) -> Iterator[Remark]:
    for call in _calls(tree, RANGED):
        for ranged in call.children:
            if ranged.sort == "matrix" and ranged.window is not None and ranged.window < FEWEST_SECONDS:
                yield rules.SHORT_WINDOW, {"call": call.name, "window": short(ranged.window)}


def _gauges(tree: Node) -> Iterator[Remark]:
    for call in _calls(tree, RATES):
        for ranged in call.children:
            if ranged.sort == "matrix" and _GAUGE.match(ranged.name[:200]):
                yield rules.RATE_OF_GAUGE, {"call": call.name, "metric": ranged.name[:100]}


def _order(tree: Node) -> Iterator[Remark]:
    """A rate of a sum: a restart of one instance looks like a fall of the whole."""
    for call in _calls(tree, RATES):
        for ranged in call.children:
            if (
                ranged.sort == "subquery"
                and ranged.children[0].sort == "aggregate"
                and ranged.children[0].name == "sum"
            ):
                inner = list(ranged.children[0].walk())
                if not any(one.sort == "call" and one.name in RANGED for one in inner):
                    yield rules.RATE_OF_SUM, {"call": call.name}


def _buckets(tree: Node) -> Iterator[Remark]:
    for call in _calls(tree, {"histogram_quantile"}):
        if len(call.children) != 2:
            continue
        inner = list(call.children[1].walk())
        series = [one for one in inner if one.sort in ("vector", "matrix") and one.name.endswith("_bucket")]
        lost = [
            one
            for one in inner
            if one.sort == "aggregate" and one.name in ("sum", "avg", "max", "min") and _loses_le(one)
        ]
        if series and lost:
            yield rules.NO_LE, {"metric": series[0].name[:100], "aggregate": lost[0].name}
        elif any(one.sort == "vector" for one in series) and call.children[1].sort in ("vector", "aggregate"):
            yield rules.NO_RATE, {"metric": series[0].name[:100]}
        level = constant(call.children[0])
        if level is not None and not 0 <= level <= 1:
            yield rules.NO_QUANTILE, {"level": f"{level:g}"}


def _loses_le(node: Node) -> bool:
    if node.grouping is None:
        return True
    return ("le" in node.grouping) if node.is_without else ("le" not in node.grouping)


def _quantiles(tree: Node) -> Iterator[Remark]:
    """Averages of percentiles; the maximum or minimum of some is one of them, and fine."""
    for node in tree.walk():
        is_average = (node.sort == "aggregate" and node.name in AVERAGES) or (
            node.sort == "call" and node.name in ("avg_over_time", "sum_over_time")
        )
        inner = _quantile_below(node) if is_average else ""
        if inner:
            yield rules.AVERAGED, {"average": node.name, "what": inner}


def _quantile_below(node: Node) -> str:
    """The quantile that is averaged directly; one inside a comparison is counted, not averaged."""
    waiting = [node.children[-1]] if node.children else []
    while waiting:
        one = waiting.pop()
        if one.sort == "binary" and one.name in COMPARISONS:
            continue
        if one.sort == "call" and one.name == "histogram_quantile":
            return "histogram_quantile(…)"
        if one.sort in ("vector", "matrix") and any(
            label == "quantile" and op == "=" for label, op, _ in one.matchers
        ):
            return f"{one.name[:80]}{{quantile=…}}"
        waiting += one.children if one.sort in ("subquery", "binary", "call") else []
    return ""


def _equality(tree: Node) -> Iterator[Remark]:
    for one in comparisons(tree):
        computed = any(
            (node.sort == "call" and node.name in (*RATES, "deriv", "avg_over_time", "histogram_quantile"))
            or (node.sort == "aggregate" and node.name == "avg")
            or (node.sort == "binary" and node.name == "/")
            for node in one.measured.walk()
        )  # fmt: skip
        if one.operator in ("==", "!=") and computed and one.value not in (0.0, 1.0):
            yield rules.EQUALITY, {"operator": one.operator, "value": f"{one.value:g}"}


def _always(tree: Node) -> Iterator[Remark]:
    """An alert fires for every series the expression gives, whatever its value."""
    if tree.sort == "binary" and tree.name in COMPARISONS and tree.is_bool:
        yield rules.ALWAYS, {"what": phrase("{name} bool gives 0 or 1, and both are values", name=tree.name)}
        return
    conditions = any(
        (one.sort == "binary" and one.name in (*COMPARISONS, "unless"))
        or (one.sort == "call" and one.name.startswith("absent"))
        for one in tree.walk()
    )  # fmt: skip
    is_watchdog = constant(tree) is not None
    is_recorded = tree.sort == "vector" and (tree.name.startswith("ALERTS") or bool(tree.matchers))
    if not conditions and not is_watchdog and not is_recorded:
        yield rules.ALWAYS, {"what": phrase("nothing in it is compared")}


def _division(tree: Node) -> Iterator[Remark]:
    """A ratio of rates that is compared, where nothing asks whether there was traffic at all."""
    if any(one.sort == "binary" and one.name in ("and", "unless") for one in tree.walk()):
        return
    for one in comparisons(tree):
        top = one.measured
        is_ratio = (
            top.sort == "binary"
            and top.name == "/"
            and _is_rate(top.children[0])
            and _is_rate(top.children[1])
        )
        if is_ratio and one.operator in (">", ">="):
            metric = next((node.name for node in top.children[1].walk() if node.sort == "matrix"), "")
            yield rules.UNGUARDED, {"metric": metric[:100]}


def _is_rate(node: Node) -> bool:
    return any(one.sort == "call" and one.name in RATES for one in node.walk())


def _calls(tree: Node, names: frozenset[str] | set[str]) -> Iterator[Node]:
    return (one for one in tree.walk() if one.sort == "call" and one.name in names)
