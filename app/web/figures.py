"""Stored facts as figures for templates: which picture a kind of evidence gets, and which two files make a pair.

A pair is what the claims of the capstone say it is: two claims of one metric and layer, one before and one after, name
two slots. Such a pair is drawn once, as one figure; its files then show only what the pair does not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol

from markupsafe import Markup

from app.course.values import Capstone
from app.pictures.drawing import Picture, Table
from app.pictures.latency_over_time import latency_over_time
from app.pictures.percentile_curve import percentile_curve
from app.pictures.plan_nodes import slowest
from app.pictures.plan_pair import plan_pair
from app.pictures.plan_tree import PlanTree, plan_tree

LATENCY, PLAN = "latency_table", "postgres_plan"
NO_NUMBERS = Table((), ())


class Drawable(Protocol):
    """A file as pages know it, with the facts of its newest check."""

    @property
    def slot(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture for a page: an `svg`, or the trees of plans as (name, tree). `id` and `label` are its own there."""

    id: str
    label: str
    title: str
    caption: str
    table: Table
    svg: Markup | None = None
    trees: tuple[tuple[str, PlanTree], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two slots that belong together, and the file of each that is drawn."""

    title: str
    kind: str
    before: Drawable
    after: Drawable


def file_figures(file: Drawable, figure_id: str, *, paired: bool) -> tuple[Figure, ...]:
    """What can be drawn of one file; what its pair shows already is left out."""
    if file.kind == LATENCY:
        curve = None if paired else percentile_curve(None, file.facts)
        drawn = (
            ("percentiles", "By percentile", curve),
            ("time", "Over time", latency_over_time(file.facts)),
        )
        return tuple(
            _drawn(f"{figure_id}-{part}", f"{title}, {file.name}", title, picture)
            for part, title, picture in drawn
            if picture is not None
        )
    if file.kind == PLAN and not paired and (plan := slowest(file.facts)) is not None:
        tree = plan_tree(plan["root"])
        return () if tree is None else (_planned(f"{figure_id}-plan", file.name, tree),)
    return ()


def pairs(capstone: Capstone | None, files: Sequence[Drawable]) -> tuple[Pair, ...]:
    """The pairs that these files can fill, in the order of the claims."""
    if capstone is None:
        return ()
    return tuple(pair for slots in _paired_slots(capstone) for pair in _filled(capstone, slots, files))


def pair_figures(found: Sequence[Pair]) -> tuple[Figure, ...]:
    """One figure for each pair whose two files can be drawn together."""
    figures = ((f"pair-{number}", pair) for number, pair in enumerate(found, start=1))
    return tuple(figure for name, pair in figures if (figure := _DRAWS[pair.kind](name, pair)) is not None)


def _paired_slots(capstone: Capstone) -> list[tuple[str, str]]:
    sides: dict[tuple[str, str], dict[str, str]] = {}
    for claim in capstone.claims:
        if claim.side in ("before", "after"):
            sides.setdefault((claim.metric, claim.layer), {})[claim.side] = claim.slot
    both = [(slots["before"], slots["after"]) for slots in sides.values() if len(slots) == 2]
    return list(dict.fromkeys(pair for pair in both if pair[0] != pair[1]))


def _filled(capstone: Capstone, slots: tuple[str, str], files: Sequence[Drawable]) -> Iterator[Pair]:
    """The first file of each slot that is of a kind with a picture, when both are of the same kind."""
    before, after = ([file for file in files if file.slot == slot and file.kind in _DRAWS] for slot in slots)
    for one in before[:1]:
        other = next((file for file in after if file.kind == one.kind), None)
        if other is not None:
            yield Pair(_title(capstone, slots), one.kind or "", one, other)


def _title(capstone: Capstone, slots: tuple[str, str]) -> str:
    """What the titles of both slots begin with: "Database fix: latency"."""
    titles = [slot.title for key in slots for slot in capstone.slots if slot.key == key]
    words = zip(*(title.split() for title in titles), strict=False)
    shared = " ".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, words))
    return shared.rstrip(" :,–-") or " and ".join(titles)


def _latency_pair(name: str, pair: Pair) -> Figure | None:
    picture = percentile_curve(pair.before.facts, pair.after.facts)
    return None if picture is None else _drawn(name, pair.title, pair.title, picture)


def _plan_pair(name: str, pair: Pair) -> Figure | None:
    before, after = slowest(pair.before.facts), slowest(pair.after.facts)
    both = plan_pair(before, after) if before is not None and after is not None else None
    if both is None:
        return None
    trees = ((f"Before, {pair.before.name}", both.before), (f"After, {pair.after.name}", both.after))
    return Figure(name, pair.title, pair.title, both.conclusion, both.changes, trees=trees)


_DRAWS: Mapping[str | None, Callable[[str, Pair], Figure | None]] = {LATENCY: _latency_pair, PLAN: _plan_pair}


def _drawn(name: str, label: str, title: str, picture: Picture) -> Figure:
    """The drawing escaped every text it holds, so it is safe to place as it is."""
    return Figure(name, label, title, picture.conclusion, picture.table, svg=Markup(picture.svg))  # noqa: S704


def _planned(name: str, file_name: str, tree: PlanTree) -> Figure:
    trees = ((f"Steps of {file_name}", tree),)
    return Figure(name, f"The plan, {file_name}", "The plan", tree.conclusion, NO_NUMBERS, trees=trees)
