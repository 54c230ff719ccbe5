"""A plan from before a change and one from after it: the same question, the same data, and what really changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.findings import Finding, Severity
from app.evidence.plans import pair_rules as rules
from app.evidence.plans.pair_doubts import DOUBTS
from app.evidence.plans.pair_news import NEWS, index_lost
from app.evidence.plans.shape import walk
from app.evidence.plans.work import shape, total_ms

Facts = dict[str, Any]

RULES = rules.RULES
DIGITS = 12
_INCIDENTAL = ("line", "last_line", "format", "version_hint", "query", "query_id")


def compare(before: Mapping[str, Any], after: Mapping[str, Any], _metric: str = "") -> Iterator[Finding]:
    """What two reports' facts say about the change; of several plans in one report the slowest is meant."""
    first, second = _slowest(before), _slowest(after)
    if first is None or second is None:
        return
    if _can_be_told_apart(first) and second["analyzed"] and _essence(first) == _essence(second):
        yield rules.SAME_PLAN.at()
        return
    if not (first["analyzed"] and second["analyzed"]) and shape(first) == shape(second):
        yield rules.SAME_STEPS.at()
    if total_ms(first) is None or total_ms(second) is None:
        yield from index_lost(first, second)
    doubts = [finding for check in DOUBTS for finding in check(first, second)]
    news = [finding for check in NEWS for finding in check(first, second)]
    yield from doubts
    yield from (finding for finding in news if not doubts or finding.severity is not Severity.GOOD)


def _slowest(facts: Mapping[str, Any]) -> Facts | None:
    plans = [plan for plan in facts.get("plans") or () if plan.get("root")]
    return max(plans, key=lambda plan: total_ms(plan) or 0.0, default=None)


def _can_be_told_apart(plan: Facts) -> bool:
    """Its times have digits enough that a second run could not repeat them all: some microseconds often come twice."""
    times = {plan["planning_ms"], plan["execution_ms"]}
    for node in walk(plan["root"]):
        times |= {
            node["actual_startup_ms"],
            node["actual_total_ms"],
            node["exclusive_ms"],
            node["inclusive_ms"],
        }
    digits = sum(math.log10(max(1.0, ms * 1000)) for ms in times if ms)
    return bool(plan["analyzed"]) and digits >= DIGITS


def _essence(value: Any) -> Any:
    """The plan without what differs between two copies of one plan."""
    if isinstance(value, dict):
        return {key: _essence(item) for key, item in value.items() if key not in _INCIDENTAL}
    return [_essence(item) for item in value] if isinstance(value, list) else value
