"""Rows of a table whose times are of a day that stands above it: `| 3f9c1a2 | 14:03:50 | 14:06:10 |`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.evidence import dated
from app.evidence.registers.rows import Row

_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?![\d:]).{0,8}", re.ASCII)


def with_days(found: Sequence[Row], lines: Sequence[str]) -> list[Row]:
    """The rows, those with a clock alone with the day that the text names above them."""
    clocked = [row for row in found if _clock(row)]
    days = dated.above(lines, [(row.line, _clock(row)) for row in clocked])
    known = {row.line: day.isoformat() for row, day in zip(clocked, days, strict=True) if day}
    return [_dated(row, known[row.line]) if row.line in known else row for row in found]


def _clock(row: Row) -> str:
    """The first time of a row that has a time of day and no day; else empty."""
    if row.get("time") and not _CLOCK.fullmatch(row.get("time").strip()):
        return ""
    texts = (row.get(field).strip() for field in ("start", "time", "end"))
    text = next((text for text in texts if text), "")
    return text if _CLOCK.fullmatch(text) else ""


def _dated(row: Row, day: str) -> Row:
    """`time` holds the day for the begin and the end of a row; alone it is a moment."""
    has_others = row.get("start") or row.get("end")
    return replace(
        row, cells={**row.cells, "time": day if has_others else f"{day} {row.get('time').strip()}"}
    )
