"""A plan as an indented table: a picture in rows, since its numbers are what a reviewer reads.

Columns as plan viewers of the field have them: exclusive time with a bar, its share, inclusive time, rows beside the
estimate, loops. A table rather than nested boxes: columns stay aligned at every depth, a screen reader names the
column of each number, and paper shows all of it. Heat is a word in the row (`hot`, `warm`) and the share as a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.pictures.numbers import count, ms, positive, share
from app.pictures.plan_nodes import Node, Place, details, heading, misjudged, ran, walk
from app.pictures.words import _

MOST_ROWS = 40
"""Steps shown of one plan: the hottest with all that leads to them."""
DEEPEST = 12
HOT, WARM = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step. `bar` is its exclusive time in percent of the longest plan shown; `change` is new, gone or empty."""

    depth: int
    title: str
    details: tuple[str, ...]
    heat: str
    bar: float | None
    exclusive: str
    share: str
    cells: tuple[str, ...]
    misjudged: str
    change: str


@dataclass(frozen=True, slots=True)
class PlanTree:
    """Steps in the order EXPLAIN prints them. Without times (`timed` is false) only the other cells are shown."""

    columns: tuple[str, ...]
    rows: tuple[PlanRow, ...]
    timed: bool
    conclusion: str
    left_out: str


def plan_tree(
    root: object, *, scale_ms: float | None = None, changed: Mapping[int, str] | None = None
) -> PlanTree | None:
    """The tree below `root`; bars are drawn against `scale_ms`, else against the whole of this plan.

    `changed` marks steps by their position in the walk. None when there is no tree.
    """
    places = walk(root)
    if not places:
        return None
    timed = any(positive(place.node.get("exclusive_ms")) is not None for place in places)
    whole = whole_ms(places)
    columns, shown, heads = _columns(places, timed), _shown(places), _heads()
    rows = tuple(
        _row(place.node, place.depth, whole, scale_ms or whole, columns, (changed or {}).get(position, ""))
        for position, place in enumerate(places)
        if position in shown
    )
    return PlanTree(
        tuple(heads[column] for column in columns),
        rows,
        timed,
        _conclusion(places, whole),
        _left_out(places, shown),
    )


def whole_ms(places: Sequence[Place]) -> float | None:
    """What shares are of: the root's inclusive time, or the sum of the parts where rounding made that larger."""
    inclusive = positive(places[0].node.get("inclusive_ms"))
    parts = sum(positive(place.node.get("exclusive_ms")) or 0.0 for place in places)
    whole = max(inclusive or 0.0, parts)
    return whole if whole > 0 else None


def _shown(places: Sequence[Place]) -> frozenset[int]:
    """The positions of the steps to show: all, or the hottest and the way down to them."""
    if len(places) <= MOST_ROWS:
        return frozenset(range(len(places)))
    kept: set[int] = {0}
    by_heat = sorted(
        range(len(places)), key=lambda each: -(positive(places[each].node.get("exclusive_ms")) or 0.0)
    )
    for position in by_heat:
        way = _way(places, position)
        if len(kept | way) <= MOST_ROWS:
            kept |= way
    return frozenset(kept)


def _way(places: Sequence[Place], position: int) -> set[int]:
    """The step and those above it; more than fit are of no use and cut the walk short."""
    way: set[int] = set()
    while position >= 0 and len(way) <= MOST_ROWS:
        way.add(position)
        position = places[position].parent
    return way


def _columns(places: Sequence[Place], timed: bool) -> tuple[str, ...]:
    if not any(ran(place.node) for place in places):
        return ("cost", "planned") if _estimated(places) else ()
    return ("inclusive", "rows", "loops") if timed else ("rows", "loops")


def _heads() -> dict[str, str]:
    """What the columns are called."""
    return {
        "inclusive": _("Inclusive"),
        "rows": _("Rows / estimate"),
        "loops": _("Loops"),
        "cost": _("Estimated cost"),
        "planned": _("Estimated rows"),
    }


def _estimated(places: Sequence[Place]) -> bool:
    """False for a database that shows its strategy and no figures."""
    return any(place.node.get(key) is not None for place in places for key in ("total_cost", "plan_rows"))


def _row(
    node: Node, depth: int, whole: float | None, scale: float | None, columns: Sequence[str], change: str
) -> PlanRow:
    exclusive = positive(node.get("exclusive_ms"))
    part = min(exclusive / whole, 1.0) if exclusive is not None and whole else None
    return PlanRow(
        depth=min(depth, DEEPEST),
        title=heading(node),
        details=details(node),
        heat=_heat(part),
        bar=None if exclusive is None or not scale else round(min(exclusive / scale, 1.0) * 100, 1),
        exclusive=ms(exclusive),
        share=share(part),
        cells=_cells(node, columns),
        misjudged=misjudged(node),
        change=change,
    )


def _heat(part: float | None) -> str:
    if part is None or part <= WARM:
        return ""
    return "hot" if part > HOT else "warm"


def _cells(node: Node, columns: Sequence[str]) -> tuple[str, ...]:
    """One text a column, whatever this step by itself knows."""
    planned = count(positive(node.get("plan_rows")))
    known = {
        "inclusive": ms(positive(node.get("inclusive_ms"))),
        "rows": f"{count(positive(node.get('actual_rows')))} / {planned}",
        "loops": count(positive(node.get("loops"))),
        "cost": count(positive(node.get("total_cost"))),
        "planned": planned,
    }
    return tuple(known[column] for column in columns)


def _conclusion(places: Sequence[Place], whole: float | None) -> str:
    """The hottest step by name, or why there is none."""
    if whole is None:
        return _untimed(places)
    hottest = max(
        (place.node for place in places), key=lambda node: positive(node.get("exclusive_ms")) or 0.0
    )
    part = min((positive(hottest.get("exclusive_ms")) or 0.0) / whole, 1.0)
    return _(
        "%(share)s of %(time)s is spent in %(step)s.",
        share=share(part),
        time=ms(whole),
        step=heading(hottest),
    )


def _untimed(places: Sequence[Place]) -> str:
    if any(ran(place.node) for place in places):
        return _("Measured without times.")
    if not _estimated(places):
        return _("Strategy only: this database prints neither rows nor times.")
    return _("Planned only: the query was not run, so nothing was measured.")


def _left_out(places: Sequence[Place], shown: frozenset[int]) -> str:
    """How many steps are not shown and what they weigh together; empty when all are."""
    rest = [place.node for position, place in enumerate(places) if position not in shown]
    if not rest:
        return ""
    weight = sum(positive(node.get("exclusive_ms")) or 0.0 for node in rest)
    return _(
        "%(count)s more steps, %(time)s together, are only in the raw lines.",
        count=count(len(rest)),
        time=ms(weight),
    )
