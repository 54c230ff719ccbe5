"""Profiles without stacks (cProfile, callgrind): who calls whom, and an estimated tree for the picture.

The share of a call is split as its caller's time is split, whoever called that; gprof and flameprof do the same. Self
and total of functions are exact, the tree is not.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field

from app.evidence.profile.tree import ROOT, Frame, Tree

MOST_DRAWN = 1_000
LEAST = 0.0005


@dataclass(slots=True)
class CallGraph:
    """Weights of functions, and of calls as (caller, callee) with all that the callee spent for it."""

    own: dict[Frame, float] = field(default_factory=lambda: defaultdict(float))
    total: dict[Frame, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[tuple[Frame, Frame], float] = field(default_factory=lambda: defaultdict(float))

    @property
    def weights(self) -> dict[Frame, tuple[float, float]]:
        """(self, total); a total below self is a rounding of the tool."""
        return {frame: (own, max(own, self.total.get(frame, 0.0))) for frame, own in self.own.items()}


def grown(graph: CallGraph) -> Tree:
    """The likely tree, heaviest calls first, until it is as large as a picture needs."""
    tree = Tree()
    weights = graph.weights
    below = _below(graph, weights)
    whole = sum(own for own, _ in weights.values())
    heap = [(-weight, ROOT, frame) for frame, weight in _roots(graph, weights)]
    heapq.heapify(heap)
    for _ in range(min(len(heap), 1) * MOST_DRAWN):
        if not heap:
            break
        minus, above, frame = heapq.heappop(heap)
        node = tree.below(above, tree.frame(*frame))
        rest = -minus
        for weight, callee in below.get(frame, ()):
            part = min(-minus * min(weight / weights[frame][1], 1.0), rest)
            if part < LEAST * whole:
                break  # the rest is lighter still
            if _is_above(tree, node, callee):
                continue
            rest -= part
            heapq.heappush(heap, (-part, node, callee))
        tree.add(node, rest)
    for minus, above, frame in sorted(heap):  # what was still to be split counts where it stands
        tree.add(tree.below(above, tree.frame(*frame)), -minus)
    return tree


def _below(
    graph: CallGraph, weights: dict[Frame, tuple[float, float]]
) -> dict[Frame, list[tuple[float, Frame]]]:
    """What each function calls, the heaviest first."""
    found: dict[Frame, list[tuple[float, Frame]]] = defaultdict(list)
    for (caller, callee), weight in graph.calls.items():
        if weight > 0 and caller != callee and weights.get(caller, (0, 0))[1] > 0 and callee in weights:
            found[caller].append((weight, callee))
    for called in found.values():
        called.sort(reverse=True)
    return found


def _roots(graph: CallGraph, weights: dict[Frame, tuple[float, float]]) -> list[tuple[Frame, float]]:
    """Functions with the time that no caller explains."""
    explained: dict[Frame, float] = defaultdict(float)
    for (caller, callee), weight in graph.calls.items():
        if caller != callee:
            explained[callee] += weight
    rest = [(frame, total - explained.get(frame, 0.0)) for frame, (_, total) in sorted(weights.items())]
    whole = sum(own for own, _ in weights.values())
    return [(frame, weight) for frame, weight in rest if weight > LEAST * whole]


def _is_above(tree: Tree, node: int, frame: Frame) -> bool:
    """Whether the function is on the way already: recursion would never end."""
    while node != ROOT:
        if tree.frames[tree.frame_of[node]] == frame:
            return True
        node = tree.parents[node]
    return False
