"""Callgrind's text (valgrind, pyprof2calltree, Xdebug): self costs of functions and costs of calls.

After https://valgrind.org/docs/manual/cl-format.html. The first event of `events:` is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.evidence.findings import phrase
from app.evidence.profile.callgraph import CallGraph, grown
from app.evidence.profile.limits import LONGEST_NAME, Refused
from app.evidence.profile.names import short_file
from app.evidence.profile.tree import Frame, Profile
from app.evidence.source import Source

_NAME = re.compile(r"\((\d{1,9})\)(?: (.{0,400}))?")
_COST = re.compile(r"(?:[+-]?\d{1,15}|0x[0-9a-fA-F]{1,16}|\*)$")
_NUMBER = re.compile(r"\d{1,18}$")
_TIMES = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "time_(10ns)": 1e-5, "time_(µs)": 1e-3, "time": 1e-3}
_FILES = ("fl", "fi", "fe")
_CALLED_FILES = ("cfl", "cfi")


@dataclass(slots=True)
class _State:
    """Where in the file the reader is: the function that costs belong to, and the call whose cost comes next."""

    graph: CallGraph = field(default_factory=CallGraph)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    file: str = ""
    called_file: str | None = None
    function: Frame | None = None
    called: Frame | None = None
    is_call: bool = False
    positions: int = 1
    event: str = ""


def looks_like(head: str) -> bool:
    return "\nfn=" in head and ("events:" in head[:4096] or head.startswith("# callgrind"))


def read(source: Source) -> Profile:
    """Self costs as they stand; totals are self and all calls, so recursion may be counted twice."""
    state = _State()
    for line in source.text().split("\n"):
        key, mark, value = line.partition("=")
        if mark and key in _KEYS:
            _KEYS[key](state, key, value)
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            _cost(state, line)
        elif line.startswith(("events:", "positions:")):
            _header(state, line)
    graph = state.graph
    if not graph.own:
        raise Refused(phrase("no line of it gives a cost to a function"))
    for (caller, callee), weight in graph.calls.items():
        graph.total[caller] += weight if caller != callee else 0.0
    whole = sum(graph.own.values())
    for frame, own in graph.own.items():
        graph.total[frame] = min(graph.total[frame] + own, whole)
    unit = "ms" if state.event.lower() in _TIMES else "samples"
    profile = Profile("callgrind", grown(graph), unit, state.event)
    profile.exact, profile.exact_total = graph.weights, whole
    return profile


def _header(state: _State, line: str) -> None:
    words = line.split()[1:]
    if line.startswith("positions:"):
        state.positions = min(max(len(words), 1), 3)
    elif words and not state.event:
        state.event = words[0]


def _cost(state: _State, line: str) -> None:
    """`12 400` or `+3 400`: the cost at a line, or of the call before."""
    words = line.split(None, state.positions + 1)
    if (
        len(words) <= state.positions
        or not _COST.match(words[0])
        or not _NUMBER.match(words[state.positions])
    ):
        return
    cost = int(words[state.positions]) * _TIMES.get(state.event.lower(), 1.0)
    if state.is_call and state.function is not None and state.called is not None:
        state.graph.calls[state.function, state.called] += cost
    elif state.function is not None:
        state.graph.own[state.function] += cost
    state.is_call = False


def _named(state: _State, kind: str, value: str) -> str:
    """`(12) name` defines what `(12)` then stands for."""
    found = _NAME.match(value)
    if found is None:
        return value[:400]
    if found[2]:
        state.names[kind, found[1]] = found[2]
    return state.names.get((kind, found[1]), "[unknown]")


def _on_file(state: _State, _key: str, value: str) -> None:
    state.file = _named(state, "file", value)


def _on_function(state: _State, _key: str, value: str) -> None:
    state.function, state.called_file = _frame(_named(state, "fn", value), state.file), None


def _on_called_file(state: _State, _key: str, value: str) -> None:
    state.called_file = _named(state, "file", value)


def _on_called(state: _State, _key: str, value: str) -> None:
    file = state.file if state.called_file is None else state.called_file
    state.called, state.called_file = _frame(_named(state, "fn", value), file), None


def _on_call(state: _State, _key: str, _value: str) -> None:
    state.is_call = True
    if state.called is not None:
        state.graph.own[state.called] += 0.0


def _frame(name: str, file: str) -> Frame:
    return Frame(name[:LONGEST_NAME] or "[unknown]", "" if file in ("~", "???") else short_file(file))


_KEYS = {
    **dict.fromkeys(_FILES, _on_file),
    **dict.fromkeys(_CALLED_FILES, _on_called_file),
    "fn": _on_function,
    "cfn": _on_called,
    "calls": _on_call,
}
