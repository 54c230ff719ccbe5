"""Publishing rubrics: the course's words become rows that never change under a rating (I5)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course import Course
from app.course.values import Capstone, Criterion
from app.db import new_id
from app.domain import rubric
from app.domain.errors import Unavailable
from app.models import RubricCriterion, RubricLevel, RubricVersion
from app.services import audit


@dataclass(frozen=True, slots=True)
class Published:
    """A rubric as it was published: its criteria in order, and the points that pass."""

    threshold: int
    criteria: tuple[rubric.Criterion, ...]


_KNOWN: dict[UUID, Published] = {}
"""What this process has read. It stays true: the rows of a published rubric refuse every change (I5)."""


def publish(db: Session, course: Course, *, actor_id: UUID | None, now: datetime) -> list[tuple[str, int]]:
    """Publish each capstone's rubric whose text has changed, as its next number; the same text again changes nothing.

    Work already sent keeps the rubric version it was sent under. Returns (capstone slug, number) of what is new.
    """
    published = []
    for capstone in course.capstones:
        live = _live(db, course.slug, capstone.slug)
        if live is not None and live.content_hash == capstone.rubric.content_hash:
            continue
        if live is not None:
            live.retired_at = now
            db.flush()  # the index allows one unretired version, so the old one goes first
        published.append((capstone.slug, _insert(db, course, capstone, actor_id=actor_id, now=now)))
    for slug, number in published:
        audit.record(
            db, actor_id, "rubric.publish", "rubric", f"{course.slug}/{slug}", number=number, now=now
        )
    return published


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
            "This capstone has no published rubric yet. An admin publishes it: flask course publish"
        )
    return found


def published(db: Session, rubric_version_id: UUID) -> Published:
    """That rubric version, read once a process."""
    if rubric_version_id not in _KNOWN:
        _KNOWN[rubric_version_id] = _read(db, rubric_version_id)
    return _KNOWN[rubric_version_id]


def _read(db: Session, rubric_version_id: UUID) -> Published:
    levels: defaultdict[str, list[rubric.Level]] = defaultdict(list)
    for row in db.execute(
        select(
            RubricLevel.criterion_key,
            RubricLevel.key,
            RubricLevel.label,
            RubricLevel.points,
            RubricLevel.position,
        )
        .where(RubricLevel.rubric_version_id == rubric_version_id)
        .order_by(RubricLevel.position)
    ):
        levels[row[0]].append(rubric.Level(*row[1:]))
    rows = db.execute(
        select(
            RubricCriterion.key, RubricCriterion.title, RubricCriterion.must_pass, RubricCriterion.pass_level
        )
        .where(RubricCriterion.rubric_version_id == rubric_version_id)
        .order_by(RubricCriterion.position)
    )
    criteria = tuple(rubric.Criterion(*row, levels=tuple(levels[row.key])) for row in rows)
    return Published(db.get_one(RubricVersion, rubric_version_id).threshold, criteria)


def _live(db: Session, course_slug: str, capstone_slug: str) -> RubricVersion | None:
    return db.scalar(
        select(RubricVersion)
        .where(
            RubricVersion.course_slug == course_slug,
            RubricVersion.capstone_slug == capstone_slug,
            RubricVersion.retired_at.is_(None),
        )
        .with_for_update()
    )


def _insert(db: Session, course: Course, capstone: Capstone, *, actor_id: UUID | None, now: datetime) -> int:
    newest = db.scalar(
        select(func.max(RubricVersion.number)).where(
            RubricVersion.course_slug == course.slug, RubricVersion.capstone_slug == capstone.slug
        )
    )
    version = RubricVersion(
        id=new_id(),
        course_slug=course.slug,
        capstone_slug=capstone.slug,
        number=(newest or 0) + 1,
        course_version=course.version,
        content_hash=capstone.rubric.content_hash,
        structure_hash=capstone.rubric.structure_hash,
        threshold=capstone.rubric.threshold,
        published_at=now,
        published_by=actor_id,
    )
    db.add(version)
    db.flush()
    for position, criterion in enumerate(capstone.rubric.criteria, start=1):
        _insert_criterion(db, version.id, position, criterion)
    return version.number


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
