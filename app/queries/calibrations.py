"""Calibrations: one attempt, a reviewer's own standing, and for admins who is calibrated for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.db import Reader
from app.domain.actors import Actor, Role
from app.domain.errors import NotFound
from app.models import Appointment, Calibration, Person

MOST = 2000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it was handed in."""

    id: UUID
    reviewer: str
    capstone_slug: str
    pack_key: str
    levels: Mapping[str, str]
    notes: Mapping[str, str]
    handed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with one pack: attempts, since when it is passed, and the last attempt."""

    attempts: int
    passed_at: datetime | None
    last_id: UUID


@dataclass(frozen=True, slots=True)
class CalibratedReviewer:
    """A reviewer with their standing by (capstone, pack)."""

    id: UUID
    name: str
    packs: Mapping[tuple[str, str], Standing]


def attempt(db: Reader, actor: Actor, attempt_id: UUID) -> Attempt:
    """One attempt for who made it and for admins; NotFound for everybody else."""
    row = db.execute(
        select(
            Calibration.id,
            Person.name,
            Calibration.capstone_slug,
            Calibration.pack_key,
            Calibration.levels,
            Calibration.notes,
            Calibration.handed_in_at,
            Calibration.reviewer_id,
        )
        .join(Person, Person.id == Calibration.reviewer_id)
        .where(Calibration.id == attempt_id)
    ).one_or_none()
    if row is None or not (row.reviewer_id == actor.id or actor.is_admin):
        raise NotFound
    return Attempt(*tuple(row)[:-1])


def standing(db: Reader, actor: Actor, course_slug: str) -> dict[tuple[str, str], Standing]:
    """This reviewer's standing by (capstone, pack); one SELECT."""
    rows = db.execute(_standings(course_slug).where(Calibration.reviewer_id == actor.id))
    return {(row.capstone_slug, row.pack_key): _standing(row) for row in rows}


def calibrated(db: Reader, course_slug: str) -> tuple[CalibratedReviewer, ...]:
    """Every reviewer by name with their standing, those included who have not begun; one SELECT."""
    told = _standings(course_slug).subquery()
    rows = db.execute(
        select(Person.id, Person.name, told)
        .select_from(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .outerjoin(told, told.c.reviewer_id == Person.id)
        .where(
            Appointment.role == Role.REVIEWER,
            Appointment.ended_at.is_(None),
            Person.deactivated_at.is_(None),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    people: dict[UUID, CalibratedReviewer] = {}
    packs: dict[UUID, dict[tuple[str, str], Standing]] = {}
    for row in rows:
        mine = packs.setdefault(row.id, {})
        people.setdefault(row.id, CalibratedReviewer(row.id, row.name, mine))
        if row.attempts is not None:
            mine[row.capstone_slug, row.pack_key] = _standing(row)
    return tuple(people.values())


def _standing(row: Any) -> Standing:
    return Standing(row.attempts, row.passed_at, row.last_id)


def _standings(course_slug: str) -> Any:
    newest = func.array_agg(aggregate_order_by(Calibration.id, Calibration.handed_in_at.desc()))
    return (
        select(
            Calibration.reviewer_id,
            Calibration.capstone_slug,
            Calibration.pack_key,
            func.count().label("attempts"),
            func.min(Calibration.handed_in_at).filter(Calibration.passed).label("passed_at"),
            newest[1].label("last_id"),
        )
        .where(Calibration.course_slug == course_slug)
        .group_by(Calibration.reviewer_id, Calibration.capstone_slug, Calibration.pack_key)
    )
