"""JMeter's results as XML: `<httpSample t="120" ts="..." s="true" lb="Home" rc="200" .../>`, one element a line.

The engine reads the attributes out of the lines, so no XML is parsed and no entity is ever expanded. Samples inside
another sample (redirects, parts of a transaction) are indented further and are left out, as JMeter does in its CSV.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.latency_table.clocks import Number, clock_of
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.dialect import SAMPLE_ROWS, Dialect, Lines, whole_lines
from app.evidence.latency_table.numbers import SCALES, Writing, writing_of
from app.evidence.source import Source

ATTRIBUTES = ("t", "ts", "s", "lb", "rc", "na")
_SAMPLE = re.compile(r"([ \t]{0,16})<(?:httpSample|sample) ")


def is_jtl(source: Source) -> bool:
    return "<testResults" in source.head[:4096]


def read_jtl(source: Source) -> tuple[Dialect, Layout] | None:
    """The attributes as columns; None when no sample with a time stands on a line of its own."""
    lines = whole_lines(source)
    indent = next((match[1] for line in lines if (match := _SAMPLE.match(line))), None)
    if indent is None:
        return None
    starts = tuple(f"{indent}<{name} " for name in ("httpSample", "sample"))
    rows = [_row(line) for line in lines if line.startswith(starts)][:SAMPLE_ROWS]
    dialect = Dialect(
        delimiter="",
        header=ATTRIBUTES,
        has_header=True,
        skip=0,
        rows=tuple(rows),
        lines=Lines(patterns=tuple((rf'\s{name}="([^"]*)"', 1) for name in ATTRIBUTES), starts=starts),
    )
    layout = _layout(dialect)
    return None if layout is None else (dialect, layout)


def _row(line: str) -> tuple[str, ...]:
    found = [re.search(rf'\s{name}="([^"]*)"', line) for name in ATTRIBUTES]
    return tuple("" if match is None else match[1] for match in found)


def _layout(dialect: Dialect) -> Layout | None:
    columns = {name: at for at, name in enumerate(ATTRIBUTES) if _has(dialect.cells(at))}
    if "t" not in columns or writing_of(dialect.cells(columns["t"])) is not Writing.PLAIN:
        return None
    return Layout(
        latency=Number(columns["t"], Writing.PLAIN, SCALES["ms"], "ms"),
        unit_from="tool",
        resolution_ms=SCALES["ms"],
        confidence=0.98,
        tool="JMeter",
        is_escaped=True,
        start=clock_of(columns["ts"], dialect.cells(columns["ts"]), "ms") if "ts" in columns else None,
        success=columns.get("s"),
        label=columns.get("lb"),
        status=columns.get("rc"),
        load=Number(columns["na"], Writing.PLAIN, 1.0, "requests") if "na" in columns else None,
    )


def _has(cells: Sequence[str]) -> bool:
    return bool(cells)
