"""One pass over the tree: totals of nodes and functions, what was waiting and what has no name."""

from __future__ import annotations

from dataclasses import dataclass

from app.evidence.profile.names import is_unknown, is_waiting
from app.evidence.profile.tree import ROOT, Tree, is_inside


@dataclass(slots=True)
class Walked:
    """Totals of nodes by their number; own and total of functions by theirs, recursion counted once.

    `passed_on` is what a function spends in the heaviest of those it calls; what is written inside of it is its own.
    """

    totals: list[float]
    children: dict[int, list[int]]
    own_of: list[float]
    total_of: list[float]
    passed_on: list[float]
    waiting: float = 0.0
    unknown: float = 0.0
    deepest: int = 0


def walked(tree: Tree) -> Walked:
    """Walk without recursion: a stack may be as deep as the limit allows."""
    totals, size = _totals(tree), len(tree.frames)
    seen = Walked(totals, _children(tree), [0.0] * size, [0.0] * size, _passed_on(tree, totals))
    nameless = [is_unknown(frame.name) for frame in tree.frames]
    idle = [is_waiting(frame.name, frame.file) for frame in tree.frames]
    asleep = next((index for index, frame in enumerate(tree.frames) if frame.name == "swapper"), None)
    open_calls = [0] * len(tree.frames)
    depth = unknown = 0
    waiting = list(reversed(seen.children.get(ROOT, ())))
    while waiting:
        node = waiting.pop()
        if node < 0:  # everything below ~node has been seen
            frame = tree.frame_of[~node]
            depth, unknown = depth - 1, unknown - nameless[frame]
            open_calls[frame] -= 1
            continue
        frame, own = tree.frame_of[node], tree.own[node]
        depth, unknown = depth + 1, unknown + nameless[frame]
        seen.deepest = max(seen.deepest, depth if seen.totals[node] > 0 else 0)
        seen.own_of[frame] += own
        seen.total_of[frame] += 0.0 if open_calls[frame] else seen.totals[node]
        is_asleep = asleep is not None and (
            frame == asleep or open_calls[asleep]
        )  # the kernel's idle process
        seen.waiting += own if idle[frame] or is_asleep else 0.0
        seen.unknown += own if nameless[frame] or 2 * unknown > depth else 0.0
        open_calls[frame] += 1
        waiting.append(~node)
        waiting += reversed(seen.children.get(node, ()))
    return seen


def _totals(tree: Tree) -> list[float]:
    totals = list(tree.own)
    for node in range(len(totals) - 1, ROOT, -1):
        totals[tree.parents[node]] += totals[node]
    return totals


def _children(tree: Tree) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for node in range(1, len(tree.parents)):
        found.setdefault(tree.parents[node], []).append(node)
    return found


def _passed_on(tree: Tree, totals: list[float]) -> list[float]:
    calls: dict[tuple[int, int], float] = {}
    for node in range(1, len(totals)):
        if tree.parents[node] != ROOT:
            call = (tree.frame_of[tree.parents[node]], tree.frame_of[node])
            calls[call] = calls.get(call, 0.0) + totals[node]
    found = [0.0] * len(tree.frames)
    for (caller, callee), weight in calls.items():
        if not is_inside(tree.frames[callee], tree.frames[caller]):
            found[caller] = max(found[caller], weight)
    return found
