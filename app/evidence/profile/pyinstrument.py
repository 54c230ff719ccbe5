"""pyinstrument's JSON (`pyinstrument -r json`): its tree of times, complete where its speedscope export is not.

The speedscope export leaves out every stretch below one percent of the time line, which can be most of the profile.
"""

from __future__ import annotations

from typing import Any

from app.evidence.profile.limits import fields, finite, items, loads, whole, words
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import Source

_MOST_FRAMES = 500_000
_SYNTHETIC = ("[self]", "[await]", "[out-of-context]")


def looks_like(head: str) -> bool:
    top = head[:4096]
    return top.lstrip()[:1] == "{" and '"root_frame"' in top and '"sample_count"' in top


def read(source: Source) -> Profile:
    """Each frame's time without its children's is its own."""
    file = fields(loads(source.text()))
    profile = Profile("pyinstrument", Tree(), "ms", "time")
    waiting: list[tuple[dict[str, Any], int]] = [(fields(file.get("root_frame")), ROOT)]
    for _ in range(_MOST_FRAMES):
        if not waiting:
            break
        frame, above = waiting.pop()
        name, line = words(frame.get("function")), max(whole(frame.get("line_no")), 0)
        node = above
        if name and name not in _SYNTHETIC:
            node = profile.tree.below(above, profile.tree.frame(name, words(frame.get("file_path"))))
        children = [fields(child) for child in items(frame.get("children"))]
        own = finite(frame.get("time")) - sum(finite(child.get("time")) for child in children)
        profile.tree.add(node, own * 1000, line)
        waiting += [(child, node) for child in reversed(children)]
    profile.samples = max(whole(file.get("sample_count")), 0) or None
    profile.duration_s = finite(file.get("duration")) or None
    return profile
