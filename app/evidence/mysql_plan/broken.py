"""Tables of EXPLAIN parted by tabs whose lines mail broke: rows put together by the number of their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.plans.pasted import Line

_STARTS = re.compile(r"(?:[0-9]{1,6}|NULL|\\N)\t")
_LAST = "extra"
MOST_LINES = 4
NARROWEST = 50
"""No mail breaks a shorter line."""


def whole_rows(lines: list[Line]) -> list[Line]:
    """The lines with each row of such a table on one; other lines as they are."""
    at = next((at for at, (_, text) in enumerate(lines) if _is_header(text)), None)
    if at is None:
        return lines
    header, after = _header(lines, at)
    cells = header[1].count("\t") + 1
    found = [*lines[:at], header]
    while after < len(lines):
        number, text = lines[after]
        pieces = [text]
        if _STARTS.match(text):
            while after + len(pieces) < len(lines) and _goes_on(pieces, lines[after + len(pieces)][1]):
                pieces.append(lines[after + len(pieces)][1])
        found.append((number, _joined(pieces, cells)))
        after += len(pieces)
    return found


def _is_header(text: str) -> bool:
    return "\t" in text and "select_type" in text


def _header(lines: Sequence[Line], at: int) -> tuple[Line, int]:
    """The header with what mail set below it, and where the rows begin."""
    number, text = lines[at]
    for more in range(1, MOST_LINES):
        if text.rstrip().lower().endswith(_LAST) or at + more >= len(lines):
            break
        below = lines[at + more][1]
        if _STARTS.match(below) or not below.strip():
            break
        text = f"{text.rstrip()}\t{below.strip()}"
    else:
        more = MOST_LINES
    ends_whole = text.rstrip().lower().endswith(_LAST)
    return ((number, text), at + more) if ends_whole else (lines[at], at + 1)


def _goes_on(pieces: Sequence[str], below: str) -> bool:
    """A line of a broken row is long, and the next begins with no id."""
    return (
        len(pieces) < MOST_LINES
        and len(pieces[-1]) >= NARROWEST
        and bool(below.strip())
        and not _STARTS.match(below)
        and not _is_header(below)
    )


def _joined(pieces: Sequence[str], cells: int) -> str:
    """One row: it was broken at spaces, which only the last columns hold, where it has cells to spare, else at tabs."""
    if len(pieces) == 1:
        return pieces[0]
    parts = [piece.strip(" ") for piece in pieces]
    spaces = sum(part.count("\t") + 1 for part in parts) - cells
    text = parts[0]
    for place, part in enumerate(parts[1:], start=1):
        text += (" " if place >= len(parts) - spaces else "\t") + part
    return text
