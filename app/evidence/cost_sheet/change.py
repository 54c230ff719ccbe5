"""C7: what a request cost before and after, and whether it was the fix or the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.cost_sheet.arithmetic import said
from app.evidence.cost_sheet.groups import Group
from app.evidence.cost_sheet.rules import CHEAPER, NOT_CHEAPER, TRAFFIC_FELL, TRAFFIC_ROSE
from app.evidence.cost_sheet.showing import money, ratio
from app.evidence.cost_sheet.words import LAYER_NAMES
from app.evidence.findings import Finding, phrase

SAME = 0.03
MATERIAL = 0.1


def check(groups: Sequence[Group], currency: str) -> Iterator[Finding]:
    """One sentence for each layer with both sides, and one more when traffic explains the change."""
    for before, after in pairs(groups):
        one, other = per_request(before), per_request(after)
        if one is None or other is None or one <= 0:
            continue
        rule = CHEAPER if other < one * (1 - SAME) else NOT_CHEAPER
        layer = LAYER_NAMES.get(before.layer, phrase("The sheet"))
        yield rule.at(
            layer=layer, before=money(one, currency), after=money(other, currency), change=ratio(one, other)
        )
        yield from _traffic(layer, before, after, other / one)


def pairs(groups: Sequence[Group]) -> Iterator[tuple[Group, Group]]:
    """Before and after of each layer."""
    sides = {(group.layer, group.side): group for group in groups}
    for (layer, side), group in sides.items():
        after = sides.get((layer, "after"))
        if side == "before" and after is not None:
            yield group, after


def per_request(group: Group) -> float | None:
    """The quotient, or what the sheet says when it cannot be divided."""
    if group.divided is not None:
        return group.divided
    return None if group.per_request is None else said(group.per_request)[0]


def _traffic(layer: str, before: Group, after: Group, change: float) -> Iterator[Finding]:
    costs, requests = (before.cost, after.cost), (before.requests, after.requests)
    if costs[0] is None or costs[1] is None or requests[0] is None or requests[1] is None:
        return
    if (
        min(costs[0].value, requests[0].value) <= 0
        or costs[0].period != costs[1].period
        or requests[0].period != requests[1].period
    ):
        return
    cost, traffic = costs[1].value / costs[0].value, requests[1].value / requests[0].value
    if cost < 1 - MATERIAL and traffic < 1 - MATERIAL and abs(change - 1) <= 2 * SAME:
        yield TRAFFIC_FELL.at(
            layer=layer, cost_share=f"{100 * (1 - cost):.0f}", request_share=f"{100 * (1 - traffic):.0f}"
        )
    if abs(cost - 1) <= SAME and traffic > 1 + MATERIAL:
        yield TRAFFIC_ROSE.at(layer=layer, request_share=f"{100 * (traffic - 1):.0f}")
