"""Chrome's trace events (about:tracing, Node, py-spy -f chrometrace): CPU samples, else what the events span.

An array that ends in the middle is allowed by the format: it is read as far as it goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.evidence.findings import phrase
from app.evidence.profile import v8
from app.evidence.profile.limits import DEEPEST, Refused, fields, finite, items, whole, words
from app.evidence.profile.tree import ROOT, Profile, Tree
from app.evidence.source import Source

_FORMAT = "trace events"
_MOST_EVENTS = 2_000_000
_BETWEEN = " \t\n\r,"


@dataclass(slots=True)
class _Thread:
    """Calls open on one thread as (node, line, end); `end` is None until an E event closes it."""

    past: float = 0.0
    open: list[tuple[int, int, float | None]] = field(default_factory=list)


def looks_like(head: str) -> bool:
    start = head.lstrip()[:1]
    if start not in ("{", "["):
        return False
    return '"traceEvents"' in head or (start == "[" and '"ph"' in head and '"ts"' in head)


def read(source: Source) -> Profile:
    """All events of all threads; raise `Refused` when none tells of a call."""
    profile = Profile(_FORMAT, Tree(), "ms", "time")
    events = list(_events(source.text(), profile))
    chunks = [event for event in events if event.get("name") in ("Profile", "ProfileChunk", "CpuProfile")]
    if not _sampled(profile, chunks):
        _spanned(profile, events)
    return profile


def _events(text: str, profile: Profile) -> Iterator[dict[str, Any]]:
    """One event after the other, so that what is cut off loses one and not all."""
    decoder = json.JSONDecoder()
    at = text.find("[", max(text.find('"traceEvents"'), 0)) + 1
    for _ in range(_MOST_EVENTS):
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        if at >= len(text) or text[at] == "]":
            profile.is_truncated = at >= len(text)
            return
        try:
            event, at = decoder.raw_decode(text, at)
        except RecursionError:
            raise Refused(phrase("its JSON is nested too deeply")) from None
        except ValueError:
            profile.is_truncated = True
            return
        yield fields(event)


def _sampled(profile: Profile, chunks: list[dict[str, Any]]) -> bool:
    """CPU samples, joined by profile; False when there are none."""
    parts: dict[tuple[str, str], tuple[list[Any], list[Any], list[Any]]] = {}
    for chunk in chunks:
        told = fields(fields(chunk.get("args")).get("data"))
        inner = fields(told.get("cpuProfile"))
        nodes, samples, deltas = parts.setdefault(_place(chunk), ([], [], []))
        nodes += items(inner.get("nodes"))
        samples += items(inner.get("samples"))
        deltas += items(told.get("timeDeltas")) or items(inner.get("timeDeltas"))
    parts = {place: part for place, part in parts.items() if part[1]}
    for nodes, samples, deltas in parts.values():
        v8.count(profile, nodes, samples, deltas, 0.0)
        length = sum(max(finite(delta), 0.0) for delta in deltas) / 1e6
        profile.duration_s = max(profile.duration_s or 0.0, length) or None
    profile.threads = len(parts) or None
    return bool(parts)


def _place(event: dict[str, Any]) -> tuple[str, str]:
    return str(event.get("pid"))[:40], str(event.get("id") or event.get("tid"))[:40]


def _spanned(profile: Profile, events: list[dict[str, Any]]) -> None:
    """Time between two events of a thread belongs to the innermost open call."""
    calls = [event for event in events if event.get("ph") in ("X", "B", "E")]
    if not calls:
        raise Refused(phrase("none of its events tells of a call (`ph` X, B or E, or CPU samples)"))
    if any(event.get("ph") != "B" and "dur" in event for event in calls):
        calls.sort(key=lambda event: (finite(event.get("ts")), -finite(event.get("dur"))))
    threads: dict[tuple[str, str], _Thread] = {}
    for event in calls:
        key = (str(event.get("pid"))[:40], str(event.get("tid"))[:40])
        thread = threads.setdefault(key, _Thread(finite(event.get("ts"))))
        _step(profile.tree, thread, event)
    for thread in threads.values():
        _close(profile.tree, thread, float("inf"))
    profile.threads = len(threads)
    starts = [finite(event.get("ts")) for event in calls]
    ends = [finite(event.get("ts")) + finite(event.get("dur")) for event in calls]
    profile.duration_s = (max(ends) - min(starts)) / 1e6 or None


def _step(tree: Tree, thread: _Thread, event: dict[str, Any]) -> None:
    at = finite(event.get("ts"))
    _close(tree, thread, at)
    _spend(tree, thread, at)
    if event.get("ph") == "E":
        if thread.open:
            thread.open.pop()
        return
    if len(thread.open) >= 4 * DEEPEST:
        raise Refused(phrase("more than {most:,} calls are open at a time", most=4 * DEEPEST))
    told = fields(event.get("args"))
    frame = tree.frame(words(event.get("name")), words(told.get("filename")))
    above = thread.open[-1][0] if thread.open else ROOT
    end = at + max(finite(event.get("dur")), 0.0) if event.get("ph") == "X" else None
    thread.open.append((tree.below(above, frame), max(whole(told.get("line")), 0), end))


def _close(tree: Tree, thread: _Thread, at: float) -> None:
    """End the calls whose length was given and is over."""
    while thread.open and thread.open[-1][2] is not None and thread.open[-1][2] <= at:
        _spend(tree, thread, thread.open[-1][2])
        thread.open.pop()


def _spend(tree: Tree, thread: _Thread, at: float) -> None:
    if thread.open:
        node, line, _ = thread.open[-1]
        tree.add(node, (at - thread.past) / 1000, line)
    thread.past = max(thread.past, at)
