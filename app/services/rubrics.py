"""Publishing rubrics: the course's words become rows that never change under a rating (I5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.course import Course
from app.course.values import Capstone, Criterion, Level, Rubric
from app.db import new_id
from app.domain import rubric as rules
from app.domain.errors import Conflict, Unavailable
from app.models import RubricCriterion, RubricLevel, RubricVersion
from app.services import audit
from app.words import _


@dataclass(frozen=True, slots=True)
class Published:
    """A rubric as it was published: its criteria in order, and the points that pass."""

    threshold: int
    criteria: tuple[rules.Criterion, ...]


_KNOWN: dict[UUID, Published] = {}
"""What this process has read. It stays true: the rows of a published rubric refuse every change (I5)."""


def publish(
    db: Session,
    course: Course,
    *,
    replacing: Collection[str] = (),
    actor_id: UUID | None,
    now: datetime,
) -> list[tuple[str, int]]:
    """Publish each capstone's rubric whose file has changed, as its next number; the same text again changes nothing.

    A rubric that an admin edited stays in force while its file is as it was; when both have changed this raises
    Conflict, unless `replacing` names the capstone. Work already sent keeps the rubric version it was sent under.
    Returns (capstone slug, number) of what is new.
    """
    published = []
    for capstone in course.capstones:
        live = in_force(db, course.slug, capstone.slug)
        if live is not None and live.content_hash == capstone.rubric.content_hash:
            continue
        if live is not None and live.draft_id is not None and capstone.slug not in replacing:
            _require_as_it_was(db, live, capstone)
            continue
        version = put_in_force(db, course, capstone.slug, capstone.rubric, actor_id=actor_id, now=now)
        published.append((capstone.slug, version.number))
    for slug, number in published:
        place = f"{course.slug}/{slug}"
        audit.record(db, actor_id, "rubric.publish", "rubric", place, number=number, now=now)
    return published


def put_in_force(
    db: Session,
    course: Course,
    capstone_slug: str,
    rubric: Rubric,
    *,
    draft_id: UUID | None = None,
    actor_id: UUID | None,
    now: datetime,
) -> RubricVersion:
    """Make this the rubric of new work on the capstone, under the next number."""
    live = in_force(db, course.slug, capstone_slug)
    if live is not None:
        live.retired_at = now
        db.flush()  # the index allows one unretired version, so the old one goes first
    version = RubricVersion(
        id=new_id(),
        course_slug=course.slug,
        capstone_slug=capstone_slug,
        number=_newest_number(db, course.slug, capstone_slug) + 1,
        course_version=course.version,
        content_hash=rubric.content_hash,
        structure_hash=rubric.structure_hash,
        threshold=rubric.threshold,
        published_at=now,
        published_by=actor_id,
        draft_id=draft_id,
    )
    db.add(version)
    db.flush()
    for position, criterion in enumerate(rubric.criteria, start=1):
        _insert_criterion(db, version.id, position, criterion)
    return version


def in_force(db: Session, course_slug: str, capstone_slug: str) -> RubricVersion | None:
    """The version that rates new work, locked; None while none is published."""
    return db.scalar(
        select(RubricVersion)
        .where(
            RubricVersion.course_slug == course_slug,
            RubricVersion.capstone_slug == capstone_slug,
            RubricVersion.retired_at.is_(None),
        )
        .with_for_update()
    )


def edited(db: Session, course: Course) -> list[tuple[str, int]]:
    """(Capstone slug, number) of every rubric in force that an admin edited and that its file does not hold."""
    in_files = {capstone.slug: capstone.rubric.content_hash for capstone in course.capstones}
    rows = db.execute(
        select(RubricVersion.capstone_slug, RubricVersion.number, RubricVersion.content_hash)
        .where(
            RubricVersion.course_slug == course.slug,
            RubricVersion.retired_at.is_(None),
            RubricVersion.draft_id.is_not(None),
        )
        .order_by(RubricVersion.capstone_slug)
    )
    return [
        (row.capstone_slug, row.number) for row in rows if row.content_hash != in_files.get(row.capstone_slug)
    ]


def current(db: Session, course_slug: str, capstone_slug: str) -> UUID:
    """The rubric version that rates new work on this capstone; Unavailable while none is published."""
    found = db.scalar(
        select(RubricVersion.id).where(
            RubricVersion.course_slug == course_slug,
            RubricVersion.capstone_slug == capstone_slug,
            RubricVersion.retired_at.is_(None),
        )
    )
    if found is None:
        raise Unavailable(
            _("This capstone has no published rubric yet. An admin publishes it: flask course publish")
        )
    return found


def published(db: Session, rubric_version_id: UUID) -> Published:
    """That rubric version, read once a process."""
    if rubric_version_id not in _KNOWN:
        rubric = words(db, rubric_version_id)
        _KNOWN[rubric_version_id] = Published(rubric.threshold, rules.criteria_of(rubric))
    return _KNOWN[rubric_version_id]


def words(db: Session, rubric_version_id: UUID) -> Rubric:
    """That rubric version with every word of it, as its file would say it."""
    version = db.get_one(RubricVersion, rubric_version_id)
    criteria = db.scalars(
        select(RubricCriterion)
        .options(selectinload(RubricCriterion.levels))
        .where(RubricCriterion.rubric_version_id == rubric_version_id)
        .order_by(RubricCriterion.position)
        .execution_options(populate_existing=True)
    )
    return Rubric(
        criteria=tuple(_as_in_file(each) for each in criteria),
        threshold=version.threshold,
        content_hash=version.content_hash,
        structure_hash=version.structure_hash,
    )


def _as_in_file(row: RubricCriterion) -> Criterion:
    return Criterion(
        key=row.key,
        title=row.title,
        description=row.description,
        reviewer_note=row.reviewer_note,
        must_pass=row.must_pass,
        pass_level=row.pass_level,
        levels=tuple(Level(each.key, each.label, each.points, each.description) for each in row.levels),
        bears_on=tuple(row.bears_on),
    )


def _require_as_it_was(db: Session, live: RubricVersion, capstone: Capstone) -> None:
    """Refuse to lose an admin's edit under a file that nobody has published before."""
    known = db.scalar(
        select(RubricVersion.id).where(
            RubricVersion.course_slug == live.course_slug,
            RubricVersion.capstone_slug == live.capstone_slug,
            RubricVersion.content_hash == capstone.rubric.content_hash,
        )
    )
    if known is None:
        raise Conflict(
            _(
                "The rubric of %(slug)s was edited in the portal (version %(number)s), and its file has changed as "
                "well. Nothing was published. To keep the edit, write it over the file: flask course rubric "
                "export %(slug)s. To publish the file instead: flask course publish --replace %(slug)s.",
                slug=live.capstone_slug,
                number=live.number,
            )
        )


def _newest_number(db: Session, course_slug: str, capstone_slug: str) -> int:
    newest = db.scalar(
        select(func.max(RubricVersion.number)).where(
            RubricVersion.course_slug == course_slug, RubricVersion.capstone_slug == capstone_slug
        )
    )
    return newest or 0


def _insert_criterion(db: Session, rubric_version_id: UUID, position: int, criterion: Criterion) -> None:
    db.add(
        RubricCriterion(
            rubric_version_id=rubric_version_id,
            key=criterion.key,
            position=position,
            title=criterion.title,
            description=criterion.description,
            reviewer_note=criterion.reviewer_note,
            must_pass=criterion.must_pass,
            pass_level=criterion.pass_level,
            bears_on=list(criterion.bears_on),
        )
    )
    db.flush()  # levels refer to their criterion
    for place, level in enumerate(criterion.levels, start=1):
        db.add(
            RubricLevel(
                rubric_version_id=rubric_version_id,
                criterion_key=criterion.key,
                key=level.key,
                position=place,
                label=level.label,
                points=level.points,
                description=level.description,
            )
        )
    db.flush()
