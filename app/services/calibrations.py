"""Calibrations: handed in and compared at once; and what a reviewer still owes before a first claim."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course import Course
from app.course.values import Capstone, Pack
from app.db import new_id
from app.domain import calibration as rules
from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound, require
from app.models import Calibration, Review, SubmissionVersion
from app.services import audit
from app.words import _, grouped

NOTE_LIMIT = 2000


def hand_in(
    db: Session,
    actor: Actor,
    capstone_slug: str,
    pack_key: str,
    *,
    levels: Mapping[str, str],
    notes: Mapping[str, str],
    course: Course,
    now: datetime,
) -> UUID:
    """Hold one's levels beside the known ones and keep the attempt. Passed or not, it can be repeated."""
    require(actor.is_reviewer, _("Only reviewers calibrate."))
    capstone, pack = found(course, capstone_slug, pack_key)
    compared = rules.compare(capstone.rubric, pack, levels, course.calibration)
    keys = {each.key for each in capstone.rubric.criteria}
    _require_fits(notes)
    attempt = Calibration(
        id=new_id(),
        reviewer_id=actor.id,
        course_slug=course.slug,
        capstone_slug=capstone_slug,
        pack_key=pack_key,
        levels={key: levels[key] for key in sorted(keys)},
        notes={key: notes[key] for key in sorted(keys & set(notes))},
        passed=compared.is_passed,
        handed_in_at=now,
    )
    db.add(attempt)
    db.flush()
    passed = "yes" if compared.is_passed else "no"
    audit.record(db, actor.id, "calibration.hand_in", "calibration", attempt.id, now=now, passed=passed)
    return attempt.id


def owed(db: Session, actor: Actor, *, course: Course) -> frozenset[str]:
    """The capstones this reviewer calibrates for before a first claim; none where the course does not require it.

    Whoever has held work of a capstone before goes on as before.
    """
    with_packs = {each.slug: {pack.key for pack in each.packs} for each in course.capstones if each.packs}
    if not course.calibration.required or not with_packs:
        return frozenset()
    rows = db.execute(
        select(Calibration.capstone_slug, Calibration.pack_key).where(
            Calibration.reviewer_id == actor.id, Calibration.course_slug == course.slug, Calibration.passed
        )
    )
    passed = {(slug, key) for slug, key in rows}
    held = set(
        db.scalars(
            select(SubmissionVersion.capstone_slug)
            .join(Review, Review.version_id == SubmissionVersion.id)
            .where(Review.reviewer_id == actor.id, SubmissionVersion.course_slug == course.slug)
            .distinct()
        )
    )
    return frozenset(
        slug
        for slug, keys in with_packs.items()
        if slug not in held and not keys <= {key for each, key in passed if each == slug}
    )


def capstone_of(db: Session, version_id: UUID) -> str | None:
    """Which capstone a version is about; None when there is no such version."""
    found_slug: str | None = db.scalar(
        select(SubmissionVersion.capstone_slug).where(SubmissionVersion.id == version_id)
    )
    return found_slug


def found(course: Course, capstone_slug: str, pack_key: str) -> tuple[Capstone, Pack]:
    """A pack and its capstone; NotFound when the course has none such."""
    for capstone in course.capstones:
        for pack in capstone.packs:
            if (capstone.slug, pack.key) == (capstone_slug, pack_key):
                return capstone, pack
    raise NotFound


def _require_fits(notes: Mapping[str, str]) -> None:
    errors = {
        f"comment-{key}": _(
            "Use at most %(longest)s characters; this has %(length)s.",
            longest=grouped(NOTE_LIMIT),
            length=grouped(len(note)),
        )
        for key, note in notes.items()
        if len(note) > NOTE_LIMIT
    }
    if errors:
        raise Invalid(errors)
