"""The text of a report as numbered lines, cleaned of what terminals and mail add to them, and parted into runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.evidence.findings import phrase

LONGEST_LINE = 16 * 1024
MOST_LINES = 200_000
LEAST_BROKEN = 50
"""No program breaks a line that is shorter."""
_WORD_END = re.compile(r"(?:\d[nµm]?s|,)$")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, counted from 1."""

    number: int
    text: str

    @property
    def where(self) -> str:
        return phrase("line {line}", line=self.number)

    @property
    def words(self) -> list[str]:
        return self.text.split()


def lines(text: str) -> list[Line]:
    """Without colours, invisible marks and quoting; long lines are cut, as no tool prints them."""
    rows = text.split("\n")[:MOST_LINES]
    return [Line(number, clean(row[:LONGEST_LINE])) for number, row in enumerate(rows, 1)]


def clean(row: str) -> str:
    """One line as its tool printed it: mails quote with `> `, terminals colour, browsers put no-break spaces."""
    if row.isascii() and "\x1b" not in row:
        return row.rstrip().removeprefix("> ")
    plain = _ESCAPES.sub("", row).translate(_INVISIBLE).replace("\u00a0", " ").rstrip()
    return plain.removeprefix("> ")


def runs(rows: Sequence[Line], firsts: tuple[str, ...]) -> list[Sequence[Line]]:
    """The lines parted before every line that a run begins with; what comes before the first belongs to it."""
    starts = [at for at, row in enumerate(rows) if row.text.lstrip().startswith(firsts)]
    edges = [0, *starts[1:], len(rows)]
    return [rows[one:other] for one, other in pairwise(edges)]


def continued(rows: Sequence[Line], begins: re.Pattern[str]) -> list[Line]:
    """Lines that begin as `begins` says, each joined with what mail moved from its end to the lines below it.

    A line as wide as the widest may be broken inside a word; any other is broken at a space.
    """
    widest = max((len(row.text) for row in rows), default=0)
    found: list[Line] = []
    is_open = False
    for row, above in zip(rows, [None, *rows], strict=False):
        is_new = begins.match(row.text) is not None
        if (
            found
            and is_open
            and not is_new
            and row.text.strip()
            and above
            and len(above.text) >= LEAST_BROKEN
        ):
            is_cut = len(above.text) == widest and not _WORD_END.search(above.text)
            joined = f"{found[-1].text}{'' if is_cut else ' '}{row.text.lstrip()}"
            found[-1] = Line(found[-1].number, joined)
            continue
        found.append(row)
        is_open = is_new
    return found


def labelled(rows: Sequence[Line], *labels: str) -> Iterator[tuple[str, Line, str]]:
    """(label, line, what follows it) for every line that starts with one of the labels."""
    for row in rows:
        text = row.text.strip()
        if text.startswith(labels):
            label = next(label for label in labels if text.startswith(label))
            yield label, row, text[len(label) :].strip()
