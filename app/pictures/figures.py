"""Which picture a kind of evidence gets: one table, for the portal's pages and for the command line.

A kind has pictures of one file, at most one of a pair, and pictures of one file among the others of its version, such
as kills and the requests around them. What the pair shows already is left out at its two files.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.burn_rates import burn_rates
from app.pictures.capacity_curve import capacity_curve
from app.pictures.cost_bars import cost_bars
from app.pictures.deploy_windows import deploy_windows
from app.pictures.drawable import Drawable
from app.pictures.drawing import Picture, Table
from app.pictures.drill_calendar import drill_calendar
from app.pictures.flame_difference import flame_difference
from app.pictures.flame_graph import flame_graph
from app.pictures.kill_timeline import kill_timeline
from app.pictures.latency_over_time import latency_over_time
from app.pictures.percentile_curve import percentile_curve
from app.pictures.plan_nodes import slowest
from app.pictures.plan_pair import plan_pair
from app.pictures.plan_tree import PlanTree, plan_tree
from app.words import _, spoken

Facts = Mapping[str, Any]
NO_NUMBERS = Table((), ())


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawing with its numbers, or trees of plans as (side, tree); the side is empty for a plan alone."""

    conclusion: str
    table: Table
    svg: str = ""
    trees: tuple[tuple[str, PlanTree], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One picture of one file. `key` ends its id; `is_in_pair` when the picture of a pair shows the same."""

    key: str
    title: str
    draw: Callable[[Facts], Shown | None]
    is_in_pair: bool


@dataclass(frozen=True, slots=True)
class Joint:
    """One picture of a file among all files of its version, itself included; drawn at this file alone."""

    key: str
    title: str
    draw: Callable[[Drawable, Sequence[Drawable]], Shown | None]


@dataclass(frozen=True, slots=True)
class Sort:
    """The pictures of a kind."""

    alone: tuple[Part, ...] = ()
    pair: Callable[[Facts, Facts], Shown | None] | None = None
    among: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as a page places it: `key` is empty for a pair, `title` says what it is."""

    key: str
    title: str
    shown: Shown


def figures(kind: str | None, facts: Facts, *, is_paired: bool) -> tuple[Figure, ...]:
    """What can be drawn of one file; what its pair shows already is left out."""
    parts = KINDS[kind].alone if kind in KINDS else ()
    drawn = ((part, part.draw(facts)) for part in parts if not (is_paired and part.is_in_pair))
    return _titled(drawn)


def figures_among(file: Drawable, version: Sequence[Drawable]) -> tuple[Figure, ...]:
    """What can be drawn of one file and the others of its version together."""
    parts = KINDS[file.kind].among if file.kind in KINDS else ()
    drawn = ((part, part.draw(file, version)) for part in parts)
    return _titled(drawn)


def _titled(drawn: Iterable[tuple[Part | Joint, Shown | None]]) -> tuple[Figure, ...]:
    return tuple(Figure(part.key, spoken(part.title), shown) for part, shown in drawn if shown is not None)


def pair_figure(kind: str | None, before: Facts, after: Facts) -> Shown | None:
    """Two files of one kind as one picture; None when they cannot be drawn together."""
    draw = KINDS[kind].pair if kind in KINDS else None
    return None if draw is None else draw(before, after)


def is_paired(kind: str | None) -> bool:
    """Whether two files of this kind have a picture together."""
    return kind in KINDS and KINDS[kind].pair is not None


def _drawn(picture: Picture | None) -> Shown | None:
    return None if picture is None else Shown(picture.conclusion, picture.table, svg=picture.svg)


def _plan(facts: Facts) -> Shown | None:
    plan = slowest(facts)
    tree = None if plan is None else plan_tree(plan["root"])
    return None if tree is None else Shown(tree.conclusion, NO_NUMBERS, trees=(("", tree),))


def _plans(before: Facts, after: Facts) -> Shown | None:
    first, second = slowest(before), slowest(after)
    both = plan_pair(first, second) if first is not None and second is not None else None
    if both is None:
        return None
    return Shown(both.conclusion, both.changes, trees=(("Before", both.before), ("After", both.after)))


_LATENCY = Sort(
    (
        Part(
            "percentiles",
            _("By percentile"),
            lambda facts: _drawn(percentile_curve(None, facts)),
            is_in_pair=True,
        ),
        Part("time", _("Over time"), lambda facts: _drawn(latency_over_time(facts)), is_in_pair=False),
    ),
    lambda before, after: _drawn(percentile_curve(before, after)),
)
_COSTS = Sort(
    (Part("costs", _("Cost of a request"), lambda facts: _drawn(cost_bars(facts)), is_in_pair=False),)
)
_DRILLS = Sort(
    (Part("drills", _("Drills by quarter"), lambda facts: _drawn(drill_calendar(facts)), is_in_pair=False),)
)
_CAPACITY = Sort(
    (Part("capacity", _("Load by users"), lambda facts: _drawn(capacity_curve(facts)), is_in_pair=False),)
)
_DEPLOYS = Sort(
    among=(
        Joint(
            "windows",
            _("Traffic of each deploy"),
            lambda file, version: _drawn(deploy_windows(file, version)),
        ),
    )
)
_PROFILE = Sort(
    (Part("flames", _("Where time goes"), lambda facts: _drawn(flame_graph(facts)), is_in_pair=False),),
    lambda before, after: _drawn(flame_difference(before, after)),
)
_PLAN = Sort((Part("plan", _("The plan"), _plan, is_in_pair=True),), _plans)

_KILLS = Sort(among=(Joint("kills", _("Kills"), lambda file, version: _drawn(kill_timeline(file, version))),))
_ALERTS = Sort((Part("burn", _("Burn rates"), lambda facts: _drawn(burn_rates(facts)), is_in_pair=False),))

KINDS: dict[str | None, Sort] = {
    "alert_rules": _ALERTS,
    "kill_log": _KILLS,
    "capacity_table": _CAPACITY,
    "latency_table": _LATENCY,
    "launch_plan": _CAPACITY,
    "load_report": _LATENCY,
    "postgres_plan": _PLAN,
    "mysql_plan": _PLAN,
    "sqlite_plan": _PLAN,
    "profile": _PROFILE,
    "cost_sheet": _COSTS,
    "deploy_timeline": _DEPLOYS,
    "drill_schedule": _DRILLS,
}
