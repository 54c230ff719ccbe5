"""The other reviewers, for whoever hands work over."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db import Reader
from app.domain.actors import Actor, Role
from app.models import Appointment, Person

MOST = 200


@dataclass(frozen=True, slots=True)
class Colleague:
    id: UUID
    name: str


def colleagues(db: Reader, actor: Actor) -> tuple[Colleague, ...]:
    """Every other reviewer by name, those included who cannot take the work: who is missing would say whose it is."""
    rows = db.execute(
        select(Person.id, Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.role == Role.REVIEWER,
            Appointment.ended_at.is_(None),
            Person.deactivated_at.is_(None),
            Person.id != actor.id,
        )
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    return tuple(Colleague(*row) for row in rows)
