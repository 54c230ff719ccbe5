"""Two plans of one query, before a change and after it: both trees on one scale, and what is different."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.pictures.drawing import Table
from app.pictures.numbers import at, change, count, ms, positive
from app.pictures.plan_nodes import Node, Place, heading, text, total_ms, walk
from app.pictures.plan_tree import PlanTree, plan_tree, whole_ms
from app.pictures.words import _

MOST_RELATIONS = 12


@dataclass(frozen=True, slots=True)
class PlanPair:
    """Both trees, their steps marked new or gone, and the differences as rows (what, before, after, change)."""

    before: PlanTree
    after: PlanTree
    conclusion: str
    changes: Table


def plan_pair(before: Node, after: Node) -> PlanPair | None:
    """The pair of two plans as stored (with `root`); None when one has no tree."""
    first, second = walk(before.get("root")), walk(after.get("root"))
    if not first or not second:
        return None
    scale = max(whole_ms(first) or 0.0, whole_ms(second) or 0.0) or None
    gone, new = _unmatched(first, second), _unmatched(second, first)
    trees = (
        plan_tree(before.get("root"), scale_ms=scale, changed=dict.fromkeys(gone, "gone")),
        plan_tree(after.get("root"), scale_ms=scale, changed=dict.fromkeys(new, "new")),
    )
    if trees[0] is None or trees[1] is None:
        return None
    readings = _relations(first, second)
    rows = [*_times(before, after), *_work(first, second), *map(_reading, readings)]
    changes = Table(("", _("before"), _("after"), _("change")), tuple(rows))
    return PlanPair(trees[0], trees[1], _conclusion(before, after, readings), changes)


def _unmatched(places: Sequence[Place], others: Sequence[Place]) -> list[int]:
    """Positions of the steps that have no partner of the same kind on the same table and index."""
    spare = Counter(_identity(place.node) for place in others)
    found = []
    for position, place in enumerate(places):
        identity = _identity(place.node)
        spare[identity] -= 1
        if spare[identity] < 0:
            found.append(position)
    return found


def _identity(node: Node) -> tuple[str, ...]:
    return tuple(text(node.get(key)) for key in ("title", "relation", "index"))


def _times(before: Node, after: Node) -> list[tuple[str, ...]]:
    """Execution and planning time; an index can make the first fall and the second rise."""
    pairs = [
        (_("Execution time"), total_ms(before), total_ms(after)),
        (_("Planning time"), positive(before.get("planning_ms")), positive(after.get("planning_ms"))),
    ]
    return [
        (name, ms(old), ms(new), change(old, new))
        for name, old, new in pairs
        if old is not None or new is not None
    ]


def _work(first: Sequence[Place], second: Sequence[Place]) -> list[tuple[str, ...]]:
    """What the time was spent on: blocks, rows thrown away, sorts that did not fit into memory."""
    pairs = [
        (_("Blocks touched"), _blocks(first), _blocks(second)),
        (_("Rows removed by filters"), _removed(first), _removed(second)),
        (_("Sorted on disk, kB"), _on_disk(first), _on_disk(second)),
    ]
    return [(name, count(old), count(new), change(old, new)) for name, old, new in pairs if old or new]


def _blocks(places: Sequence[Place]) -> float:
    return sum(positive(at(places[0].node, "buffers", key)) or 0.0 for key in ("shared_hit", "shared_read"))


def _removed(places: Sequence[Place]) -> float:
    return sum(
        (positive(place.node.get("rows_removed_by_filter")) or 0.0)
        * (positive(place.node.get("loops")) or 0.0)
        for place in places
    )


def _on_disk(places: Sequence[Place]) -> float:
    return sum(
        positive(at(place.node, "sort", "space_kb")) or 0.0
        for place in places
        if at(place.node, "sort", "space_type") == "Disk"
    )


def _relations(first: Sequence[Place], second: Sequence[Place]) -> list[tuple[str, str, str]]:
    """Each table with how it is read before and after; empty where it is not."""
    old, new = _readings(first), _readings(second)
    return [(name, old.get(name, ""), new.get(name, "")) for name in sorted({*old, *new})[:MOST_RELATIONS]]


def _reading(relation: tuple[str, str, str]) -> tuple[str, ...]:
    name, old, new = relation
    way = _("the same") if old == new else _("another way")
    return (_("Reads %(table)s", table=name), old or _("not read"), new or _("not read"), way)


def _readings(places: Sequence[Place]) -> dict[str, str]:
    """Table to the ways it is read, a bitmap scan with the indexes it was made from."""
    found: dict[str, dict[str, None]] = {}
    for position, place in enumerate(places):
        relation = text(place.node.get("relation"))
        if relation and not relation.startswith("<"):  # MySQL's names for tables made on the way
            found.setdefault(relation, {})[_way(places, position)] = None
    return {relation: ", ".join(ways) for relation, ways in found.items()}


def _way(places: Sequence[Place], position: int) -> str:
    node = places[position].node
    title = text(node.get("title")) or heading(node)
    if index := text(node.get("index")):
        return f"{title} using {index}"
    below = places[position + 1 :]
    end = next((step for step, each in enumerate(below) if each.depth <= places[position].depth), len(below))
    indexes = [
        name
        for each in below[:end]
        if not each.node.get("relation") and (name := text(each.node.get("index")))
    ]
    is_bitmap = node.get("node") == "Bitmap Heap Scan"
    return f"{title} using {', '.join(dict.fromkeys(indexes))}" if is_bitmap and indexes else title


def _conclusion(before: Node, after: Node, readings: Sequence[tuple[str, str, str]]) -> str:
    """The time and how it changed, and the first table that is read another way."""
    old, new = total_ms(before), total_ms(after)
    if old is None or new is None:
        head = _("One of the plans was not run, so their times cannot be compared")
    elif old == new:
        head = _("Execution time is the same, %(time)s", time=ms(new))
    else:
        head = _(
            "Execution time went from %(before)s to %(after)s, %(change)s",
            before=ms(old),
            after=ms(new),
            change=change(old, new),
        )
    other = next((each for each in readings if each[1] != each[2]), None)
    if other is None:
        return f"{head}; {_('every table is read as before')}."
    return f"{head}; {_other_way(*other)}."


def _other_way(name: str, before: str, after: str) -> str:
    if not after:
        return _("%(table)s is not read any more", table=name)
    if not before:
        return _("%(table)s is read too, by %(after)s", table=name, after=after)
    return _("%(table)s is read by %(after)s instead of %(before)s", table=name, before=before, after=after)
