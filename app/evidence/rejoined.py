"""A text that mail or a terminal broke at a fixed width, put together again, for a file that cannot be read as it is.

JSON may be broken anywhere, so all its lines are joined; of other text those that are as wide as the widest go on in
the next.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from app.evidence.findings import Unreadable
from app.evidence.source import Source

LARGEST = 4 * 1024 * 1024
NARROWEST, WIDEST = 60, 200
FEWEST_FULL = 2


@dataclass(frozen=True)
class Rejoined(Source):
    """The text in memory, under the name of the file it came from; `width` is what its lines were broken at."""

    content: bytes = b""
    width: int = 0

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return len(self.content)

    @property
    def is_gzip(self) -> bool:
        return False

    def open_binary(self) -> IO[bytes]:
        """The bytes from their start."""
        return io.BytesIO(self.content)


def rejoined(source: Source) -> Iterator[Rejoined]:
    """The ways the text may have been before it was broken; none where lines are long, or all of them short."""
    try:
        text = source.text(LARGEST) if source.size <= LARGEST else ""
    except Unreadable:
        return
    lines = text.rstrip("\n").split("\n")
    width = max(map(len, lines))
    if len(lines) < 2 or not NARROWEST <= width <= WIDEST:
        return
    if text.lstrip()[:1] in ("{", "["):
        yield _made(source, "".join(lines), width)
    if sum(len(line) == width for line in lines) >= FEWEST_FULL:
        yield _made(source, "\n".join(line for _, line in cut_lines(lines, width)), width)


def cut_lines(lines: Sequence[str], width: int) -> list[tuple[int, str]]:
    """Lines of just this width go on in the next; each with the number of its first."""
    found: list[tuple[int, str]] = []
    goes_on = False
    for number, line in enumerate(lines, start=1):
        if goes_on:
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            found.append((number, line))
        goes_on = len(line) == width
    return found


def _made(source: Source, text: str, width: int) -> Rejoined:
    return Rejoined(source.name, source.path, text.encode(), width)
