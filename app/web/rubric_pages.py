"""Rubrics as the pages for admins want them: capstones with their versions, and what a draft changes in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.course import Course
from app.course.rubric_changes import Changes, changes
from app.course.values import Rubric
from app.queries.rubrics import ListedVersion, OpenDraft, ShownVersion


@dataclass(frozen=True, slots=True)
class CapstoneRow:
    """One capstone of the list; `is_apart`: its file says something else than the edited version in force."""

    slug: str
    title: str
    in_force: ListedVersion | None
    versions: tuple[ListedVersion, ...]
    draft: OpenDraft | None
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One field of the editor, by the criterion and the level it belongs to (from 1; 0 for none)."""

    name: str
    part: str
    criterion: int
    level: int


def capstones(
    course: Course, versions: Sequence[ListedVersion], drafts: Sequence[OpenDraft]
) -> tuple[CapstoneRow, ...]:
    """Every capstone of the course with what is published and what is being written."""
    by_slug: defaultdict[str, list[ListedVersion]] = defaultdict(list)
    for version in versions:
        by_slug[version.capstone_slug].append(version)
    open_ones = {draft.capstone_slug: draft for draft in drafts}
    rows = []
    for capstone in course.capstones:
        live = next((each for each in by_slug[capstone.slug] if each.is_in_force), None)
        rows.append(
            CapstoneRow(
                slug=capstone.slug,
                title=capstone.title,
                in_force=live,
                versions=tuple(by_slug[capstone.slug]),
                draft=open_ones.get(capstone.slug),
                is_apart=live is not None
                and live.is_edited
                and live.content_hash != capstone.rubric.content_hash,
            )
        )
    return tuple(rows)


def title_of(course: Course, slug: str) -> str:
    """The title of the capstone; its slug when the course no longer has it."""
    return next((each.title for each in course.capstones if each.slug == slug), slug)


def difference(live: ShownVersion | None, rubric: Rubric) -> Changes:
    """What the draft changes in the version in force."""
    return changes(live.rubric if live else Rubric((), 0, "", ""), rubric)


def named(content: dict[str, Any], names: Iterable[str]) -> tuple[Box, ...]:
    """The fields of these names, with the places they stand at."""
    wanted = set(names)
    found = [Box("threshold", "threshold", 0, 0)]
    for number, criterion in enumerate(content["criteria"], start=1):
        key = criterion["key"]
        for part in ("title", "must_pass", "pass_level", "description", "reviewer_note", "bears_on"):
            found.append(Box(f"{part}-{key}", part, number, 0))
        for level in range(1, len(criterion["levels"]) + 1):
            for part in ("label", "points", "says"):
                found.append(Box(f"{part}-{key}-{level}", part, number, level))
    return tuple(box for box in found if box.name in wanted)
