"""Which slot a file belongs to that came in an archive, by what it is and what it is called.

What could belong to two slots, or would replace a file, waits until its author says where it belongs.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.course.values import OWN_SLOTS, Slot
from app.words import _

PACKAGE_KEY, UNPLACED = OWN_SLOTS
PACKAGE = Slot(
    key=PACKAGE_KEY,
    title=_("Several files in one archive"),
    hint=_(
        "A zip, tar or tar.gz: each file in it is put into the slot it belongs to. Nothing that is "
        "there is replaced; what could belong to two slots waits here until you say which."
    ),
    kinds=(),
    command="zip -r package.zip FOLDER",
    example="",
    checked=_(
        "The archive is opened within limits, and every file in it is checked as if it had been uploaded alone."
    ),
    required=False,
    many=True,
)
"""Every draft has this place beside those of its capstone: an archive stays in it. `UNPLACED` is the slot, so to
speak, of files that wait for their author's word."""
NOTES = "markdown"
_WORD = re.compile(r"[a-z0-9]{1,40}")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an archive: its path there, and the kinds it may be, the likeliest first."""

    path: str
    kinds: tuple[str, ...]


def place(parts: Sequence[Part], slots: Sequence[Slot], taken: Collection[str]) -> list[str | None]:
    """The key of each part's slot, in their order: `UNPLACED` where its author has to choose, None where no slot asks.

    `taken` are the slots that hold a file. Where several parts would be the one file of a slot, the one that bears its
    name is, or the only one that is more than notes; else they are left to their author as well.
    """
    plausible = [_plausible(part, slots) for part in parts]
    chosen = [_one_of(part, likely) for part, likely in zip(parts, plausible, strict=True)]
    rivals: dict[str, list[Part]] = {}
    for part, slot in zip(parts, chosen, strict=True):
        if slot is not None:
            rivals.setdefault(slot.key, []).append(part)

    def is_in(part: Part, slot: Slot) -> bool:
        return slot.many or (slot.key not in taken and _foremost(rivals[slot.key], slot) is part)

    return [
        None if not likely else slot.key if slot is not None and is_in(part, slot) else UNPLACED
        for part, likely, slot in zip(parts, plausible, chosen, strict=True)
    ]


def _foremost(rivals: Sequence[Part], slot: Slot) -> Part | None:
    """Whose place it is among those who want it; None when nothing decides."""
    named = [part for part in rivals if _is_named_for(part.path, slot)]
    no_notes = [part for part in rivals if part.kinds[0] != NOTES]
    return next((group[0] for group in (rivals, named, no_notes) if len(group) == 1), None)


def asking(kinds: Sequence[str], slots: Sequence[Slot]) -> list[Slot]:
    """The slots that ask for what the file is; for the likeliest kind that any slot asks for."""
    for kind in kinds:
        if found := [slot for slot in slots if kind in slot.kinds]:
            return found
    return []


def _plausible(part: Part, slots: Sequence[Slot]) -> list[Slot]:
    """Those that ask for what it is, else those whose name it bears."""
    return asking(part.kinds, slots) or [slot for slot in slots if _is_named_for(part.path, slot)]


def _one_of(part: Part, likely: Sequence[Slot]) -> Slot | None:
    """The only one, the one it is named for, or the one whose words its path holds; None when nothing decides."""
    if len(likely) < 2:
        return next(iter(likely), None)
    named = [slot for slot in likely if _is_named_for(part.path, slot)]
    return named[0] if len(named) == 1 else _by_words(part.path, likely)


def _is_named_for(path: str, slot: Slot) -> bool:
    """Whether the file, or a folder it is in, bears the slot's name: `runbooks/a.md`, `timeline-before.csv`."""
    steps = path.lower().split("/")
    steps[-1] = steps[-1].split(".")[0]
    return slot.key in {"-".join(_WORD.findall(step)) for step in steps}


def _by_words(path: str, likely: Sequence[Slot]) -> Slot | None:
    """By the words that tell these slots apart, such as before and after."""
    names = [set(slot.key.split("-")) for slot in likely]
    common = set.intersection(*names)
    said = set(_WORD.findall(path.lower()))
    hits = [len((name - common) & said) for name in names]
    best = max(hits)
    return likely[hits.index(best)] if best and hits.count(best) == 1 else None
