"""A text that mail or a terminal broke at a fixed width, put together again, for a file that cannot be read as it is.

JSON may be broken anywhere, so all its lines are joined; of other text those that are as wide as the widest go on in
the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.evidence.findings import Unreadable
from app.evidence.source import Held, Source

LARGEST = 4 * 1024 * 1024
NARROWEST, WIDEST = 60, 200
FEWEST_FULL = 2
DELIMITERS = ("\t", ";", ",", "|")
MOST_HEADER_LINES = 5
FEWEST_CELLS = 4
LOOKED_AT = 400


@dataclass(frozen=True)
class Rejoined(Held):
    """The text put together; `width` is what its lines were broken at."""

    width: int = 0


def rejoined(source: Source) -> Iterator[Rejoined]:
    """The ways the text may have been before it was broken; none where lines are long, or all of them short."""
    lines = _broken_lines(source)
    if not lines:
        return
    width = max(map(len, lines))
    first = next((line.lstrip() for line in lines if line.strip()), "")
    if first[:1] in ("{", "["):
        yield _made(source, "".join(lines), width)
    if sum(len(line) == width for line in lines) >= FEWEST_FULL:
        yield _made(source, "\n".join(line for _, line in cut_lines(lines, width)), width)


def rows_rejoined(source: Source) -> Iterator[Rejoined]:
    """Tables whose rows stand on several lines each, every row with as many cells as the header; none is the rule."""
    lines = _broken_lines(source)
    if not lines:
        return
    width = max(map(len, lines))
    yield from (made for made in rejoined(source) if b"\n" in made.content)
    for delimiter in DELIMITERS:
        for held in range(1, MOST_HEADER_LINES + 1):
            header = _one_line(lines[:held], width)
            cells = header.count(delimiter)
            sample = _in_rows(lines[held : held + LOOKED_AT], delimiter, cells, width, [])
            if cells < FEWEST_CELLS - 1 or sample is None or (held == 1 and len(sample) == len(lines) - 1):
                continue
            broken = [len(line) for line in lines[: held - 1]]
            if (rows := _in_rows(lines[held:], delimiter, cells, width, broken)) is not None:
                yield _made(source, "\n".join((header, *rows)) + "\n", max(broken, default=width))
                return


def _broken_lines(source: Source) -> list[str]:
    """The lines of a text that may have been broken: two or more, the widest as wide as mail and terminals are."""
    try:
        text = source.text(LARGEST) if source.size <= LARGEST else ""
    except Unreadable:
        return []
    lines = text.rstrip("\n").split("\n")
    return lines if len(lines) > 1 and NARROWEST <= max(map(len, lines)) <= WIDEST else []


def _in_rows(
    lines: Sequence[str], delimiter: str, cells: int, width: int, broken: list[int]
) -> list[str] | None:
    """Lines put together until they have the delimiters of a row; None where some have more.

    The lengths of lines that go on in the next are added to `broken`.
    """
    rows: list[str] = []
    pending: list[str] = []
    count = 0
    for line in lines:
        pending.append(line)
        count += line.count(delimiter)
        if count > cells:
            return None
        if count == cells:
            rows.append(_one_line(pending, width))
            broken += map(len, pending[:-1])
            pending, count = [], 0
    return rows or None


def _one_line(lines: Sequence[str], width: int) -> str:
    """A line of the full width was cut in a word; a shorter one at a space, which is gone."""
    return "".join(line if len(line) == width else f"{line} " for line in lines).rstrip()


def cut_lines(
    lines: Sequence[str], width: int, is_whole: Callable[[str], bool] = lambda _line: False
) -> list[tuple[int, str]]:
    """Lines of just this width go on in the next, unless they are whole; each with the number of its first."""
    found: list[tuple[int, str]] = []
    goes_on = False
    for number, line in enumerate(lines, start=1):
        if goes_on:
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            found.append((number, line))
        goes_on = len(line) == width and not is_whole(found[-1][1])
    return found


def _made(source: Source, text: str, width: int) -> Rejoined:
    return Rejoined(source.name, source.path, text.encode(), width)
