"""What is different between two texts, for reading on a page: bounded, whatever the texts hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.web.evidence_text import Window

CONTEXT = 3
MOST_SHOWN = 600
"""Lines of differences on one page."""
LONGEST = 300
"""Characters of a line that are shown and compared."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line; `sign` is "+" (new), "-" (gone) or " " (as before). Numbers are None on the side that lacks it."""

    sign: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Groups of lines around each difference. `cut`: there are more; `partial`: only first lines were compared."""

    hunks: tuple[tuple[DiffLine, ...], ...]
    added: int
    removed: int
    cut: bool
    partial: bool


def differences(old: Window, new: Window) -> Differences:
    """Compare line by line; a line that stands nearly everywhere is no anchor, which bounds the time."""
    before, after = _texts(old), _texts(new)
    groups = list(SequenceMatcher(None, before, after, autojunk=True).get_grouped_opcodes(CONTEXT))
    hunks, shown = [], 0
    for group in groups:
        hunk = tuple(_lines(group, before, after))[: MOST_SHOWN - shown]
        if not hunk:
            break
        hunks.append(hunk)
        shown += len(hunk)
    codes = [code for group in groups for code in group]
    removed = sum(i2 - i1 for tag, i1, i2, _, _ in codes if tag in {"replace", "delete"})
    added = sum(j2 - j1 for tag, _, _, j1, j2 in codes if tag in {"replace", "insert"})
    total = sum(max(i2 - i1, 0) + (j2 - j1 if tag != "equal" else 0) for tag, i1, i2, j1, j2 in codes)
    return Differences(
        tuple(hunks), added=added, removed=removed, cut=total > shown, partial=old.more or new.more
    )


def _texts(text: Window) -> list[str]:
    return [line if len(line) <= LONGEST else f"{line[:LONGEST]} …" for _, line in text.lines]


def _lines(
    group: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str]
) -> Iterator[DiffLine]:
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                yield DiffLine(" ", i + 1, j + 1, before[i])
            continue
        for i in range(i1, i2):
            yield DiffLine("-", i + 1, None, before[i])
        for j in range(j1, j2):
            yield DiffLine("+", None, j + 1, after[j])
