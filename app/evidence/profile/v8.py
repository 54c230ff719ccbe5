"""Profiles of V8 as a list of nodes with samples: the heart of .cpuprofile files and of traces with CPU samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.findings import phrase
from app.evidence.profile.limits import Refused, fields, finite, items, whole, words
from app.evidence.profile.tree import ROOT, Profile, Tree

_META = ("(root)", "(program)", "(idle)", "(garbage collector)")


@dataclass(slots=True)
class _Node:
    """A call as V8 numbers it; `place` is the node of our tree."""

    call: tuple[int, int]
    parent: int
    place: int = ROOT


def count(
    profile: Profile, nodes: Iterable[Any], samples: Sequence[Any], deltas: Sequence[Any], end_us: float
) -> None:
    """Count each sample for the time until the next; the time of the last is the usual one."""
    known = _placed(profile.tree, nodes)
    lengths = _lengths(samples, deltas, end_us)
    for sample, length in zip(samples, lengths, strict=True):
        node = known.get(whole(sample))
        if node is not None:
            profile.tree.add(node.place, length / 1000, node.call[1])
    profile.samples = (profile.samples or 0) + len(samples)


def hits(profile: Profile, nodes: Sequence[Any]) -> None:
    """Count by `hitCount`, for files without the order of samples."""
    known = _placed(profile.tree, nodes)
    for node in map(fields, nodes):
        found = known.get(whole(node.get("id")))
        if found is not None:
            profile.tree.add(found.place, finite(node.get("hitCount")), found.call[1])
    profile.unit = "samples"
    profile.samples = int(profile.tree.total)


def _lengths(samples: Sequence[Any], deltas: Sequence[Any], end_us: float) -> list[float]:
    """Microseconds of each sample. Deltas are from the sample before, the first from the start."""
    steps = [max(finite(delta), 0.0) for delta in deltas[: len(samples)]]
    steps += [0.0] * (len(samples) - len(steps))
    usual = sorted(steps)[len(steps) // 2] if steps else 0.0
    last = min(max(end_us - sum(steps), 0.0), 10 * usual) if end_us else usual
    return [*steps[1:], last] if steps else []


def _placed(tree: Tree, nodes: Iterable[Any]) -> dict[int, _Node]:
    """Every node with its place in our tree, parents first; raise `Refused` when no parent comes first."""
    known = _known(tree, nodes)
    below: dict[int, list[int]] = {}
    for number, node in known.items():
        below.setdefault(node.parent if node.parent in known else -1, []).append(number)
    waiting = list(below.get(-1, ()))
    if known and not waiting:
        raise Refused(phrase("its nodes call each other in a circle"))
    while waiting:
        number = waiting.pop()
        node = known[number]
        above = known[node.parent].place if node.parent in known else ROOT
        node.place = above if node.call[0] < 0 else tree.below(above, node.call[0])
        waiting += below.pop(number, ())
    return known


def _known(tree: Tree, nodes: Iterable[Any]) -> dict[int, _Node]:
    """Nodes by number. A parent is named by the child (traces) or names its children (files)."""
    known: dict[int, _Node] = {}
    parents: dict[int, int] = {}
    for node in map(fields, nodes):
        number = whole(node.get("id"))
        if number < 0 or number in known:
            continue
        known[number] = _Node(_call(tree, fields(node.get("callFrame") or node)), whole(node.get("parent")))
        for child in items(node.get("children")):
            parents.setdefault(whole(child), number)
    for child, parent in parents.items():
        if child in known:
            known[child].parent = parent
    return known


def _call(tree: Tree, frame: dict[str, Any]) -> tuple[int, int]:
    """The function and its line; an anonymous one is told apart by where it begins."""
    name, url = words(frame.get("functionName")), words(frame.get("url"))
    line, column = whole(frame.get("lineNumber")) + 1, whole(frame.get("columnNumber")) + 1
    if name == "(root)":
        return -1, 0
    if not name:
        name = f"(anonymous:{line}:{column})" if url else "(anonymous)"
    return tree.frame(name, "" if name in _META else url), max(line, 0)
