"""What the learner's page shows of archives: what became of the files in one, and where those that wait could go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.course.values import Slot
from app.domain.placing import PACKAGE, UNPLACED, asking
from app.evidence import archive, registry
from app.queries.evidence import FileCard, SlotCard
from app.queries.work import Work
from app.web.kinds import kind_title


@dataclass(frozen=True, slots=True)
class PackedPart:
    """A file of an archive. `slot` is the title of the slot it is in; `waits` while its author has to choose one."""

    path: str
    kind: str
    slot: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A slot a waiting file could be put into, and the files that would go: an option of the list.

    It has rivals when it takes one file and more of those that wait fit it.
    """

    key: str
    title: str
    replaced: tuple[FileCard, ...]
    fits: bool
    has_rivals: bool

    @property
    def value(self) -> str:
        """What the form sends: the slot, and what was shown as replaced."""
        return " ".join([self.key, *(str(file.id) for file in self.replaced)])


def packed_parts(slots: Sequence[SlotCard], file: FileCard) -> list[PackedPart]:
    """The files of an archive with where their bytes are now; nothing for another file."""
    parts = file.facts.get("parts") if file.kind == archive.NAME else None
    there = _titles_by_hash(slots)
    return [_part(part, there) for part in parts or ()]


def landed_in(card: SlotCard, slots: Sequence[SlotCard]) -> set[str]:
    """The slots that hold files of the archives of this card, once none of them is being opened."""
    if card.slot.key != PACKAGE.key or card.is_moving:
        return set()
    hashes = {
        part.get("sha256")
        for file in card.files
        if file.kind == archive.NAME
        for part in file.facts.get("parts") or ()
    }
    return {other.slot.key for other in slots if any(file.sha256 in hashes for file in other.files)}


def places(work: Work, file: FileCard) -> list[Place]:
    """Where a waiting file could go: first the slots that ask for what it is; none for a file that does not wait."""
    if file.slot != UNPLACED:
        return []
    slots = work.capstone.slots
    likely = _asking(file, slots)
    others = [one for card in work.slots for one in card.unplaced if one is not file]
    rivals = [slot for one in others for slot in _asking(one, slots) if not slot.many]
    held = {card.slot.key: card.files for card in work.slots}
    found = [
        Place(
            slot.key, slot.title, () if slot.many else held.get(slot.key, ()), slot in likely, slot in rivals
        )
        for slot in slots
    ]
    return sorted(found, key=lambda place: not place.fits)


def guess(options: Sequence[Place]) -> str:
    """What the list of a file shows first: the one slot it fits, unless something would go or another file fits too."""
    fitting = [place for place in options if place.fits]
    sure = len(fitting) == 1 and not fitting[0].replaced and not fitting[0].has_rivals
    return fitting[0].value if sure else ""


def _asking(file: FileCard, slots: Sequence[Slot]) -> list[Slot]:
    return asking([file.kind or registry.UNKNOWN], slots)


def _part(part: dict[str, Any], there: dict[str, str]) -> PackedPart:
    where = there.get(str(part.get("sha256")))
    return PackedPart(str(part.get("path")), kind_title(part.get("kind")), where or "", where == "")


def _titles_by_hash(slots: Iterable[SlotCard]) -> dict[str, str]:
    """Slot titles by the hash of what they hold; empty for what waits."""
    return {
        file.sha256: "" if file.slot == UNPLACED else card.slot.title
        for card in reversed(list(slots))
        for file in card.files
        if file.slot != PACKAGE.key
    }
