"""What a request costs before and after each fix, as bars from a common zero, from the facts of one cost sheet.

Before is hollow with a dashed edge, after is full, and each bar bears its name: colour says nothing that these do not.
The axis counts as many requests at once as it takes to speak of whole dollars or cents: one, a thousand, a million.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.axes import Frame, columns
from app.pictures.drawing import Picture, Table, drawing, group, label, path, short
from app.pictures.numbers import at, change, count, items, number, positive, three
from app.pictures.scales import Linear
from app.pictures.words import _, _n

WIDTH = 640
LEFT, RIGHT, TOP, FOOT = 172.0, 560.0, 12.0, 50.0
BAR, GAP, APART = 20.0, 5.0, 20.0
MOST_BARS = 12
SIDES = ("before", "after", "")
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
STEPS = (1.0, 1e3, 1e6, 1e9)
"""For how many requests amounts are told."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One layer on one side; `value` is the cost of a request in whole units of the currency."""

    layer: str
    side: str
    value: float
    group: Facts

    @property
    def name(self) -> str:
        known = (_layers().get(self.layer, ""), _sides().get(self.side, ""))
        return ", ".join(filter(None, known)) or _("The sheet")


@dataclass(frozen=True, slots=True)
class Unit:
    """How amounts are written: the sign of the currency, and for how many requests."""

    sign: str
    size: float
    words: str

    def of(self, value: float) -> str:
        """The cost of one request, as the cost of as many as the unit says."""
        return f"{self.sign}{three(value * self.size)}"


def cost_bars(facts: Facts) -> Picture | None:
    """Two bars a layer; None when the sheet gives no cost of a request."""
    bars = _bars(facts)
    if not bars:
        return None
    unit = _unit(facts, max(bar.value for bar in bars))
    said = " ".join(filter(None, (_conclusion(bars, unit), _below_zero(facts))))
    return Picture(_svg(bars, unit), said, _table(bars, unit))


def _below_zero(facts: Facts) -> str:
    """Credits and typing errors, which have no bar; empty when there are none."""
    found = sum(
        any(
            (number(value) or 0.0) < 0 for value in (at(one, "divided"), at(one, "cost_per_request", "value"))
        )
        for one in items(facts.get("groups"))
    )
    if not found:
        return ""
    return _n(
        "%(count)s cost below zero is not drawn.",
        "%(count)s costs below zero are not drawn.",
        found,
        count=found,
    )


def _bars(facts: Facts) -> list[Bar]:
    """The groups that have a cost of a request, layer by layer, before first."""
    found: dict[tuple[str, str], Bar] = {}
    for one in items(facts.get("groups")):
        value = _value(one)
        layer, side = str(at(one, "layer") or ""), str(at(one, "side") or "")
        if value is not None and side in SIDES and len(found) < MOST_BARS:
            found.setdefault((layer, side), Bar(layer, side, value, one))
    order = list(dict.fromkeys(layer for layer, _ in found))
    return sorted(found.values(), key=lambda bar: (order.index(bar.layer), SIDES.index(bar.side)))


def _value(one: object) -> float | None:
    """The quotient, or what the sheet writes when there is nothing to divide."""
    divided = positive(at(one, "divided"))
    if divided is not None:
        return divided
    written, per = (
        positive(at(one, "cost_per_request", "value")),
        positive(at(one, "cost_per_request", "per")),
    )
    return written / per if written is not None and per and per >= 1 else None


def _unit(facts: Facts, most: float) -> Unit:
    """The smallest number of requests that costs a whole unit or more, so that no label is all zeros."""
    sign = SIGNS.get(str(facts.get("currency") or ""), "")
    size = next((step for step in STEPS if most * step >= 1), STEPS[-1] if most > 0 else STEPS[0])
    words = (_("a request"), _("per 1,000 requests"), _("per million requests"), _("per billion requests"))
    return Unit(sign, size, words[STEPS.index(size)])


def _layers() -> dict[str, str]:
    return {"db": _("Database"), "app": _("Application"), "infra": _("Infrastructure")}


def _sides() -> dict[str, str]:
    return {"before": _("before"), "after": _("after")}


def _svg(bars: Sequence[Bar], unit: Unit) -> str:
    places = _places(bars)
    bottom = places[-1] + BAR + GAP
    frame = Frame(LEFT, RIGHT, TOP, bottom)
    most, step = _axis(max(bar.value for bar in bars) * unit.size)
    across = Linear(0.0, most, LEFT, RIGHT)
    marks = [
        (across.at(step * tick), f"{unit.sign}{three(step * tick)}") for tick in range(round(most / step) + 1)
    ]
    parts = [columns(marks, frame)]
    parts += [_drawn(bar, place, across, unit) for bar, place in zip(bars, places, strict=True)]
    parts += _names(bars, places)
    parts.append(label(_("cost %(per)s", per=unit.words), LEFT, bottom + FOOT - 8, kind="axis-name"))
    return drawing(
        "costs",
        WIDTH,
        round(bottom + FOOT),
        name=_name(bars),
        description=_description(bars, unit),
        parts=parts,
    )


def _places(bars: Sequence[Bar]) -> list[float]:
    """The top of each bar; layers stand apart."""
    found: list[float] = []
    for place, bar in enumerate(bars):
        if not found:
            found.append(TOP + GAP)
            continue
        found.append(found[-1] + BAR + (GAP if bars[place - 1].layer == bar.layer else APART))
    return found


def _axis(most: float) -> tuple[float, float]:
    """The end of the axis and the distance of its lines: 1, 2 or 5 of a decade, four to seven of them."""
    if most <= 0:
        return 1.0, 0.5
    decade = 10.0 ** math.floor(math.log10(most))
    step = next(size * decade for size in (0.2, 0.5, 1.0, 2.0) if most <= 6 * size * decade)
    return step * math.ceil(most / step - 1e-9), step


def _drawn(bar: Bar, top: float, across: Linear, unit: Unit) -> str:
    """A bar from zero and its amount at its end."""
    end = max(across.at(bar.value * unit.size), LEFT + 1)
    shape = f"M{short(LEFT)} {short(top)}H{short(end)}V{short(top + BAR)}H{short(LEFT)}z"
    words = label(unit.of(bar.value), end + 8, top + BAR - 5, kind="value")
    return group(bar.side or "after", path("amount", shape), words)


def _names(bars: Sequence[Bar], places: Sequence[float]) -> list[str]:
    """The side left of each bar, the layer once, left of its first bar."""
    found = []
    for place, (bar, top) in enumerate(zip(bars, places, strict=True)):
        is_first = place == 0 or bars[place - 1].layer != bar.layer
        layer = _layers().get(bar.layer, bar.layer[:12])
        if is_first and layer:
            found.append(label(layer, 0.0, top + BAR - 5, kind="layer"))
        if bar.side:
            found.append(label(_sides()[bar.side], LEFT - 8, top + BAR - 5, anchor="end", kind="side"))
    return found


def _pairs(bars: Sequence[Bar]) -> list[tuple[Bar, Bar]]:
    sides = {(bar.layer, bar.side): bar for bar in bars}
    return [
        (bar, sides[bar.layer, "after"])
        for bar in bars
        if bar.side == "before" and (bar.layer, "after") in sides
    ]


def _name(bars: Sequence[Bar]) -> str:
    return _("Cost of a request, before and after") if _pairs(bars) else _("Cost of a request")


def _description(bars: Sequence[Bar], unit: Unit) -> str:
    """Every bar in words."""
    return " ".join(
        (_("Cost %(per)s.", per=unit.words), *(f"{bar.name}: {unit.of(bar.value)}." for bar in bars))
    )


def _conclusion(bars: Sequence[Bar], unit: Unit) -> str:
    pairs = _pairs(bars)
    if not pairs:
        return _(
            "%(name)s: %(cost)s %(per)s; there is nothing to compare it with.",
            name=bars[0].name,
            cost=unit.of(bars[0].value),
            per=unit.words,
        )
    layers = {"db": _("database"), "app": _("application"), "infra": _("infrastructure")}
    told = [
        _(
            "%(layer)s %(before)s to %(after)s, %(change)s",
            layer=layers.get(before.layer, _("the sheet")),
            before=unit.of(before.value),
            after=unit.of(after.value),
            change=change(before.value, after.value),
        )
        for before, after in pairs
    ]
    return _("Cost %(per)s: %(changes)s.", per=unit.words, changes="; ".join(told))


def _table(bars: Sequence[Bar], unit: Unit) -> Table:
    heads = ("", _("cost"), _("requests"), unit.words)
    return Table(heads, tuple((bar.name, *_inputs(bar, unit), unit.of(bar.value)) for bar in bars))


def _inputs(bar: Bar, unit: Unit) -> tuple[str, str]:
    """Cost and requests with their periods; a dash where the sheet has none."""
    cost, requests = positive(at(bar.group, "cost", "value")), positive(at(bar.group, "requests", "value"))
    return (
        "–" if cost is None else f"{unit.sign}{three(cost)}{_period(bar, 'cost')}",
        count(requests) + ("" if requests is None else _period(bar, "requests")),
    )


def _period(bar: Bar, part: str) -> str:
    period = at(bar.group, part, "period")
    if not isinstance(period, str) or not period:
        return ""
    known = {
        "second": _("a\u00a0second"),
        "minute": _("a\u00a0minute"),
        "hour": _("a\u00a0hour"),
        "day": _("a\u00a0day"),
        "week": _("a\u00a0week"),
        "month": _("a\u00a0month"),
        "quarter": _("a\u00a0quarter"),
        "year": _("a\u00a0year"),
    }
    words = known.get(period) or _("a\u00a0%(period)s", period=period)
    return f" {words}"
