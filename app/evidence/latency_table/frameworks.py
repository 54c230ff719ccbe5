"""Logs of application servers and frameworks, known by the words around a request; other lines are their own talk.

Sources: morgan's README, Rails' log subscriber, lograge's README, uWSGI's, Gin's and Serilog's loggers, the hosting
diagnostics of ASP.NET Core, koa-logger, Phoenix's logger, uvicorn's, Django's and Werkzeug's request lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.evidence.latency_table import rails
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.fields import Format
from app.evidence.source import Source

LEAST, FEWEST = 0.2, 2
"""Of the lines of the head, and at least so many: frameworks write a few lines a request, people quote one or two."""
HEADINGS = 2
LOOKED_AT = 2000
_VERB = r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"
_COLOUR = r"(?:\x1b\[[\d;]{0,9}m)?"
_TIME = (
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?Z| ?[+-]\d\d:?\d\d)?"
    r"|\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
    r"|[A-Z][a-z][a-z], \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT)"
)
_BEFORE = (r"^.{0,80}?" + _TIME, ("time",))


@dataclass(frozen=True, slots=True)
class Framework:
    """`mark` is in every line of a request. The first pattern tells them; each has groups for its roles."""

    tool: str
    mark: str
    patterns: tuple[tuple[str, tuple[str, ...]], ...]
    unit: str = "ms"
    logged: str = "end"

    @property
    def roles(self) -> list[str]:
        return [role for _, roles in self.patterns for role in roles]


_ANSWER = ("method", "request", "status", "latency")
FRAMEWORKS = (
    Framework(
        "morgan",
        " ms",
        (
            (
                rf"(?:\b|\x1b\[\d{{1,3}}m){_VERB} (\S+) (?:HTTP/[\d.]{{1,3}} )?{_COLOUR}(\d\d\d|-){_COLOUR} "
                r"(?:(?:\d+|-) - )?(\d+\.\d{1,6}|-) ms",
                _ANSWER,
            ),
            _BEFORE,
        ),
    ),
    Framework(
        "Gin",
        "[GIN] ",
        (
            (
                rf"\[GIN\] (\d{{4}}/\d\d/\d\d - \d\d:\d\d:\d\d) \|{_COLOUR} *(\d\d\d) *{_COLOUR}\| *{_COLOUR} *"
                rf"([\d.]+(?:ns|µs|us|ms|s)) *{_COLOUR} *\| *([\da-fA-F.:]+) *\|",
                ("time", "status", "latency", "client"),
            ),
            (rf"\|{_COLOUR} *{_VERB} *{_COLOUR} *\"([^\"]*)\"", ("method", "request")),
        ),
    ),
    *(
        Framework(
            "uWSGI",
            word,
            (
                (rf"\] {_VERB} (\S+) => generated \d+ bytes in (\d+) {word} \(HTTP/[\d.]{{1,3}} (\d\d\d)\)",
                 ("method", "request", "latency", "status")),
                (r"\[([A-Z][a-z][a-z] [A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d \d{4})\]", ("time",)),
            ),
            unit,
        )
        for word, unit in (("msecs", "ms"), ("micros", "us"))
    ),
    Framework(
        "Serilog",
        " responded ",
        ((rf"\bHTTP \"?{_VERB}\"? \"?([^ \"]+)\"? responded (\d\d\d) in ([\d.]+) ms", _ANSWER), _BEFORE),
    ),
    Framework(
        "ASP.NET",
        "Request finished HTTP/",
        (
            (
                rf"Request finished HTTP/[\d.]{{1,3}} {_VERB} (\S+) .{{0,120}}- (\d\d\d) .{{0,120}} ([\d.]+)ms",
                _ANSWER,
            ),
            _BEFORE,
        ),
    ),
    Framework(
        "koa",
        "--> ",
        ((rf"--> {_COLOUR}{_VERB}{_COLOUR} {_COLOUR}(\S+){_COLOUR} {_COLOUR}(\d\d\d){_COLOUR} {_COLOUR}(\d+m?s)\b",
          _ANSWER), _BEFORE),
    ),
    Framework("Phoenix", " Sent ", ((r"\[info\] +Sent (\d\d\d) in (\d+(?:ms|µs))", ("status", "latency")), _BEFORE)),
    Framework(
        "lograge",
        " controller=",
        (
            (
                r"\bmethod=([A-Z]+) path=(\S+) .{0,60}controller=\S+ action=\S+ status=(\d\d\d) .{0,400}?"
                r"duration=([\d.]+)",
                _ANSWER,
            ),
            _BEFORE,
        ),
    ),
    Framework(
        "Caddy",
        "handled request",
        (
            (r"^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{3})\t[A-Z]+\thttp\.log\.access\S*\thandled request\t", ("time",)),
            (r'"duration": ?([\d.e-]+)', ("latency",)),
            (r'"status": ?(\d+)', ("status",)),
            (r'"uri": ?"([^"]*)"', ("request",)),
        ),
        unit="s",
    ),
    Framework(
        "uvicorn",
        ' - "',
        ((rf"\bINFO: +(\S+):\d+ - \"{_VERB} (\S+) HTTP/[\d.]{{1,3}}\" {_COLOUR}(\d\d\d)",
          ("client", "method", "request", "status")), _BEFORE),
    ),
    Framework(
        "Django",
        '] "',
        ((rf"^\[(\d\d/[A-Z][a-z][a-z]/\d{{4}} \d\d:\d\d:\d\d)\] \"{_VERB} (\S+) HTTP/[\d.]{{1,3}}\" (\d\d\d) ",
          ("time", "method", "request", "status")),),
    ),
    Framework(
        "Flask",
        '] "',
        ((rf"(\S+) - - \[(\d\d/[A-Z][a-z][a-z]/\d{{4}} \d\d:\d\d:\d\d)\] \"{_COLOUR}{_COLOUR}([A-Z]+ \S+) [^\"]*\" "
          r"(\d\d\d) -", ("client", "time", "request", "status")),),
    ),
)  # fmt: skip


def read_framework(source: Source) -> tuple[Dialect, Layout] | None:
    """The requests among the lines of the head; None when too few of them are any framework's."""
    lines = [line for line in whole_lines(source)[:LOOKED_AT] if line.strip()]
    if sum(line.startswith(("# ", "## ", "### ")) for line in lines) >= HEADINGS:
        return None  # a page that quotes a log
    if (found := rails.read_rails(source, lines)) is not None:
        return found
    return next((found for one in FRAMEWORKS if (found := _read(lines, one)) is not None), None)


def _read(lines: Sequence[str], framework: Framework) -> tuple[Dialect, Layout] | None:
    marked = [line[:4000] for line in lines if framework.mark in line]
    if len(marked) < FEWEST:
        return None
    first, *more = [re.compile(pattern, re.ASCII) for pattern, _ in framework.patterns]
    if not any(first.search(line) for line in marked[:20]):
        return None
    rows = []
    for line in marked:
        if (match := first.search(line)) is not None:
            groups = [*match.groups(), *(group for each in more for group in _groups(each, line))]
            rows.append(tuple("" if cell == "-" else cell for cell in groups))
    if len(rows) < max(FEWEST, LEAST * len(lines)):
        return None
    return _with_layout(framework, rows[:SAMPLE_ROWS])


def _groups(pattern: re.Pattern[str], line: str) -> list[str]:
    match = pattern.search(line)
    return [""] * pattern.groups if match is None else [group or "" for group in match.groups()]


def _with_layout(framework: Framework, rows: Sequence[tuple[str, ...]]) -> tuple[Dialect, Layout] | None:
    dialect = Dialect(
        delimiter="",
        header=tuple(role.replace("_", " ") for role in framework.roles),
        has_header=True,
        skip=0,
        rows=tuple(rows),
        lines=Lines(
            patterns=tuple((pattern, len(roles)) for pattern, roles in framework.patterns),
            only=framework.mark,
            like=framework.patterns[0][0],
        ),
    )
    form = Format(framework.tool, (), framework.unit, framework.logged, 0.92)
    layout = form.layout_at({role: at for at, role in enumerate(framework.roles)}, dialect)
    return None if layout is None else (dialect, layout)
