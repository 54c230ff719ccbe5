"""One group for each layer and side: its cost, its requests, their quotient, and the lines the cost is made of.

What is given once for all layers (the requests, the period) belongs to every group that has none of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.evidence.cost_sheet.periods import seconds_in
from app.evidence.cost_sheet.tagging import Tagged
from app.evidence.cost_sheet.words import LAYER_NAMES, Role
from app.evidence.findings import phrase

LAYERS = ("db", "app", "infra", "")
SIDES = ("before", "after", "")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a group with its place; `others` are places that give another value for the same thing."""

    value: float
    half_step: float
    period: str
    ref: str
    label: str
    per: float = 1.0
    is_peak: bool = False
    is_summed: bool = False
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """What the sheet says of one layer on one side of its change; either may be empty when it is not said."""

    layer: str
    side: str
    cost: Number | None = None
    requests: Number | None = None
    per_request: Number | None = None
    rates: list[Number] = field(default_factory=list)
    peak_factor: Number | None = None
    lines: list[tuple[str, Number]] = field(default_factory=list)
    has_unnamed: bool = False
    """Whether numbers stand under names that are not known: they may be lines too."""

    @property
    def name(self) -> str:
        """`database, before`; `The sheet` when it names neither."""
        words = [LAYER_NAMES.get(self.layer, ""), self.side]
        return ", ".join(word for word in words if word) or phrase("The sheet")

    @property
    def divided(self) -> float | None:
        """Cost over requests, both for the same period; None when one is missing or the periods are not known."""
        if self.cost is None or self.requests is None or self.requests.value <= 0:
            return None
        return self.cost.value / self.requests.value * self.period_factor

    @property
    def period_factor(self) -> float:
        """What the quotient of two periods must be multiplied by: 1 when they are the same or one is not said."""
        one = seconds_in(self.cost.period if self.cost else "")
        other = seconds_in(self.requests.period if self.requests else "")
        return 1.0 if one is None or other is None else other / one


def grouped(numbers: Sequence[Tagged]) -> list[Group]:
    """The groups in the order of the layers, those of the whole sheet last and only when there are no others."""
    keys = {
        (one.layer, one.side)
        for one in numbers
        if one.role in (Role.PER_REQUEST, Role.COST, Role.TOTAL, Role.LINE)
    }
    named = {key for key in keys if all(key)} or {key for key in keys if any(key)} or keys
    order = sorted(named, key=lambda key: (LAYERS.index(key[0]), SIDES.index(key[1])))
    everywhere = _only([one.period for one in numbers])
    return [_group(layer, side, numbers, everywhere) for layer, side in order]


def _only(periods: Sequence[str]) -> str:
    """The period that is the only one named anywhere."""
    known = set(periods) - {"", "second"}
    return known.pop() if len(known) == 1 else ""


def _group(layer: str, side: str, numbers: Sequence[Tagged], everywhere: str) -> Group:
    group = Group(layer, side)
    own = {role: _of(role, layer, side, numbers) for role in Role}
    group.lines = [(one.line, _number(one, everywhere)) for one in own[Role.LINE] if one.cell is not None]
    group.has_unnamed = bool(own[Role.UNNAMED])
    requests = own[Role.REQUESTS]
    group.requests = _chosen(requests, everywhere, _wanted(own[Role.TOTAL] or own[Role.COST]))
    wanted = group.requests.period if group.requests else ""
    group.cost = _chosen(own[Role.TOTAL] or own[Role.COST], everywhere, wanted) or _summed(group.lines)
    group.per_request = _chosen(own[Role.PER_REQUEST], everywhere, "")
    group.rates = [_number(one, "second") for one in own[Role.RATE]]
    group.peak_factor = _chosen(own[Role.PEAK_FACTOR], "", "")
    return group


def _of(role: Role, layer: str, side: str, numbers: Sequence[Tagged]) -> list[Tagged]:
    """The numbers of a role that belong to exactly this group, else to its layer, its side, or everything."""
    found = [one for one in numbers if one.role is role]
    ways = [(layer, side)]
    if role in (Role.REQUESTS, Role.RATE, Role.PEAK_FACTOR):
        ways += [(layer, ""), ("", side), ("", "")]
    for way in ways:
        exact = [one for one in found if (one.layer, one.side) == way]
        if exact:
            return exact
    return []


def _wanted(costs: Sequence[Tagged]) -> str:
    return costs[0].period if costs else ""


def _chosen(candidates: Sequence[Tagged], everywhere: str, wanted: str) -> Number | None:
    """The one of the wanted period, else of the longest; the values of the others of that period are kept."""
    if not candidates:
        return None
    periods = Counter(one.period for one in candidates)
    period = wanted if wanted in periods else max(periods, key=lambda name: seconds_in(name) or 0.0)
    same = [one for one in candidates if one.period == period]
    first = same[0]
    others = tuple(
        one.ref
        for one in same[1:]
        if abs(one.value / one.per - first.value / first.per) > 1e-9 + abs(first.value) * 1e-6
    )
    return _number(first, everywhere, others)


def _number(one: Tagged, everywhere: str, others: tuple[str, ...] = ()) -> Number:
    period = one.period or everywhere
    return Number(one.value, one.half_step, period, one.ref, one.label, one.per, one.is_peak, others=others)


def _summed(lines: Sequence[tuple[str, Number]]) -> Number | None:
    """The sum of the lines of one period, where no total is given."""
    if not lines:
        return None
    periods = Counter(number.period for _, number in lines)
    period = max(periods, key=lambda name: (periods[name], seconds_in(name) or 0.0))
    numbers = [number for _, number in lines if number.period == period]
    total = sum(number.value for number in numbers)
    steps = sum(number.half_step for number in numbers)
    ref = f"{numbers[0].ref} to {numbers[-1].ref}" if len(numbers) > 1 else numbers[0].ref
    return Number(total, steps, period, ref, "sum of the lines", is_summed=len(numbers) > 1)
