"""Two profiles as one flame graph: each frame says by how many points its share rose or fell.

Both trees lie over each other, so what is gone and what is new are both seen; the width is the mean of the two shares.
A sign and a number stand in the frame, a border tells the two apart without colour.
"""

from collections.abc import Mapping
from typing import Any

from app.pictures.drawing import Picture, Table, drawing, label
from app.pictures.flame_boxes import LEFT, WIDTH, Box, Boxes, boxes, drawn_box, notes, rest_said
from app.pictures.flame_graph import amount
from app.pictures.flame_stacks import Name, laid_over, name_of
from app.pictures.numbers import SPACE, items, positive, share
from app.pictures.words import _, written

LEAST = 0.01
MUCH = 0.1
MOST_ROWS = 6

Facts = Mapping[str, Any]
Change = tuple[Name, float, float]


def flame_difference(before: Facts, after: Facts) -> Picture | None:
    """Both profiles in one; None when one holds no stacks."""
    root = laid_over(before, after)
    found = None if root is None else boxes(root)
    if found is None:
        return None
    changes = _changes(before, after)
    conclusion = " ".join(part for part in (_conclusion(changes), notes(found)) if part)
    amounts = _("Before: %(before)s. After: %(after)s.", before=amount(before), after=amount(after))
    description = f"{amounts} {conclusion}"
    return Picture(_svg(found, description), conclusion, _table(changes))


def _svg(found: Boxes, description: str) -> str:
    words = _("points of share, after less before; width is the mean of both shares")
    foot = label(words, LEFT, found.height - 6, kind="axis-name")
    parts, name = [*(_drawn(box) for box in found.boxes), foot], _("Flame graph, before and after")
    return drawing("flame difference", WIDTH, found.height, name=name, description=description, parts=parts)


def _drawn(box: Box) -> str:
    if box.call is None:
        return drawn_box(box, "rest", "", rest_said(box))
    change = box.call.after - box.call.before
    mark = "" if abs(change) < LEAST else points(change)
    said = _(
        "%(name)s: before %(before)s, after %(after)s",
        name=box.call.title,
        before=_percent(box.call.before),
        after=_percent(box.call.after),
    )
    return drawn_box(box, _kind(change), box.call.name[0], said, mark)


def _kind(change: float) -> str:
    if abs(change) < LEAST:
        return "same"
    strength = " much" if abs(change) >= MUCH else ""
    return f"{'rose' if change > 0 else 'fell'}{strength}"


def points(change: float) -> str:
    """`+12` or `−3.5`: percent points with their sign."""
    size = abs(change) * 100
    return written(f"{'+' if change > 0 else '−'}{size:.{0 if size >= 9.95 else 1}f}")


def _changes(before: Facts, after: Facts) -> list[Change]:
    """Functions with their total shares, the largest change first."""
    old, new = _shares(before), _shares(after)
    found = [(name, old.get(name, 0.0), new.get(name, 0.0)) for name in sorted(old.keys() | new.keys())]
    return sorted(found, key=lambda change: -abs(change[2] - change[1]))


def _shares(facts: Facts) -> dict[Name, float]:
    found: dict[Name, float] = {}
    for row in items(facts.get("shares")):
        total = positive((*items(row), None, None, None, None)[3])
        if total is not None:
            name = name_of(row)
            found[name] = max(found.get(name, 0.0), min(total, 1.0))
    return found


def _split(changes: list[Change]) -> tuple[list[Change], list[Change]]:
    """Those that fell and those that rose, by a point or more."""
    fell = [change for change in changes if change[1] - change[2] >= LEAST]
    return fell, [change for change in changes if change[2] - change[1] >= LEAST]


def _conclusion(changes: list[Change]) -> str:
    fell, rose = _split(changes)
    said = [_("%(name)s fell most, from %(before)s to %(after)s", **_known(each)) for each in fell[:1]]
    said += [_("%(name)s rose most, from %(before)s to %(after)s", **_known(each)) for each in rose[:1]]
    return f"{'; '.join(said)}." if said else _("No function's share changed by a point.")


def _known(change: Change) -> dict[str, str]:
    name, before, after = change
    return {"name": _title(name), "before": _percent(before), "after": _percent(after)}


def _title(name: Name) -> str:
    return f"{name[0]} ({name[1]})" if name[1] else name[0]


def _table(changes: list[Change]) -> Table:
    """The largest falls, then the largest rises; shares are with what a function calls."""
    fell, rose = _split(changes)
    rows = tuple(
        (_title(name), _percent(old), _percent(new), points(new - old))
        for name, old, new in (*fell[:MOST_ROWS], *rose[:MOST_ROWS])
    )
    return Table((_("Function"), _("Before"), _("After"), _("Points")), rows)


def _percent(part: float) -> str:
    """A share; what is gone is nought and not almost nothing."""
    return share(part) if part else f"0{SPACE}%"
