"""Requests a second at each milestone of users, on two logarithmic axes: where the lines leave the dotted one, load
grows faster or slower than users.

The peak is solid with a full mark, the mean is dashed with a hollow one: the two are told apart without colour.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.pictures.axes import Frame, apart, columns
from app.pictures.drawing import Picture, Point, Table, drawing, element, group, label, line, path, short
from app.pictures.numbers import SPACE, at, count, items, positive, three
from app.pictures.scales import Log, log_axis
from app.pictures.words import _

WIDTH, HEIGHT = 640, 300
FRAME = Frame(left=62, right=540, top=14, bottom=258)
INSET = 26.0
"""Room beside the first and the last milestone, for the number at its mark."""
FEWEST, MOST = 2, 12
LABEL_ROOM = 58.0
LEAST, LARGEST = 1e-6, 1e12
"""Outside it no plan lies, and an axis would be all decades."""
MOST_WRITTEN = 24
FINEST_TICK = 0.0005
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage of a plan: rates in requests a second, the other numbers as they are written."""

    users: float
    peak: float | None
    mean: float | None
    written: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: of the peaks or the means, and its points as (users, rate)."""

    is_peak: bool
    points: tuple[Point, ...]

    @property
    def style(self) -> str:
        """Before is dashed."""
        return "after" if self.is_peak else "before"

    @property
    def name(self) -> str:
        return _("peak") if self.is_peak else _("mean")


def capacity_curve(facts: Facts) -> Picture | None:
    """The milestones of a capacity table or a launch plan; None with fewer than two that have a rate."""
    every = _milestones(facts)
    milestones = _spread(every)
    curves = [curve for curve in _curves(milestones) if len(curve.points) >= FEWEST]
    if not curves:
        return None
    said = " ".join(
        filter(None, (_conclusion(milestones, curves[0]), _left_out(len(milestones), len(every))))
    )
    return Picture(_svg(milestones, curves), said, _table(milestones))


def _milestones(facts: Facts) -> list[Milestone]:
    """Those of the first table that has rates, else those of the prose; in the order of users, each number once."""
    groups = [items(each) for each in items(at(facts, "tables"))[:8]] + [items(at(facts, "stages"))]
    for stages in groups:
        found = {one.users: one for stage in reversed(stages[:200]) if (one := _milestone(stage)) is not None}
        if len(found) >= FEWEST:
            return [found[users] for users in sorted(found)]
    return []


def _spread(every: Sequence[Milestone]) -> list[Milestone]:
    """As many as fit, from the first to the last."""
    if len(every) <= MOST:
        return list(every)
    return [every[round(place * (len(every) - 1) / (MOST - 1))] for place in range(MOST)]


def _left_out(drawn: int, there: int) -> str:
    if drawn == there:
        return ""
    return _("%(drawn)s of %(count)s milestones are drawn.", drawn=drawn, count=count(there))


def _milestone(stage: object) -> Milestone | None:
    users = _placeable(at(stage, "users"))
    numbers = at(stage, "numbers")
    if numbers is None:
        peak, mean = max(filter(None, map(_placeable, items(at(stage, "peaks")))), default=None), None
    else:
        peak, mean = (_placeable(at(numbers, role, "value")) for role in ("peak_rps", "mean_rps"))
    if users is None or (peak is None and mean is None):
        return None
    written = {role: _written(at(numbers, role, "written")) for role in ("storage", "egress", "cost")}
    return Milestone(users, peak, mean, written)


def _placeable(value: object) -> float | None:
    found = positive(value)
    return found if found is not None and LEAST <= found <= LARGEST else None


def _written(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return f"{text[:MOST_WRITTEN]}…" if len(text) > MOST_WRITTEN else text or "–"


def _curves(milestones: Sequence[Milestone]) -> list[Curve]:
    peaks = tuple((one.users, one.peak) for one in milestones if one.peak is not None)
    means = tuple((one.users, one.mean) for one in milestones if one.mean is not None)
    return [Curve(is_peak=True, points=peaks), Curve(is_peak=False, points=means)]


def _svg(milestones: Sequence[Milestone], curves: Sequence[Curve]) -> str:
    across = Log(milestones[0].users, milestones[-1].users, FRAME.left + INSET, FRAME.right - INSET, ())
    up = log_axis([rate for curve in curves for _users, rate in curve.points], FRAME.bottom, FRAME.top)
    parts = [_rates(up), columns(_marks(milestones, across), FRAME), _in_step(curves[0], across, up)]
    parts += [_drawn(curve, across, up) for curve in curves]
    parts += _names(curves, up)
    said = _("requests a second by users, on log scales; dotted: as fast as users")
    parts.append(label(said, FRAME.left, HEIGHT - 6, kind="axis-name"))
    described, name = " ".join(map(_said, curves)), _("Load at each milestone")
    return drawing("capacity", WIDTH, HEIGHT, name=name, description=described, parts=parts)


def _rates(up: Log) -> str:
    lines = "".join(
        f"M{short(FRAME.left)} {short(up.at(tick))}H{short(FRAME.right)}" for tick in up.ticks[-12:]
    )
    labels = [label(_tick(tick), FRAME.left - 8, up.at(tick) + 4, anchor="end") for tick in up.ticks[-12:]]
    return path("grid", lines) + group("axis", *labels)


def _tick(value: float) -> str:
    """A rate at the axis, where 0.00001 has no room: 10⁻⁵."""
    if value >= FINEST_TICK:
        return _rate(value)
    return f"10⁻{str(-math.floor(math.log10(value) + 0.5)).translate(_RAISED)}"


def _rate(value: float) -> str:
    """A rate short enough for the margin: 0.000001, 0.02, 1.6, 116, 12,000, 3.5M."""
    return three(value) if value < 1e6 else _("%(millions)sM", millions=three(value / 1e6))


def _marks(milestones: Sequence[Milestone], across: Log) -> list[tuple[float, str]]:
    """The milestones that have room for their number."""
    found: list[tuple[float, str]] = []
    for one in milestones:
        x = across.at(one.users)
        if not found or x - found[-1][0] >= LABEL_ROOM:
            found.append((x, count(one.users) if one.users < 1e7 else _rate(one.users)))
    return found


def _in_step(curve: Curve, across: Log, up: Log) -> str:
    """Where the load would be if it grew as users do from the first milestone on; cut where it leaves the frame."""
    users, rate = curve.points[0]
    last = min(across.high, users * up.high / rate)
    ends = [(across.at(each), up.at(rate * each / users)) for each in (users, last)]
    return path("guide", line(ends))


def _drawn(curve: Curve, across: Log, up: Log) -> str:
    places = [(across.at(users), up.at(rate)) for users, rate in curve.points]
    marks = [element("circle", class_="mark", cx=x, cy=y, r=4.0) for x, y in places]
    shown: list[str] = []
    last = -LABEL_ROOM
    for (x, y), (_users, rate) in zip(places, curve.points, strict=True):
        if x - last >= LABEL_ROOM:
            is_above = curve.is_peak or y + 18 > FRAME.bottom
            place = max(y - 9, 12.0) if is_above else y + 18
            shown.append(label(_rate(rate), x, place, anchor="middle", kind="value"))
            last = x
    return group(curve.style, path("curve", line(places)), *marks, *shown)


def _names(curves: Sequence[Curve], up: Log) -> list[str]:
    ends = [up.at(curve.points[-1][1]) for curve in curves]
    places = apart(ends, 20.0, FRAME.top + 8, FRAME.bottom - 8)
    return [
        group(curve.style, label(curve.name, FRAME.right + 8, place + 4, kind="name"))
        for curve, place in zip(curves, places, strict=True)
    ]


def _said(curve: Curve) -> str:
    """A line in words."""
    points = ", ".join(
        _("%(rate)s a second at %(users)s users", rate=_rate(rate), users=count(users))
        for users, rate in curve.points
    )
    return _("Peak: %(points)s.", points=points) if curve.is_peak else _("Mean: %(points)s.", points=points)


def _conclusion(milestones: Sequence[Milestone], curve: Curve) -> str:
    fall = next(((one, other) for one, other in pairwise(curve.points) if other[1] < one[1]), None)
    if fall is not None:
        return _fall(curve, *fall)
    return " ".join(filter(None, (_growth(curve), _costs(milestones))))


def _fall(curve: Curve, before: Point, after: Point) -> str:
    known = {
        "higher": _rate(before[1]),
        "lower": _rate(after[1]),
        "fewer": count(before[0]),
        "more": count(after[0]),
    }
    if curve.is_peak:
        return _(
            "The peak falls from %(higher)s to %(lower)s requests a second "
            "while users grow from %(fewer)s to %(more)s.",
            **known,
        )
    return _(
        "The mean falls from %(higher)s to %(lower)s requests a second while users grow from %(fewer)s to %(more)s.",
        **known,
    )


def _growth(curve: Curve) -> str:
    (users, rate), (last_users, last_rate) = curve.points[0], curve.points[-1]
    known = {
        "users": three(last_users / users),
        "load": three(last_rate / rate),
        "first": _rate(rate),
        "last": _rate(last_rate),
    }
    if curve.is_peak:
        return _(
            "%(users)s times the users bring %(load)s times the load: "
            "the peak goes from %(first)s to %(last)s requests a second.",
            **known,
        )
    return _(
        "%(users)s times the users bring %(load)s times the load: "
        "the mean goes from %(first)s to %(last)s requests a second.",
        **known,
    )


def _costs(milestones: Sequence[Milestone]) -> str:
    first, last = milestones[0].written["cost"], milestones[-1].written["cost"]
    if "–" in (first, last):
        return ""
    return _("The cost as written goes from %(first)s to %(last)s.", first=first, last=last)


def _table(milestones: Sequence[Milestone]) -> Table:
    rows = [
        (
            count(one.users),
            *(f"{_rate(rate)}{SPACE}/s" if rate is not None else "–" for rate in (one.mean, one.peak)),
            *(one.written[role] for role in ("storage", "egress", "cost")),
        )
        for one in milestones
    ]
    heads = (_("users"), _("mean"), _("peak"), _("storage"), _("bytes out"), _("cost"))
    return Table(heads, tuple(rows))
