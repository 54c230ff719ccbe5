"""A profile as facts: functions with self and total, the tree as a picture needs it, and what makes it comparable."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from typing import Any

from app.evidence.profile.names import base, is_unknown, is_waiting, plain
from app.evidence.profile.tree import ROOT, Frame, Profile, Tree
from app.evidence.profile.walk import Walked, walked

MOST_FUNCTIONS = 50
MOST_SHARES = 300
MOST_DRAWN = 1_000
LEAST_DRAWN = 0.0005
SKETCH = 256
Weights = dict[Frame, tuple[float, float]]


def facts(profile: Profile) -> dict[str, Any]:
    """Plain JSON values, described in the package. The caller has made sure that there is something to divide by."""
    seen = walked(profile.tree)
    weights = _weights(profile, seen)
    total = profile.exact_total or profile.tree.total
    lines, passed_on = _hot_lines(profile.tree), _passed_on(profile.tree, seen)
    return {
        "format": profile.format,
        "unit": profile.unit,
        "what": plain(profile.what[:80]),
        "total": rounded(total),
        "samples": profile.samples,
        "duration_s": None if profile.duration_s is None else rounded(profile.duration_s),
        "threads": profile.threads,
        "values": [
            {"what": plain(what[:80]), "unit": plain(unit[:40]), "total": rounded(value)}
            for what, unit, value in profile.values[:20]
        ],
        "function_count": len(weights),
        "deepest": seen.deepest,
        "idle_share": _share(_part(weights, seen.waiting, profile), total),
        "unknown_share": _share(seen.unknown, total),
        "functions": [
            {
                **_function(frame, weights[frame], total),
                "line": lines.get(frame),
                "passes_on": passed_on.get(frame, 0.0),
                "waits": is_waiting(frame.name, frame.file),
            }
            for frame in _top(weights)
        ],
        "shares": [
            [plain(frame.name), plain(frame.file), _share(own, total), _share(all_, total)]
            for frame, (own, all_) in _by_total(weights, MOST_SHARES)
        ],
        "names_sketch": _sketch(weights),
        "stacks": _drawn(profile.tree, seen, is_estimated=profile.exact is not None),
        "is_cut": profile.tree.is_cut,
        "is_truncated": profile.is_truncated,
    }


def rounded(value: float) -> float:
    """Six digits, so that adding in another order writes the same."""
    return float(f"{value:.6g}")


def _share(part: float, total: float) -> float:
    return round(min(max(part / total, 0.0), 1.0), 5)


def _weights(profile: Profile, seen: Walked) -> Weights:
    """(self, total) of every function that has any."""
    if profile.exact is not None:
        return {frame: pair for frame, pair in profile.exact.items() if pair[0] > 0 or pair[1] > 0}
    frames = profile.tree.frames
    return {
        frames[index]: (seen.own_of[index], total) for index, total in enumerate(seen.total_of) if total > 0
    }


def _part(weights: Weights, waiting: float, profile: Profile) -> float:
    """The weight of waiting; exact where the functions are."""
    if profile.exact is None:
        return waiting
    return sum(own for frame, (own, _) in weights.items() if is_waiting(frame.name, frame.file))


def _by_total(weights: Weights, most: int) -> list[tuple[Frame, tuple[float, float]]]:
    return heapq.nsmallest(most, weights.items(), key=lambda pair: (-pair[1][1], -pair[1][0], pair[0]))


def _by_own(weights: Weights, most: int) -> list[tuple[Frame, tuple[float, float]]]:
    return heapq.nsmallest(most, weights.items(), key=lambda pair: (-pair[1][0], -pair[1][1], pair[0]))


def _top(weights: Weights) -> list[Frame]:
    """Half of the places for what works itself, the rest for what calls it; in order of self."""
    chosen = [frame for frame, _ in _by_own(weights, MOST_FUNCTIONS // 2)]
    kept = set(chosen)
    for frame, _ in _by_total(weights, MOST_FUNCTIONS):
        if len(kept) >= MOST_FUNCTIONS:
            break
        kept.add(frame)
    return [frame for frame, _ in _by_own({frame: weights[frame] for frame in kept}, MOST_FUNCTIONS)]


def _function(frame: Frame, weight: tuple[float, float], total: float) -> dict[str, Any]:
    own, all_ = weight
    return {
        "name": plain(frame.name),
        "file": plain(frame.file),
        "self": rounded(own),
        "total": rounded(all_),
        "self_share": _share(own, total),
        "total_share": _share(all_, total),
    }


def _passed_on(tree: Tree, seen: Walked) -> dict[Frame, float]:
    """The share of each function's time that its heaviest callee takes: near one for what only hands work on."""
    triples = zip(tree.frames, seen.passed_on, seen.total_of, strict=True)
    return {frame: _share(passed, total) for frame, passed, total in triples if total > 0}


def _hot_lines(tree: Tree) -> dict[Frame, int]:
    """The line of each function where most of its own weight lies; where it begins for formats that know no more."""
    best: dict[Frame, tuple[float, int]] = {}
    for (frame, line), weight in tree.lines.items():
        key = tree.frames[frame]
        best[key] = max(best.get(key, (-1.0, 0)), (weight, -line))
    return {frame: -line for frame, (_, line) in best.items()}


def _sketch(weights: Iterable[Frame]) -> list[str]:
    """The smallest hashes of the names: two sketches estimate how much of two programs' names is shared."""
    named = {f"{frame.name}\0{base(frame.file)}" for frame in weights if not is_unknown(frame.name)}
    hashes = (hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12] for name in named)
    return heapq.nsmallest(SKETCH, hashes)


def _drawn(tree: Tree, seen: Walked, *, is_estimated: bool) -> dict[str, Any]:
    """The heaviest part of the tree, closed upward, in the order it is drawn: siblings by name."""
    kept = _kept(tree, seen)
    frames: dict[int, int] = {}
    nodes: list[list[float]] = []
    waiting = [(node, -1) for node in _siblings(tree, seen, ROOT, kept)]
    while waiting:
        node, parent = waiting.pop()
        frame = frames.setdefault(tree.frame_of[node], len(frames))
        nodes.append([parent, frame, rounded(seen.totals[node]), rounded(tree.own[node])])
        here = len(nodes) - 1
        waiting += [(child, here) for child in _siblings(tree, seen, node, kept)]
    names = [[plain(tree.frames[frame].name), plain(tree.frames[frame].file)] for frame in frames]
    return {"frames": names, "nodes": nodes, "estimated": is_estimated}


def _kept(tree: Tree, seen: Walked) -> set[int]:
    """The heaviest nodes; a parent is at least as heavy as its child and is taken before it."""
    least = LEAST_DRAWN * seen.totals[ROOT]
    heap = [(-seen.totals[child], child) for child in seen.children.get(ROOT, ())]
    heapq.heapify(heap)
    kept: set[int] = set()
    while heap and len(kept) < MOST_DRAWN:
        weight, node = heapq.heappop(heap)
        if -weight <= least:
            break
        kept.add(node)
        for child in seen.children.get(node, ()):
            heapq.heappush(heap, (-seen.totals[child], child))
    return kept


def _siblings(tree: Tree, seen: Walked, node: int, kept: set[int]) -> list[int]:
    """The kept children, last name first, since the walk takes them from the end."""
    children = [child for child in seen.children.get(node, ()) if child in kept]
    return sorted(children, key=lambda child: tree.frames[tree.frame_of[child]], reverse=True)
