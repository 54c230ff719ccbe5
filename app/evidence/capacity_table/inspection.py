"""One capacity table from bytes to report."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from app.evidence.capacity_table import checks, columns, rules
from app.evidence.capacity_table.stages import MOST_ROWS, Row, is_capacity, stages, turned
from app.evidence.documents import markdown
from app.evidence.findings import Report, Unreadable, phrase
from app.evidence.source import Source

LIMIT = 2 * 1024 * 1024
LONGEST_LINE, MOST_COLUMNS, MOST_MARKDOWN = 4_000, 60, 60_000
_DELIMITERS = (",", ";", "\t", "|")


def report(source: Source) -> Report:
    """Facts and findings; raises `Unreadable` when no row names its users."""
    heads, rows = _table(source.text(LIMIT))
    found = stages(heads, rows)
    if not found:
        what = (
            phrase("no table was found")
            if not heads
            else phrase("no column of users with numbers beside it was found")
        )
        raise Unreadable(rules.NO_TABLE.at(what=what))
    heads, _ = turned(heads, rows)
    roles = columns.roles(heads)
    sums = list(checks.sums(found))
    facts = {"heads": [head[:80] for head in heads], "roles": list(roles), "stages": found, "sums": sums}
    return Report("capacity_table", 0.97, facts, tuple(checks.findings(heads, roles, found, sums)))


def _table(text: str) -> tuple[Sequence[str], Sequence[Row]]:
    """The table of a Markdown text when it has one with users, else the whole as delimited values."""
    if "|" in text and "---" in text:
        try:
            document = markdown.read(text[:MOST_MARKDOWN])
        except markdown.TooLong:
            return (), ()
        for section in document.sections:
            for table in section.tables:
                rows = list(zip(table.row_lines, table.rows, strict=True))
                if is_capacity(table.header, rows):
                    return table.header, rows
    return _delimited(text)


def _delimited(text: str) -> tuple[Sequence[str], Sequence[Row]]:
    """The first line with a delimiter is the head; the rest are rows with their lines."""
    lines = [
        (at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip() and line[0] != "#"
    ]
    lines = [(at, line[:LONGEST_LINE]) for at, line in lines[: MOST_ROWS + 1]]
    if not lines:
        return (), ()
    sign = max(_DELIMITERS, key=lines[0][1].count)
    cells = [(at, _cells(line, sign)) for at, line in lines]
    return cells[0][1], cells[1:]


def _cells(line: str, sign: str) -> list[str]:
    try:
        found = next(csv.reader(io.StringIO(line), delimiter=sign), [])
    except csv.Error:
        found = line.split(sign)
    return [cell.strip() for cell in found[:MOST_COLUMNS]]
