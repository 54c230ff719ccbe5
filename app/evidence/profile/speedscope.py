"""speedscope's JSON (its file-format-schema.json), evented and sampled.

A file may hold several profiles: threads of one recording, or other quantities. Those with the unit of the active one
are added up.
"""

from __future__ import annotations

from typing import Any

from app.evidence.findings import phrase
from app.evidence.profile.limits import DEEPEST, Refused, fields, finite, items, loads, whole, words
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import Source

_UNITS = {"nanoseconds": ("ms", 1e-6), "microseconds": ("ms", 1e-3), "milliseconds": ("ms", 1.0),
          "seconds": ("ms", 1e3), "bytes": ("bytes", 1.0), "none": ("samples", 1.0)}  # fmt: skip
_WORDS = {"ms": "time", "bytes": "memory", "samples": "samples"}
_NO_FUNCTION = "CPU_TIME"
"""dotnet-trace's mark that the function above it was running."""
Frames = list[tuple[int, int]]


def looks_like(head: str) -> bool:
    start = head.lstrip()[:1]
    return start == "{" and ("speedscope.app/file-format-schema" in head or _is_headless(head))


def _is_headless(head: str) -> bool:
    """`$schema` may stand at the end; the kinds of profile are words of this format only."""
    has_frames = '"shared"' in head and '"frames"' in head
    return has_frames or ('"endValue"' in head and ('"evented"' in head or '"sampled"' in head))


def read(source: Source) -> Profile:
    """All profiles with the unit of the active one; raise `Refused` when there are none."""
    file = fields(loads(source.text()))
    found = [fields(one) for one in items(file.get("profiles"))]
    if not found:
        raise Refused(phrase("it holds no `profiles`"))
    active = found[min(max(whole(file.get("activeProfileIndex")), 0), len(found) - 1)]
    used = [one for one in found if one.get("unit") == active.get("unit")]
    unit, scale = _UNITS.get(words(active.get("unit")), ("samples", 1.0))
    profile = Profile("speedscope", Tree(), unit, _WORDS[unit])
    frames = _frames(profile.tree, items(fields(file.get("shared")).get("frames")))
    samples = 0
    for one in used:
        samples += _sampled(profile.tree, frames, one, scale) if "samples" in one else 0
        if "events" in one:
            _evented(profile.tree, frames, one, scale)
    profile.samples = samples or None
    profile.threads = len(used)
    is_timed = unit == "ms" and all("events" in one for one in used)
    profile.duration_s = _duration(used, scale) if is_timed else None
    return profile


def _frames(tree: Tree, shared: list[Any]) -> Frames:
    found = []
    for frame in map(fields, shared):
        line = whole(frame.get("line"))
        if frame.get("name") == _NO_FUNCTION:
            found.append((-1, 0))
            continue
        found.append((tree.frame(words(frame.get("name")), words(frame.get("file"))), max(line, 0)))
    return found


def _sampled(tree: Tree, frames: Frames, one: dict[str, Any], scale: float) -> int:
    """Stacks with their weights; a missing weight is one."""
    weights = items(one.get("weights"))
    stacks = items(one.get("samples"))
    for index, stack in enumerate(stacks):
        weight = finite(weights[index]) if index < len(weights) else 1.0
        node, line = ROOT, 0
        for position in items(stack):
            frame, own_line = _at(frames, position)
            if frame < 0:
                continue
            found, line = tree.below(node, frame), own_line
            if found == node:
                break
            node = found
        tree.add(node, weight * scale, line)
    return len(stacks)


def _evented(tree: Tree, frames: Frames, one: dict[str, Any], scale: float) -> None:
    """Calls opened and closed; the time between two events belongs to the innermost open call."""
    path, lines, past, closed_below = [ROOT], [0], finite(one.get("startValue")), 0
    for event in map(fields, items(one.get("events"))):
        at = finite(event.get("at"))
        if path[-1] != ROOT:
            tree.add(path[-1], (at - past) * scale, lines[-1])
        past = max(past, at)
        if event.get("type") == "O":
            frame, line = _at(frames, event.get("frame"))
            if len(path) > DEEPEST:
                closed_below += 1  # deeper calls count for the deepest that is kept
                continue
            path.append(path[-1] if frame < 0 else tree.below(path[-1], frame))
            lines.append(lines[-1] if frame < 0 else line)
        elif closed_below:
            closed_below -= 1
        elif len(path) > 1:
            path.pop()
            lines.pop()


def _at(frames: Frames, position: object) -> tuple[int, int]:
    index = whole(position)
    if not 0 <= index < len(frames):
        raise Refused(
            phrase(
                "a stack names frame {position}, and `shared.frames` holds {count:,}",
                position=str(position)[:40],
                count=len(frames),
            )
        )
    return frames[index]


def _duration(used: list[dict[str, Any]], scale: float) -> float | None:
    """From the first start to the last end; sampled profiles leave waiting out, so theirs is no duration."""
    starts = [finite(one.get("startValue")) for one in used]
    ends = [finite(one.get("endValue")) for one in used]
    span = (max(ends) - min(starts)) * scale / 1000
    return span if span > 0 else None
