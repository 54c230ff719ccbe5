"""A person's roles as parts of a SELECT on `person`: appointments that have not ended, and the enrolment."""

from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.domain.actors import Role
from app.models import Appointment, Enrolment, Person


def appointed() -> ScalarSelect[Any]:
    """The words of the live appointments as an array; NULL when there is none."""
    return (
        select(func.array_agg(cast(Appointment.role, Text), type_=ARRAY(Text)))
        .where(Appointment.person_id == Person.id, Appointment.ended_at.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )


def is_enrolled(course_slug: str | BindParameter[str]) -> ScalarSelect[Any]:
    """Whether the person has a place in that course."""
    return (
        select(func.count() > 0)
        .select_from(Enrolment)
        .where(
            Enrolment.person_id == Person.id,
            Enrolment.course_slug == course_slug,
            Enrolment.ended_at.is_(None),
        )
        .correlate(Person)
        .scalar_subquery()
    )


def roles(words: list[str] | None, *, enrolled: bool) -> frozenset[Role]:
    """What the two say together."""
    held = {Role(word) for word in words or ()}
    return frozenset(held | {Role.LEARNER} if enrolled else held)
