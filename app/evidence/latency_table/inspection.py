"""One latency table from bytes to report."""

from __future__ import annotations

from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.generic import TRUNCATED
from app.evidence.latency_table.checks import check
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts
from app.evidence.latency_table.dialect import Dialect
from app.evidence.latency_table.engine import count
from app.evidence.latency_table.load import load_of
from app.evidence.latency_table.measures import facts_of
from app.evidence.latency_table.patterns import patterns
from app.evidence.latency_table.reading import read
from app.evidence.latency_table.rules import NO_ROWS, NOT_COUNTED
from app.evidence.latency_table.time_rules import NONE_FORWARD
from app.evidence.source import Source


def report(source: Source) -> Report:
    """Facts and findings; raise `Unreadable` when no request can be counted."""
    found = read(source)
    if found is None:
        raise Unreadable(NOT_COUNTED.at(reason=phrase("no column with the latency of a request was found.")))
    dialect, layout = found
    counts = count(source, dialect, layout)
    if (counts.everything.n if layout.latency else counts.requests) == 0:
        raise Unreadable(_no_rows(dialect, layout, counts.unreadable))
    return _report(source, dialect, layout, counts)


def _no_rows(dialect: Dialect, layout: Layout, rows: int) -> Finding:
    if layout.is_span and layout.start and layout.end:
        start, end = (dialect.header[clock.column] for clock in (layout.start, layout.end))
        return NONE_FORWARD.at(rows=rows, start=start, end=end)
    at = layout.latency.column if layout.latency else layout.status or 0
    return NO_ROWS.at(rows=rows, column=dialect.header[at] or phrase("column {name}", name=at + 1))


def _report(source: Source, dialect: Dialect, layout: Layout, counts: Counts) -> Report:
    load = load_of(layout, counts)
    facts = facts_of(dialect, layout, counts, load)
    findings = [
        *check(dialect, layout, counts, load, facts),
        *patterns(layout, counts, load, dialect.skip if dialect.anew is None else None),
        *_cut(source, dialect),
    ]
    return Report("latency_table", layout.confidence, facts, tuple(findings))


def _cut(source: Source, dialect: Dialect) -> list[Finding]:
    """A last line without its end and with fewer cells than the others was cut off."""
    if (
        source.is_gzip
        or dialect.lines is not None
        or dialect.width < 2
        or source.encoding.startswith(("utf-16", "utf-32"))
    ):
        return []
    with source.open_binary() as stream:
        stream.seek(max(0, source.size - 4096))
        tail = stream.read()
    last = tail.rsplit(b"\n", 1)[-1]
    cells = last.count(dialect.delimiter.encode()) + 1
    if not last.strip() or cells >= dialect.width or b'"' in last:
        return []
    return [
        TRUNCATED.at(
            Where(),
            detail=phrase("its last row has {cells} of {width} cells", cells=cells, width=dialect.width),
        )
    ]
