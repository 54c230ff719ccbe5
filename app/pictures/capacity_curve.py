"""Requests a second at each milestone of users, on two logarithmic axes: where the lines leave the dotted one, load
grows faster or slower than users.

The peak is solid with a full mark, the mean is dashed with a hollow one: the two are told apart without colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.axes import Frame, apart, columns
from app.pictures.drawing import Picture, Point, Table, drawing, element, group, label, line, path, short
from app.pictures.numbers import SPACE, at, count, items, positive, three
from app.pictures.scales import Log, log_axis

WIDTH, HEIGHT = 640, 300
FRAME = Frame(left=62, right=540, top=14, bottom=258)
INSET = 26.0
"""Room beside the first and the last milestone, for the number at its mark."""
FEWEST, MOST = 2, 12
LABEL_ROOM = 58.0
LEAST, LARGEST = 1e-6, 1e12
"""Outside it no plan lies, and an axis would be all decades."""
MOST_WRITTEN = 24

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
    """One line: its name, its style (before is dashed) and its points as (users, rate)."""

    name: str
    style: str
    points: tuple[Point, ...]


def capacity_curve(facts: Facts) -> Picture | None:
    """The milestones of a capacity table or a launch plan; None with fewer than two that have a rate."""
    milestones = _milestones(facts)
    curves = [curve for curve in _curves(milestones) if len(curve.points) >= FEWEST]
    if not curves:
        return None
    return Picture(_svg(milestones, curves), _conclusion(milestones, curves[0]), _table(milestones))


def _milestones(facts: Facts) -> list[Milestone]:
    """Those of the first table that has rates, else those of the prose; in the order of users, each number once."""
    groups = [items(each) for each in items(at(facts, "tables"))[:8]] + [items(at(facts, "stages"))]
    for stages in groups:
        found = {one.users: one for stage in reversed(stages[:200]) if (one := _milestone(stage)) is not None}
        if len(found) >= FEWEST:
            return [found[users] for users in sorted(found)[:MOST]]
    return []


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
    return [Curve("peak", "after", peaks), Curve("mean", "before", means)]


def _svg(milestones: Sequence[Milestone], curves: Sequence[Curve]) -> str:
    across = Log(milestones[0].users, milestones[-1].users, FRAME.left + INSET, FRAME.right - INSET, ())
    up = log_axis([rate for curve in curves for _, rate in curve.points], FRAME.bottom, FRAME.top)
    parts = [_rates(up), columns(_marks(milestones, across), FRAME), _in_step(curves[0], across, up)]
    parts += [_drawn(curve, across, up) for curve in curves]
    parts += _names(curves, up)
    said = "requests a second by users, on log scales; dotted: as fast as users"
    parts.append(label(said, FRAME.left, HEIGHT - 6, kind="axis-name"))
    described = " ".join(f"{curve.name.capitalize()}: {_said(curve)}." for curve in curves)
    return drawing(
        "capacity", WIDTH, HEIGHT, name="Load at each milestone", description=described, parts=parts
    )


def _rates(up: Log) -> str:
    lines = "".join(
        f"M{short(FRAME.left)} {short(up.at(tick))}H{short(FRAME.right)}" for tick in up.ticks[-12:]
    )
    labels = [label(_rate(tick), FRAME.left - 8, up.at(tick) + 4, anchor="end") for tick in up.ticks[-12:]]
    return path("grid", lines) + group("axis", *labels)


def _rate(value: float) -> str:
    """A rate short enough for the margin: 0.02, 1.6, 116, 12,000, 3.5M."""
    if value >= 1e6:
        return f"{three(value / 1e6)}M"
    return three(value) if value >= 0.001 else f"{value:.0e}"


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
    is_peak = curve.style == "after"
    shown: list[str] = []
    last = -LABEL_ROOM
    for (x, y), (_, rate) in zip(places, curve.points, strict=True):
        if x - last >= LABEL_ROOM:
            is_above = is_peak or y + 18 > FRAME.bottom
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
    return ", ".join(f"{_rate(rate)} a second at {count(users)} users" for users, rate in curve.points)


def _conclusion(milestones: Sequence[Milestone], curve: Curve) -> str:
    (users, rate), (last_users, last_rate) = curve.points[0], curve.points[-1]
    fall = next(
        (pair for pair in zip(curve.points, curve.points[1:], strict=False) if pair[1][1] < pair[0][1]), None
    )
    if fall is not None:
        (fewer, higher), (more, lower) = fall
        return (
            f"The {curve.name} falls from {_rate(higher)} to {_rate(lower)} requests a second "
            f"while users grow from {count(fewer)} to {count(more)}."
        )
    return (
        f"{three(last_users / users)} times the users bring {three(last_rate / rate)} times the load: the {curve.name} "
        f"goes from {_rate(rate)} to {_rate(last_rate)} requests a second.{_costs(milestones)}"
    )


def _costs(milestones: Sequence[Milestone]) -> str:
    first, last = milestones[0].written["cost"], milestones[-1].written["cost"]
    return "" if "–" in (first, last) else f" The cost as written goes from {first} to {last}."


def _table(milestones: Sequence[Milestone]) -> Table:
    rows = [
        (
            count(one.users),
            *(f"{_rate(rate)}{SPACE}/s" if rate is not None else "–" for rate in (one.mean, one.peak)),
            *(one.written[role] for role in ("storage", "egress", "cost")),
        )
        for one in milestones
    ]
    return Table(("users", "mean", "peak", "storage", "bytes out", "cost"), tuple(rows))
