"""Profiles in forms that are not read: what they are known by, and how to export a form that is."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from app.evidence.findings import phrase

_LOOKED_AT = 4096
_CPU_HEADERS = tuple(
    bytes(size) + (3).to_bytes(size, order) + bytes(size) for size in (4, 8) for order in ("little", "big")
)  # words 0, 3, 0


class In(Enum):
    """Where a mark stands: at the very start, near the start, or anywhere in the head."""

    START = auto()
    TOP = auto()
    HEAD = auto()


class Elsewhere(NamedTuple):
    """A form known by marks that must all be there."""

    what: str
    export: str
    marks: tuple[tuple[In, bytes], ...]

    def fits(self, head: bytes) -> bool:
        return all(_has(head, place, mark) for place, mark in self.marks)


def _has(head: bytes, place: In, mark: bytes) -> bool:
    if place is In.START:
        return head.startswith(mark)
    return mark in (head[:_LOOKED_AT] if place is In.TOP else head)


def _page(what: str, export: str, *marks: bytes) -> Elsewhere:
    return Elsewhere(what, export, ((In.TOP, b"<html"), *((In.HEAD, mark) for mark in marks)))


_PPROF = "`go tool pprof -proto profile > profile.pb.gz`"
_PERF = "`perf script -i perf.data > perf.txt`"
_PYINSTRUMENT = "`pyinstrument -r json -o profile.json app.py`"
_PY_SPY = "`py-spy record --format raw --pid PID --duration 60 --output profile.txt`"
_MEMRAY = phrase(
    "`memray transform speedscope memray.bin` (since version 1.20), or time with {py_spy}", py_spy=_PY_SPY
)
_PROF = "`python -m cProfile -o profile.prof app.py`"
_ASPROF = "`asprof -d 60 -o collapsed -f profile.txt PID`"
_PAGES = (
    _page(phrase("a page of pyinstrument"), _PYINSTRUMENT, b"pyinstrumentHTMLRenderer"),
    _page(phrase("a page of memray"), _MEMRAY, b"<title>memray"),
    _page(phrase("a page of Scalene"), _PY_SPY, b"<title>Scalene"),
    _page(phrase("a page of Clinic.js"), "`node --cpu-prof app.js`", b"<title>Clinic Flame"),
    _page(phrase("a page of Clinic.js"), "`node --cpu-prof app.js`", b"<title>Clinic Doctor"),
    _page(phrase("a page of Clinic.js"), "`node --cpu-prof app.js`", b"<title>Clinic Bubbleprof"),
    _page(
        phrase("a page of async-profiler"),
        _ASPROF,
        b"Flame Graph</h1>",
        b"canvas",
    ),
    _page(phrase("a page of async-profiler"), _ASPROF, b"cpool", b"canvas"),
    _page(
        phrase("a page of speedscope"),
        phrase("the JSON with the button “Export” of that page"),
        b"<title>speedscope",
    ),
)
OTHERS = (
    Elsewhere(phrase("the older text of pprof"), _PPROF, ((In.START, b"heap profile:"),)),
    Elsewhere(
        phrase("the older text of pprof"), _PPROF, ((In.START, b"--- "), (In.TOP, b"---"), (In.TOP, b" @ 0x"))
    ),
    Elsewhere(phrase("the older text of pprof"), _PPROF, ((In.START, b"--- contention"),)),
    Elsewhere(phrase("the older text of pprof"), _PPROF, ((In.START, b"goroutine profile:"),)),
    Elsewhere(phrase("the text of `pprof -top`"), _PPROF, ((In.TOP, b"Showing nodes accounting for"),)),
    Elsewhere(
        phrase("austin's binary file"), "`mojo2austin profile.mojo profile.txt`", ((In.START, b"MOJ"),)
    ),
    Elsewhere(phrase("the binary file of `perf record`"), _PERF, ((In.START, b"PERFILE2"),)),
    Elsewhere(phrase("the text of `perf report`"), _PERF, ((In.TOP, b"# Overhead"), (In.TOP, b"Symbol"))),
    Elsewhere(phrase("the text of `perf report`"), _PERF, ((In.TOP, b"# Children"), (In.TOP, b"Symbol"))),
    Elsewhere(
        phrase("a recording of Java Flight Recorder"),
        phrase(
            "`asprof -d 60 -o collapsed -f profile.txt PID`, or `jfrconv recording.jfr profile.collapsed`"
        ),
        ((In.START, b"FLR\0"),),
    ),
    Elsewhere(
        phrase("a heap snapshot of V8"),
        phrase("`node --heap-prof app.js` for allocations, `node --cpu-prof app.js` for time"),
        ((In.TOP, b'"snapshot"'), (In.TOP, b'"node_fields"')),
    ),
    Elsewhere(
        phrase("the log of `node --prof`"),
        "`node --cpu-prof app.js`",
        ((In.START, b"v8-version,"), (In.HEAD, b"shared-library")),
    ),
    Elsewhere(
        phrase("the text of `node --prof-process`"),
        "`node --cpu-prof app.js`",
        ((In.TOP, b"Statistical profiling result from"), (In.HEAD, b"ticks")),
    ),
    Elsewhere(
        phrase("one moment of a program, as `py-spy dump` shows it"),
        _PY_SPY,
        ((In.START, b"Process "), (In.TOP, b"Python v"), (In.TOP, b"Thread ")),
    ),
    Elsewhere(
        phrase("one moment of a program, as `py-spy dump` shows it"),
        _PY_SPY,
        ((In.START, b"["), (In.TOP, b'"owns_gil"'), (In.TOP, b'"frames"')),
    ),
    Elsewhere(phrase("a file of memray"), _MEMRAY, ((In.START, b"\x04\x22\x4d\x18"), (In.TOP, b"mem"))),
    Elsewhere(
        phrase("memray's file for gprof2dot"), _MEMRAY, ((In.TOP, b'"costs"'), (In.TOP, b'"callchain"'))
    ),
    Elsewhere(
        phrase("the text of pyinstrument"), _PYINSTRUMENT, ((In.TOP, b"Recorded: "), (In.TOP, b"Samples: "))
    ),
    Elsewhere(
        phrase("the JSON of Scalene"), _PY_SPY, ((In.TOP, b'"alloc_samples"'), (In.TOP, b'"combined_stacks"'))
    ),
    Elsewhere(
        phrase("the profile of the Firefox profiler"),
        phrase("the samples again as Chrome trace or with `perf script`"),
        ((In.TOP, b'"meta"'), (In.TOP, b'"interval"'), (In.HEAD, b'"preprocessedProfileVersion"')),
    ),
    Elsewhere(
        phrase("the profile of the Firefox profiler"),
        phrase("the samples again as Chrome trace or with `perf script`"),
        ((In.TOP, b'"meta"'), (In.TOP, b'"interval"'), (In.TOP, b'"stackwalk"')),
    ),
    Elsewhere(
        phrase("the JSON of stackprof"),
        "`stackprof --stackcollapse FILE > profile.txt`",
        ((In.TOP, b'"mode"'), (In.HEAD, b'"gc_samples"'), (In.HEAD, b'"frames"')),
    ),
    Elsewhere(
        phrase("a .nettrace file"),
        "`dotnet-trace convert --format Speedscope FILE`",
        ((In.START, b"Nettrace"),),
    ),
    Elsewhere(
        phrase("the printed table of cProfile"),
        _PROF + phrase(" and upload the .prof file itself"),
        ((In.TOP, b"function calls"), (In.TOP, b"ncalls"), (In.TOP, b"tottime")),
    ),
    Elsewhere(
        phrase("the table of rbspy"),
        "`rbspy record --format collapsed --file profile.txt --pid PID`",
        ((In.START, b"% self  % total  name"),),
    ),
    Elsewhere(
        phrase("what `py-spy top` shows"), _PY_SPY, ((In.TOP, b"Collecting samples from"), (In.TOP, b"%Own"))
    ),
    Elsewhere(
        phrase("a call tree copied from Instruments"),
        phrase("the samples with `sample`, folded by `stackcollapse-sample.awk`"),
        ((In.START, b"Weight\tSelf Weight"),),
    ),
    Elsewhere(
        phrase("the table of line_profiler"), _PY_SPY, ((In.TOP, b"Timer unit:"), (In.HEAD, b"Line #"))
    ),
    *_PAGES,
)


PURE_PROFILE = Elsewhere(
    phrase("a file of `python -m profile` that names a program by its code"), _PROF, ((In.TOP, b"profiler"),)
)
"""It is told from cProfile's by a value that only a reader meets."""


def known(head: bytes) -> Elsewhere | None:
    """The form this file has, if it is one of these."""
    if head.startswith(_CPU_HEADERS):
        return OTHERS[0]  # its CPU profile is binary
    return next((form for form in OTHERS if form.fits(head)), None)
