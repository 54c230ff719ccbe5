"""Logs in the extended format of the W3C, whose `#Fields:` name the columns: IIS, CloudFront, Tomcat's valve.

Sources: the draft WD-logfile-960323 (directives, `date` and `time` in UTC, `time-taken` in seconds), Microsoft's
page on IIS logging (`time-taken` in milliseconds), Amazon's on CloudFront's standard logs (seconds, tabs; the time is
that of the last byte). A server that was started anew writes its directives again, perhaps with other fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.fields import Format
from app.evidence.latency_table.rails import lines_of
from app.evidence.source import Source

MARK = "#Fields:"
LOOKED_AT = 40
_NAMES = {
    "status": ("sc-status",),
    "latency": ("time-taken",),
    "request": ("cs-uri-stem", "cs-uri"),
    "method": ("cs-method",),
    "client": ("c-ip",),
}
_ROLES = ("time", *_NAMES)
_PATTERNS = ((r"^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t", 4), (r"^(?:[^\t]*\t){4}([^\t]*)\t([^\t]*)$", 2))


def read_w3c(source: Source) -> tuple[Dialect, Layout] | None:
    """The fields that tell of a request as columns; None without a line that names them."""
    lines = whole_lines(source)
    fields = next((line for line in lines[:LOOKED_AT] if line.startswith(MARK)), "").split()
    if "sc-status" not in fields or "time" not in fields:
        return None
    rows = [row.split("\t") for row in _rows(lines[: LOOKED_AT + SAMPLE_ROWS])][:SAMPLE_ROWS]
    if not rows:
        return None
    is_timed = any(row[2] for row in rows)
    header = ("date time", *(names[0] for names in _NAMES.values()))
    dialect = Dialect("", header, True, 0, tuple(map(tuple, rows)), Lines(patterns=_PATTERNS, anew=written))
    tool = _tool(source.head, fields)
    form = Format(tool, (), _unit(tool, rows), "end", 0.97)
    roles = {role: at for at, role in enumerate(_ROLES) if is_timed or role != "latency"}
    layout = form.layout_at(roles, dialect)
    return None if layout is None else (dialect, layout)


def written(source: Source) -> Iterator[str]:
    """Every request on a line of its own: time, status, time taken, path, method, client, parted by tabs."""
    for row in _rows(lines_of(source)):
        yield row + "\n"


def _rows(lines: Iterable[str]) -> Iterator[str]:
    places: dict[str, int | None] = {}
    for text in lines:
        line = text.rstrip("\r\n")
        if line.startswith(MARK):
            places = _places(line.split()[1:])
        elif places and line and not line.startswith("#"):
            cells = line.split("\t") if "\t" in line else line.split(" ")
            yield "\t".join(_cells(cells, places))


def _places(fields: Sequence[str]) -> dict[str, int | None]:
    known = {"date": ("date",), "clock": ("time",), **_NAMES}
    return {
        role: next((fields.index(name) for name in names if name in fields), None)
        for role, names in known.items()
    }


def _cells(cells: Sequence[str], places: dict[str, int | None]) -> Iterator[str]:
    found = {
        role: "" if at is None or at >= len(cells) or cells[at] == "-" else cells[at]
        for role, at in places.items()
    }
    yield f"{found['date']} {found['clock']}+00:00" if found["date"] else found["clock"]
    yield from (found[role] for role in _NAMES)


def _tool(head: str, fields: Sequence[str]) -> str:
    if re.search(r"^#Software: Microsoft", head, re.MULTILINE):
        return "IIS"
    return "CloudFront" if "x-edge-location" in fields else "W3C"


def _unit(tool: str, rows: Sequence[Sequence[str]]) -> str:
    """The draft counts seconds, which have a fraction where they are worth anything; IIS counts milliseconds."""
    return "ms" if tool == "IIS" else "s"
