"""Requests for access that were decided, the newest first: who decided what, and in which words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.applications import Action, State
from app.models import Application, ApplicationMessage, Person
from app.queries.applications import PAGE, holds

SAID = {State.GRANTED: Action.GRANT, State.DECLINED: Action.DECLINE}


@dataclass(frozen=True, slots=True)
class Decided:
    """`said` is what the mail said; empty when it was sent without words."""

    id: UUID
    name: str
    state: State
    building: str
    received_at: datetime
    decided_at: datetime
    decided_by: str
    said: str


def decided(
    db: Reader,
    *,
    state: State | None = None,
    search: str = "",
    after: tuple[datetime, UUID] | None = None,
) -> list[Decided]:
    """What was granted or declined, or one of both, one more than a page when there are more; one SELECT."""
    admin = aliased(Person)
    words = (
        select(ApplicationMessage.body)
        .where(ApplicationMessage.application_id == Application.id)
        .where(ApplicationMessage.action.in_(SAID.values()))
        .order_by(ApplicationMessage.sent_at.desc(), ApplicationMessage.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Application.id,
            Person.name,
            Application.state,
            Application.building,
            Application.received_at,
            Application.decided_at,
            admin.name,
            func.coalesce(words, ""),
        )
        .join(Person, Person.id == Application.person_id)
        .join(admin, admin.id == Application.decided_by)
        .where(Application.state.in_([state] if state in SAID else SAID))
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(PAGE + 1)
    )
    if search:
        query = query.where(holds(search))
    if after is not None:
        query = query.where(func.row(Application.decided_at, Application.id) < func.row(*after))
    return [Decided(*row) for row in db.execute(query)]
