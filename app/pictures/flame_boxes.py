"""Where each call of a flame graph is drawn: its callers above it, as wide as its share, nothing finer than a pixel."""

from dataclasses import dataclass

from app.pictures.drawing import element, label, path, short
from app.pictures.flame_stacks import Call, walk
from app.pictures.letters import fitted, width_of
from app.pictures.numbers import count
from app.pictures.words import _, _n

WIDTH = 720
LEFT, RIGHT, TOP = 2.0, 718.0, 4.0
ROW = 18.0
MOST_ROWS = 36
MOST_BOXES = 400
SAME = 0.98
"""A caller of a caller with as good as all of the time says nothing that the last of them does not."""
FEWEST = 3
"""Letters; fewer of a longer name say nothing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A call in its place. Without a call it stands for the narrow ones beside each other, `left_out` of them."""

    call: Call | None
    left: float
    width: float
    row: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Boxes:
    """All boxes, the callers that were left out above the first row, and how high the drawing is."""

    boxes: tuple[Box, ...]
    trunk: int
    height: int
    is_deeper: bool


def boxes(root: Call) -> Boxes | None:
    """Place the tree; None when there is nothing to place."""
    top, trunk = _without_trunk(root)
    drawn = _widest(top)
    placed: list[Box] = []
    waiting = [(top, LEFT, RIGHT, 0)]
    while waiting:
        call, at, end, row = waiting.pop()
        narrow: list[Call] = []
        for child in call.children:
            width = min(_width(child), end - at)
            if id(child) not in drawn or width < 1:
                narrow.append(child)
                continue
            placed.append(Box(child, at, width, row))
            waiting.append((child, at, at + width, row + 1))
            at += width
        rest = min(sum(map(_width, narrow)), end - at)
        if rest >= 1 and row < MOST_ROWS:
            placed.append(Box(None, at, rest, row, len(narrow)))
    if not placed:
        return None
    rows = max(box.row for box in placed) + 1
    deeper = any(call.depth - top.depth > MOST_ROWS and _width(call) >= 1 for call in walk(top))
    return Boxes(tuple(placed), trunk, round(TOP + rows * ROW + 26), deeper)


def drawn_box(box: Box, kind: str, words: str, said: str, mark: str = "") -> str:
    """One box with its tooltip; its mark and its words as far as they fit."""
    top = TOP + box.row * ROW
    width, height = short(max(box.width - 0.6, 0.4)), short(ROW - 1)
    shape = path("box", f"M{short(box.left)} {short(top)}h{width}v{height}h-{width}z")
    shown = _fitted(mark, words, box.width - 8)
    text = label(shown, box.left + 4, top + 13) if shown else ""
    return element("g", element("title", said), shape, text, raw=True, class_=kind)


def _fitted(mark: str, words: str, room: float) -> str:
    """The mark whole or not at all, then as much of the words as there is room for."""
    cut = fitted(words, room - width_of(f"{mark} " if mark else ""))
    if cut and (cut == words or len(cut) >= FEWEST):
        return f"{mark} {cut}".strip()
    return mark if width_of(mark) <= room else ""


def rest_said(box: Box) -> str:
    n = box.left_out
    return _n("%(count)s narrower frame", "%(count)s narrower frames", n, count=count(n))


def notes(found: Boxes) -> str:
    """What the drawing leaves out, as sentences; empty when nothing."""
    said = []
    if found.trunk:
        said.append(
            _n(
                "%(count)s caller of everything drawn is left out.",
                "%(count)s callers of everything drawn are left out.",
                found.trunk,
                count=count(found.trunk),
            )
        )
    if found.is_deeper:
        said.append(_("Calls below row %(row)s are not drawn.", row=MOST_ROWS))
    return " ".join(said)


def _width(call: Call) -> float:
    return call.share * (RIGHT - LEFT)


def _without_trunk(root: Call) -> tuple[Call, int]:
    """The call below which the drawing begins: chains of callers at the top are skipped but for their last."""
    skipped, here = 0, root
    while len(here.below) == 1:
        only = next(iter(here.below.values()))
        below = only.children
        if len(below) != 1 or min(below[0].before, below[0].after) < SAME * max(only.before, only.after):
            break
        here, skipped = only, skipped + 1
    return here, skipped


def _widest(top: Call) -> frozenset[int]:
    """Which calls are drawn: at least a pixel wide, and of those the widest with their callers."""
    able: set[int] = {id(top)}
    found: list[tuple[float, int, int]] = []
    for order, call in enumerate(walk(top)):
        if _width(call) >= 1 and call.depth - top.depth <= MOST_ROWS:
            found.append((-_width(call), call.depth, order))
    kept = {order for _width, _depth, order in sorted(found)[:MOST_BOXES]}
    for order, call in enumerate(walk(top)):
        if order in kept:
            able.add(id(call))
    return frozenset(able)
