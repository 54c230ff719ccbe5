"""The log of Rails: `Started GET "/x" for … at …`, and some lines later `Completed 200 OK in 12ms (Views: …)`.

The two are put together by what stands before them (process, request), and written as one line for the engine.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines
from app.evidence.latency_table.fields import Format
from app.evidence.patterns import lazy
from app.evidence.source import CHUNK, Source

LIMIT = 128 * CHUNK
FEWEST, LEAST = 2, 0.02
"""With its queries and templates a request has some dozen lines."""
MOST_OPEN = 10_000
LONGEST = 4000
_PREFIX = lazy(r"[A-Z], \[(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{1,9}) (#\d{1,10})\] {1,4}[A-Z]{1,8} -- [^:]{0,80}: ")
_STARTED = lazy(
    r'Started ([A-Z]{3,8}) "([^"]{1,2000})" for \S{1,60} at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})'
)
_COMPLETED = lazy(r"Completed (\d\d\d) .{0,60}? ?in (\d{1,9}(?:\.\d{1,3})?)ms")
_ROLES = ("time", "status", "latency", "request", "method")
_PATTERN = r"^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t"


class Line(NamedTuple):
    """A line that begins or ends a request. `key` tells requests that run at once apart; `time` is of the line."""

    key: str
    time: str
    started: re.Match[str] | None
    completed: re.Match[str] | None


def read_rails(source: Source, lines: Sequence[str]) -> tuple[Dialect, Layout] | None:
    """The requests of a log of Rails as columns; None when it is none."""
    rows = [row.split("\t") for row in _joined(iter(lines))]
    if len(rows) < max(FEWEST, LEAST * len(lines)) or "Started " not in source.head:
        return None
    dialect = Dialect(
        delimiter="",
        header=_ROLES,
        has_header=True,
        skip=0,
        rows=tuple(map(tuple, rows[:SAMPLE_ROWS])),
        lines=Lines(patterns=((_PATTERN, 4), (r"\t([A-Z]*)$", 1)), anew=written),
    )
    logged = "start" if " " in rows[0][0] else "end"
    layout = Format("Rails", (), "ms", logged, 0.95).layout_at(
        {role: at for at, role in enumerate(_ROLES)}, dialect
    )
    return None if layout is None else (dialect, layout)


def written(source: Source) -> Iterator[str]:
    """Every request of the file on a line of its own."""
    for row in _joined(lines_of(source)):
        yield row + "\n"


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """The time of a line with its process is exact; without one, what the start of the request says is all there is."""
    open_ones: dict[str, tuple[str, str, str]] = {}
    for text in lines:
        line = _read(text) if "Started " in text or "Completed " in text else None
        if line is None:
            continue
        if line.started is not None:
            if len(open_ones) >= MOST_OPEN:
                open_ones.clear()
            open_ones[line.key] = (line.started[1], line.started[2], line.started[3])
        if line.completed is not None:
            method, path, started = open_ones.pop(line.key, ("", "", ""))
            status, took = line.completed.groups()
            yield "\t".join((line.time or started, status, took, path.replace("\t", " "), method))


def _read(text: str) -> Line | None:
    started = _STARTED.search(text[:LONGEST])
    completed = None if started is not None else _COMPLETED.search(text[:LONGEST])
    found = started or completed
    if found is None:
        return None
    before = text[: found.start()]
    prefix = _PREFIX.match(before)
    key, time = (before, "") if prefix is None else (prefix[2] + before[prefix.end() :], prefix[1])
    return Line(key, time, started, completed)


def lines_of(source: Source) -> Iterator[str]:
    """The lines of the file, of which a piece is held at a time."""
    decoder = codecs.getincrementaldecoder(source.encoding)(errors="replace")
    rest = ""
    for piece in source.chunks(LIMIT):
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
        rest = rest[-CHUNK:]
    yield rest
