"""Which two files make a pair.

Which slots belong together is the capstone's word (`Capstone.pairs`). A pair is drawn once, as one figure; its files
then show only what the pair does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.course.values import Capstone
from app.pictures.drawable import Drawable
from app.pictures.figures import is_paired
from app.pictures.words import _


@dataclass(frozen=True, slots=True)
class Pair:
    """Two slots that belong together, and the file of each that is drawn."""

    title: str
    kind: str
    before: Drawable
    after: Drawable


def pairs(capstone: Capstone | None, files: Sequence[Drawable]) -> tuple[Pair, ...]:
    """The pairs that these files can fill, in the capstone's order."""
    if capstone is None:
        return ()
    return tuple(pair for slots in capstone.pairs for pair in _filled(capstone, slots, files))


def _filled(capstone: Capstone, slots: tuple[str, str], files: Sequence[Drawable]) -> Iterator[Pair]:
    """The first file of each slot whose kind has a picture of two, when both are of the same kind."""
    before, after = ([file for file in files if file.slot == slot and is_paired(file.kind)] for slot in slots)
    for one in before[:1]:
        other = next((file for file in after if file.kind == one.kind), None)
        if other is not None:
            yield Pair(_title(capstone, slots), one.kind or "", one, other)


def _title(capstone: Capstone, slots: tuple[str, str]) -> str:
    """What the titles of both slots begin with: "Database fix: latency"."""
    titles = [slot.title for key in slots for slot in capstone.slots if slot.key == key]
    words = zip(*(title.split() for title in titles), strict=False)
    shared = " ".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, words))
    return shared.rstrip(" :,–-") or _("%(before)s and %(after)s", before=titles[0], after=titles[-1])
