"""Stored stacks of a profile as a tree of shares, read with care; and two of them laid over each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.pictures.numbers import at, items, positive

MOST_NODES = 2_000
LONGEST_NAME = 120

Facts = Mapping[str, Any]
Name = tuple[str, str]


@dataclass(slots=True)
class Call:
    """A function called from those above it: its share before and after; alone, both are the same."""

    name: Name
    depth: int
    before: float
    after: float
    below: dict[Name, "Call"] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """What its width shows."""
        return (self.before + self.after) / 2

    @property
    def title(self) -> str:
        """The function with its file."""
        return f"{self.name[0]} ({self.name[1]})" if self.name[1] else self.name[0]

    @property
    def children(self) -> list["Call"]:
        return [self.below[name] for name in sorted(self.below)]


def laid_over(before: Facts, after: Facts) -> Call | None:
    """Both trees as one, function on function; None when one of them has none."""
    trees = list(_calls(before)), list(_calls(after))
    if not all(trees):
        return None
    root = Call(("", ""), 0, 1.0, 1.0)
    for side, tree in enumerate(trees):
        places: dict[int, Call] = {-1: root}
        for index, parent, name, share in tree:
            above = places[parent]
            call = above.below.setdefault(name, Call(name, above.depth + 1, 0.0, 0.0))
            call.before, call.after = (
                (call.before + share, call.after) if side == 0 else (call.before, call.after + share)
            )
            places[index] = call
    return root


def walk(root: Call) -> Iterator[Call]:
    """Every call below the root, a caller before what it calls."""
    waiting = root.children[::-1]
    while waiting:
        call = waiting.pop()
        yield call
        waiting += call.children[::-1]


def name_of(pair: object) -> Name:
    """A function's name and the last part of its file."""
    name, file = (text if isinstance(text, str) else "" for text in (*items(pair)[:2], "", "")[:2])
    return name[:LONGEST_NAME] or "(no name)", file.rsplit("/", 1)[-1][:LONGEST_NAME]


def _calls(facts: Facts) -> Iterator[tuple[int, int, Name, float]]:
    """(position, position of the parent, name, share), without those whose parent is not to be had."""
    names = [name_of(pair) for pair in items(at(facts, "stacks", "frames"))[:MOST_NODES]]
    total, known = positive(facts.get("total")), {-1}
    if not total:
        return
    for index, node in enumerate(items(at(facts, "stacks", "nodes"))[:MOST_NODES]):
        parent, frame, weight = (*items(node)[:3], None, None, None)[:3]
        share = positive(weight)
        is_sound = isinstance(frame, int) and 0 <= frame < len(names) and isinstance(parent, int)
        if share and is_sound and parent in known:
            known.add(index)
            yield index, parent, names[frame], min(share / total, 1.0)
