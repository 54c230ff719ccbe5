"""The formats that are read, each with how it is recognised; the one that is surest reads the file.

Every file that a learner sends is held against them, and few are profiles: a format's reader is imported only once its
signs are in the head.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from app.evidence.findings import phrase
from app.evidence.profile.tree import Profile
from app.evidence.source import Source

SURE = 0.95
_TOP = 16_384
_PERF_TIME = re.compile(r"\d\.\d{3,9}:(?:\s|$)")
_PROTOBUF = (b"\0", b"\x08", b"\x10")
"""An empty first string, or the keys of a value type's two fields."""


class Format(NamedTuple):
    """How a format is called, the module that reads it, and the signs without which no file has it."""

    title: str
    module: str
    signs: Callable[[Source], bool]
    of_bytes: bool = False

    def confidence(self, source: Source) -> float:
        """How sure the head makes us, from 0 to 1."""
        if not self.signs(source):
            return 0.0
        looks = self._reader().looks_like(source.head_bytes if self.of_bytes else source.head)
        return SURE if looks is True else float(looks)

    def read(self, source: Source) -> Profile:
        """The profile. Raises `Refused`, and `HoldsCode` for a .prof with code in it."""
        return self._reader().read(source)  # type: ignore[no-any-return]

    def _reader(self) -> Any:
        return import_module(f"app.evidence.profile.{self.module}")


def _is_json(source: Source) -> bool:
    return source.head.lstrip()[:1] in ("{", "[")


def _has_a_perf_time(source: Source) -> bool:
    return _PERF_TIME.search(source.head, 0, _TOP) is not None


FORMATS = (
    Format("cProfile", "cprofile", lambda source: source.head_bytes[:1] in (b"{", b"\xfb"), of_bytes=True),
    Format("pprof", "pprof", lambda source: any(map(source.head_bytes.__contains__, _PROTOBUF)), of_bytes=True),
    Format(phrase("speedscope JSON"), "speedscope", _is_json),
    Format(phrase("pyinstrument's JSON"), "pyinstrument", _is_json),
    Format(phrase("a .cpuprofile"), "cpuprofile", _is_json),
    Format("trace events", "trace", _is_json),
    Format(phrase("a flame graph"), "flame_svg", lambda source: "<svg" in source.head[:4096]),
    Format("callgrind", "callgrind", lambda source: "\nfn=" in source.head),
    Format(phrase("the text of perf script"), "perf_script", _has_a_perf_time),
    Format("austin", "austin", lambda source: ";T" in source.head),
    Format(phrase("collapsed stacks"), "collapsed", lambda source: ";" in source.head[:_TOP]),
)  # fmt: skip


def likeliest(source: Source) -> tuple[Format, float] | None:
    """The format that is surest of the head, the first of those equally sure; None when none is."""
    sure = [(format_, format_.confidence(source)) for format_ in FORMATS]
    found = max(sure, key=lambda pair: pair[1])
    return found if found[1] > 0 else None
