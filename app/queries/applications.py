"""Requests for access, as the applicant and as admins see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.db import Reader
from app.domain.applications import WAITING, Action, State
from app.models import Application, ApplicationMessage, DraftedDecision, Person

PAGE = 30


@dataclass(frozen=True, slots=True)
class Request:
    """One request as its author sees it."""

    id: UUID
    state: State
    building: str
    change: str
    start: str
    link: str
    received_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `mine` when the reader wrote it."""

    action: Action
    body: str
    sent_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in the admins' list, with the note itself and the decision drafted for it.

    With `send_at` that decision is on its way, and can be taken back until then. `language` is the one mails to this
    person are written in.
    """

    id: UUID
    person_id: UUID
    name: str
    state: State
    building: str
    change: str
    start: str
    link: str
    received_at: datetime
    due_at: datetime
    earlier: int
    drafted: Action | None
    drafted_body: str
    drafted_by: str
    drafted_at: datetime | None
    send_at: datetime | None
    language: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many requests are in each state, drafts apart; how many decisions are drafted, and how many on their way."""

    states: Mapping[State, int]
    pending: Mapping[Action, int]
    leaving: int

    @property
    def open(self) -> int:
        return sum(self.states.get(state, 0) for state in WAITING)

    @property
    def drafted(self) -> int:
        return sum(self.pending.values())


def latest(db: Reader, person_id: UUID) -> Request | None:
    """The newest request of a person."""
    row = db.execute(
        select(
            Application.id,
            Application.state,
            Application.building,
            Application.change,
            Application.start,
            Application.link,
            Application.received_at,
            Application.due_at,
            Application.decided_at,
            Application.withdrawn_at,
        )
        .where(Application.person_id == person_id)
        .order_by(Application.created_at.desc(), Application.id.desc())
        .limit(1)
    ).one_or_none()
    return Request(**row._mapping) if row else None


def messages(db: Reader, application_id: UUID) -> list[Said]:
    """What was said about a request, in order."""
    rows = db.execute(
        select(ApplicationMessage.action, ApplicationMessage.body, ApplicationMessage.sent_at, Person.name)
        .join(Person, Person.id == ApplicationMessage.author_id)
        .where(ApplicationMessage.application_id == application_id)
        .order_by(ApplicationMessage.sent_at, ApplicationMessage.id)
        .limit(100)
    )
    return [Said(*row) for row in rows]


def waiting(db: Reader, *, search: str = "", after: tuple[datetime, UUID] | None = None) -> list[Waiting]:
    """Requests to decide, the oldest first, with their drafted decisions, one more than a page when there are more; one
    SELECT."""
    query = _waiting().order_by(Application.received_at, Application.id).limit(PAGE + 1)
    if search:
        query = query.where(holds(search))
    if after is not None:
        query = query.where(func.row(Application.received_at, Application.id) > func.row(*after))
    return [Waiting(*row) for row in db.execute(query)]


def drafted(db: Reader) -> list[Waiting]:
    """The requests with a drafted decision, in the order in which they will be sent."""
    query = _waiting().where(DraftedDecision.application_id.is_not(None))
    return [
        Waiting(*row)
        for row in db.execute(query.order_by(DraftedDecision.drafted_at, Application.id).limit(200))
    ]


def one(db: Reader, application_id: UUID) -> Waiting | None:
    """One request that waits for a decision."""
    row = db.execute(_waiting().where(Application.id == application_id)).one_or_none()
    return Waiting(*row) if row else None


def holds(search: str) -> ColumnElement[bool]:
    """For a SELECT of requests with their people: whether the name, the e-mail or an answer holds these words."""
    texts = (Person.name, Person.email, Application.building, Application.change, Application.start)
    return or_(*(func.lower(each).contains(search.lower(), autoescape=True) for each in texts))


def standing(db: Reader) -> Standing:
    """What the head of the list says; one SELECT."""
    number = func.count().label("number")
    word = cast(Application.state, Text)
    requests = (
        select(literal("state").label("what"), word.label("word"), number)
        .where(Application.state != State.DRAFT)
        .group_by(word)
    )
    action, leaves = cast(DraftedDecision.action, Text), DraftedDecision.send_at.is_not(None)
    drafts = select(case((leaves, "leaving"), else_="pending").label("what"), action.label("word"), number)
    rows = db.execute(union_all(requests, drafts.group_by(leaves, action))).all()
    return Standing(
        states={State(row.word): row.number for row in rows if row.what == "state"},
        pending={Action(row.word): row.number for row in rows if row.what == "pending"},
        leaving=sum(row.number for row in rows if row.what == "leaving"),
    )


def _waiting() -> Select[*tuple[Any, ...]]:
    earlier = aliased(Application)
    author = aliased(Person)
    earlier_requests = (
        select(func.count())
        .where(
            earlier.person_id == Application.person_id,
            earlier.id != Application.id,
            earlier.received_at.is_not(None),
        )
        .correlate(Application)
        .scalar_subquery()
    )
    return (
        select(
            Application.id,
            Application.person_id,
            Person.name,
            Application.state,
            Application.building,
            Application.change,
            Application.start,
            Application.link,
            Application.received_at,
            Application.due_at,
            earlier_requests,
            DraftedDecision.action,
            func.coalesce(DraftedDecision.body, ""),
            func.coalesce(author.name, ""),
            DraftedDecision.drafted_at,
            DraftedDecision.send_at,
            func.coalesce(Person.language, "en"),
        )
        .join(Person, Person.id == Application.person_id)
        .outerjoin(DraftedDecision, DraftedDecision.application_id == Application.id)
        .outerjoin(author, author.id == DraftedDecision.drafted_by)
        .where(Application.state.in_(WAITING))
    )
