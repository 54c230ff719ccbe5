"""What every format becomes: stacks merged into one tree while they are read, within limits of size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.evidence.profile.limits import DEEPEST, LONGEST_NAME, MOST_FRAMES, MOST_NODES
from app.evidence.profile.names import short_file

ROOT = 0
_MORE = "(more functions)"
_SHIFT = 24
_INNER = frozenset(("<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"))


class Frame(NamedTuple):
    """A function as a profile names it; `file` is shortened so that two machines give the same."""

    name: str
    file: str


def is_inside(inner: Frame, outer: Frame) -> bool:
    """A comprehension, a lambda or a closure that is written inside of the other function."""
    own = (f"{outer.name}.<locals>.", f"{outer.name}.func")
    return inner.file == outer.file and (inner.name in _INNER or inner.name.startswith(own))


class Tree:
    """A call tree. Node 0 is above every stack; a child's number is always above its parent's."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.parents = [-1]
        self.frame_of = [-1]
        self.own = [0.0]
        self.lines: dict[tuple[int, int], float] = {}
        self.is_cut = False
        self._depths = [0]
        self._ids: dict[tuple[str, str], int] = {}
        self._below: dict[int, int] = {}

    def frame(self, name: str, file: str = "") -> int:
        """The number of this function; names beyond the limit share one."""
        key = (name, file)
        found = self._ids.get(key)
        if found is not None:
            return found
        if len(self._ids) >= MOST_FRAMES:
            self.is_cut = True
            return self._ids.get((_MORE, "")) or self._new(_MORE, "", (_MORE, ""))
        return self._new(name[:LONGEST_NAME] or "[unknown]", short_file(file), key)

    def _new(self, name: str, file: str, key: tuple[str, str]) -> int:
        frame = Frame(name, file)
        merged = self._ids.setdefault((frame.name, frame.file), len(self.frames))
        if merged == len(self.frames):
            self.frames.append(frame)
        self._ids[key] = merged
        return merged

    def below(self, node: int, frame: int) -> int:
        """The node of `frame` called from `node`; the node itself where the tree may not grow."""
        key = node << _SHIFT | frame
        found = self._below.get(key)
        if found is not None:
            return found
        if self._depths[node] >= DEEPEST or len(self.parents) >= MOST_NODES:
            self.is_cut = True
            return node
        self._below[key] = len(self.parents)
        self.parents.append(node)
        self.frame_of.append(frame)
        self.own.append(0.0)
        self._depths.append(self._depths[node] + 1)
        return len(self.parents) - 1

    def at(self, frames: Iterable[int]) -> int:
        """The node of a stack, its root first; what goes too deep counts for the deepest that is kept."""
        node = ROOT
        for frame in frames:
            found = self.below(node, frame)
            if found == node:
                break
            node = found
        return node

    def add(self, node: int, weight: float, line: int = 0) -> None:
        """Count `weight` for the function a stack ends in; `line` is where in it, 0 when that is not known."""
        if weight <= 0:
            return
        self.own[node] += weight
        if line > 0 and node:
            place = (self.frame_of[node], line)
            self.lines[place] = self.lines.get(place, 0.0) + weight

    @property
    def total(self) -> float:
        return sum(self.own)


@dataclass(slots=True)
class Profile:
    """A file as read: the tree, and what the format says about how it was recorded.

    `unit` is samples, ms or bytes. `exact` holds (self, total) of functions for formats that have no stacks; their
    tree is then an estimate. `values` are all the quantities of the file as (what, unit, total).
    """

    format: str
    tree: Tree
    unit: str = "samples"
    what: str = ""
    samples: int | None = None
    duration_s: float | None = None
    threads: int | None = None
    values: list[tuple[str, str, float]] = field(default_factory=list)
    exact: Mapping[Frame, tuple[float, float]] | None = None
    exact_total: float = 0.0
    is_truncated: bool = False
