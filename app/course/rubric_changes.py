"""What lies between two rubrics, criterion by criterion, and which of it is structure and which is wording.

Structure is what the structure hash covers: the threshold, and the keys, order, points, must-pass and pass levels.
Everything else is wording: titles, descriptions, notes, labels, and what bears on a criterion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.course.values import Criterion, Rubric


class Fate(StrEnum):
    """What became of a criterion."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing said otherwise; `level` counts from 1, and is 0 for the criterion itself."""

    name: str
    level: int
    old: str
    new: str
    is_structure: bool


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """One criterion with its places (from 1, 0 where it is not) and all that changed in it."""

    key: str
    title: str
    fate: Fate
    old_place: int
    new_place: int
    changes: tuple[Change, ...]

    @property
    def is_structure(self) -> bool:
        return self.fate in {Fate.ADDED, Fate.REMOVED} or any(each.is_structure for each in self.changes)


@dataclass(frozen=True, slots=True)
class Changes:
    """All of it. `is_same` and `is_structure` go by the hashes, which decide what may be done with it."""

    is_same: bool
    is_structure: bool
    is_reordered: bool
    old_threshold: int
    new_threshold: int
    criteria: tuple[CriterionChange, ...]

    @property
    def changed(self) -> tuple[CriterionChange, ...]:
        return tuple(each for each in self.criteria if each.fate is not Fate.SAME)


def changes(old: Rubric, new: Rubric) -> Changes:
    """Compare by key: the criteria of the new rubric in its order, then those that are gone."""
    before = {each.key: (place, each) for place, each in enumerate(old.criteria, start=1)}
    after = {each.key: (place, each) for place, each in enumerate(new.criteria, start=1)}
    kept = [_compared(before.get(key), place, each) for key, (place, each) in after.items()]
    gone = [
        CriterionChange(key, each.title, Fate.REMOVED, place, 0, ())
        for key, (place, each) in before.items()
        if key not in after
    ]
    return Changes(
        is_same=old.content_hash == new.content_hash,
        is_structure=old.structure_hash != new.structure_hash,
        is_reordered=[key for key in before if key in after] != [key for key in after if key in before],
        old_threshold=old.threshold,
        new_threshold=new.threshold,
        criteria=(*kept, *gone),
    )


def _compared(was: tuple[int, Criterion] | None, new_place: int, new: Criterion) -> CriterionChange:
    if was is None:
        return CriterionChange(new.key, new.title, Fate.ADDED, 0, new_place, ())
    old_place, old = was
    found = tuple(_changes(old, new))
    fate = Fate.CHANGED if found else Fate.SAME
    return CriterionChange(new.key, new.title, fate, old_place, new_place, found)


def _changes(old: Criterion, new: Criterion) -> Iterator[Change]:
    said = (
        ("title", old.title, new.title, False),
        ("must_pass", _yes(old.must_pass), _yes(new.must_pass), True),
        (
            "pass_level",
            _label(old, old.pass_level),
            _label(new, new.pass_level),
            old.pass_level != new.pass_level,
        ),
        ("description", old.description, new.description, False),
        ("reviewer_note", old.reviewer_note, new.reviewer_note, False),
        ("bears_on", ", ".join(old.bears_on), ", ".join(new.bears_on), False),
    )
    for name, was, now, is_structure in said:
        if was != now and (name != "pass_level" or is_structure):
            yield Change(name, 0, was, now, is_structure)
    for place, (lower, upper) in enumerate(zip(old.levels, new.levels, strict=False), start=1):
        if lower.key != upper.key:
            yield Change("level_key", place, lower.key, upper.key, True)
        if lower.label != upper.label:
            yield Change("label", place, lower.label, upper.label, False)
        if lower.points != upper.points:
            yield Change("points", place, str(lower.points), str(upper.points), True)
        if lower.description != upper.description:
            yield Change("level_description", place, lower.description, upper.description, False)
    if len(old.levels) != len(new.levels):
        yield Change("levels", 0, str(len(old.levels)), str(len(new.levels)), True)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _label(criterion: Criterion, key: str | None) -> str:
    """The label of a level; a key that names no level stands for itself."""
    return next((level.label for level in criterion.levels if level.key == key), key or "")
