"""cProfile's and profile's .prof files, as `python -m cProfile -o` and `dump_stats` write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.evidence.profile.callgraph import CallGraph, grown
from app.evidence.profile.limits import LONGEST_NAME, finite
from app.evidence.profile.marshalled import Function, Reader
from app.evidence.profile.names import short_file
from app.evidence.profile.tree import Frame, Profile
from app.evidence.source import TEXT_LIMIT, Source


def looks_like(head: bytes) -> bool:
    """A dictionary whose first key is a tuple of three."""
    return (
        len(head) > 3
        and head[0] & 0x7F == 0x7B
        and (
            (head[1] & 0x7F == 0x29 and head[2] == 3) or (head[1] & 0x7F == 0x28 and head[2:6] == b"\3\0\0\0")
        )
    )


def read(source: Source) -> Profile:
    """Exact self and total times in ms; the tree is an estimate."""
    stats = Reader(b"".join(source.chunks(TEXT_LIMIT))).stats()
    graph = CallGraph()
    frames = _frames(stats)
    for function, (numbers, callers) in stats.items():
        frame = frames[function]
        graph.own[frame] += max(finite(numbers[2]), 0.0) * 1000
        graph.total[frame] += max(finite(numbers[3]), 0.0) * 1000
        for caller, call in callers.items():
            if caller in frames and len(call) == 4:
                graph.calls[frames[caller], frame] += max(finite(call[3]), 0.0) * 1000
    profile = Profile("cProfile", grown(graph), "ms", "time")
    profile.exact = graph.weights
    profile.exact_total = sum(own for own, _ in graph.weights.values())
    profile.duration_s = profile.exact_total / 1000
    for (_, line, _), frame in frames.items():
        if line > 0:
            profile.tree.lines[profile.tree.frame(*frame), line] = graph.own[frame]
    return profile


def _frames(stats: Iterable[Function]) -> dict[Function, Frame]:
    """A name for each; those that one file has twice are told apart by their lines. `~` stands for what is built in."""
    named = {
        function: Frame(
            function[2][:LONGEST_NAME] or "[unknown]", "" if function[0] == "~" else short_file(function[0])
        )
        for function in stats
    }
    times = Counter(named.values())
    return {
        function: frame if times[frame] == 1 else Frame(f"{frame.name}:{function[1]}", frame.file)
        for function, frame in named.items()
    }
