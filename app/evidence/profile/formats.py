"""The formats that are read, each with how it is recognised; the one that is surest reads the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.evidence.findings import phrase
from app.evidence.profile import (
    austin,
    callgrind,
    collapsed,
    cprofile,
    cpuprofile,
    flame_svg,
    perf_script,
    pprof,
    pyinstrument,
    speedscope,
    trace,
)  # fmt: skip
from app.evidence.profile.tree import Profile
from app.evidence.source import Source

SURE = 0.95


class Format(NamedTuple):
    """How a format is called, recognised by the head of a file, and read."""

    title: str
    confidence: Callable[[Source], float]
    read: Callable[[Source], Profile]


def _text(looks: Callable[[str], bool]) -> Callable[[Source], float]:
    return lambda source: SURE if looks(source.head) else 0.0


def _bytes(looks: Callable[[bytes], bool]) -> Callable[[Source], float]:
    return lambda source: SURE if looks(source.head_bytes) else 0.0


FORMATS = (
    Format("cProfile", _bytes(cprofile.looks_like), cprofile.read),
    Format("pprof", _bytes(pprof.looks_like), pprof.read),
    Format(phrase("speedscope JSON"), _text(speedscope.looks_like), speedscope.read),
    Format(phrase("pyinstrument's JSON"), _text(pyinstrument.looks_like), pyinstrument.read),
    Format(phrase("a .cpuprofile"), _text(cpuprofile.looks_like), cpuprofile.read),
    Format("trace events", _text(trace.looks_like), trace.read),
    Format(phrase("a flame graph"), _text(flame_svg.looks_like), flame_svg.read),
    Format("callgrind", _text(callgrind.looks_like), callgrind.read),
    Format(phrase("the text of perf script"), _text(perf_script.looks_like), perf_script.read),
    Format("austin", _text(austin.looks_like), austin.read),
    Format(phrase("collapsed stacks"), lambda source: collapsed.looks_like(source.head), collapsed.read),
)


def likeliest(source: Source) -> tuple[Format, float] | None:
    """The format that is surest of the head, the first of those equally sure; None when none is."""
    sure = [(format_, format_.confidence(source)) for format_ in FORMATS]
    found = max(sure, key=lambda pair: pair[1])
    return found if found[1] > 0 else None
