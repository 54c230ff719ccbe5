"""Chrome's and Node's .cpuprofile: `nodes` with samples, or the older tree under `head`.

A .heapprofile (`node --heap-prof`) is such a tree too, of bytes.
"""

from __future__ import annotations

from typing import Any

from app.evidence.findings import phrase
from app.evidence.profile import v8
from app.evidence.profile.limits import Refused, fields, finite, items, loads
from app.evidence.profile.tree import Profile, Tree
from app.evidence.source import Source

_MOST_NODES = 500_000


def looks_like(head: str) -> bool:
    if head.lstrip()[:1] != "{" or '"traceEvents"' in head:
        return False
    is_new = '"nodes"' in head and '"callFrame"' in head
    is_tree = '"head"' in head and '"functionName"' in head
    return is_new or (is_tree and ('"callUID"' in head or '"selfSize"' in head))


def read(source: Source) -> Profile:
    """The profile; times from `timeDeltas`, else counts of hits."""
    file = fields(loads(source.text()))
    file = fields(file.get("profile")) or file  # as the inspector's Profiler.stop answers
    profile = Profile("cpuprofile", Tree(), "ms", "time")
    nodes = items(file.get("nodes")) or _older(fields(file.get("head")))
    if not nodes:
        raise Refused(phrase("it holds no `nodes`"))
    if "selfSize" in fields(file.get("head")):
        return _memory(profile, nodes)
    samples, deltas = items(file.get("samples")), items(file.get("timeDeltas"))
    start, end = finite(file.get("startTime")), finite(file.get("endTime"))
    if samples and deltas:
        v8.count(profile, nodes, samples, deltas, end - start if end > start else 0.0)
    else:
        v8.hits(profile, nodes)
    scale = 1e-6 if "nodes" in file else 1.0  # the older form counts in seconds
    profile.duration_s = (end - start) * scale if end > start else None
    profile.threads = 1
    return profile


def _memory(profile: Profile, nodes: list[dict[str, Any]]) -> Profile:
    v8.hits(profile, nodes)
    profile.unit, profile.what, profile.samples = "bytes", "memory", None
    return profile


def _older(head: dict[str, Any]) -> list[dict[str, Any]]:
    """The tree of the older form as a list; each node gets a number, and its parent's."""
    found: list[dict[str, Any]] = []
    waiting: list[tuple[dict[str, Any], int]] = [(head, -1)] if head else []
    while waiting and len(found) < _MOST_NODES:
        node, parent = waiting.pop()
        number = len(found)
        line, column = finite(node.get("lineNumber")) - 1, finite(node.get("columnNumber")) - 1
        frame = node.get("callFrame") or {**node, "lineNumber": int(line), "columnNumber": int(column)}
        hits = node.get("hitCount", node.get("selfSize"))
        found.append({"id": number, "parent": parent, "callFrame": frame, "hitCount": hits})
        waiting += [(fields(child), number) for child in items(node.get("children"))]
    return found
