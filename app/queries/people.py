"""Who is asking, and lists of people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from app.db import Reader
from app.domain.actors import Actor
from app.models import Person, SignIn
from app.queries import roles


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its person, with roles as of now."""

    sign_in_id: UUID
    last_seen_at: datetime
    actor: Actor
    time_zone: str
    keys_enabled: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class SignInRow:
    id: UUID
    provider: str
    browser: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    id: UUID
    name: str
    certificate_name: str | None
    email: str | None
    time_zone: str
    keys_enabled: bool
    language: str | None


_SIGNED_IN = (
    select(
        SignIn.id,
        SignIn.last_seen_at,
        Person.id.label("person_id"),
        Person.name,
        Person.time_zone,
        Person.keys_enabled,
        Person.language,
        roles.appointed().label("roles"),
        roles.is_enrolled(bindparam("course_slug")).label("enrolled"),
    )
    .join(Person, Person.id == SignIn.person_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now"),
        SignIn.last_seen_at > bindparam("seen_after"),
        Person.deactivated_at.is_(None),
    )
)
"""Put together once, because every request runs it: see `bench.pages` for what that is worth."""


def signed_in(
    db: Reader, token_hash: bytes, *, course_slug: str, idle: timedelta, now: datetime
) -> SignedIn | None:
    """The session of that hash if it is alive, with its person's roles, in one SELECT."""
    values = {"token_hash": token_hash, "course_slug": course_slug, "now": now, "seen_after": now - idle}
    row = db.execute(_SIGNED_IN, values).one_or_none()
    if row is None:
        return None
    actor = Actor(row.person_id, row.name, roles.roles(row.roles, enrolled=row.enrolled))
    return SignedIn(row.id, row.last_seen_at, actor, row.time_zone, row.keys_enabled, row.language)


def actor(db: Reader, person_id: UUID, *, course_slug: str) -> Actor | None:
    """That person as an actor, with roles as of now."""
    row = db.execute(
        select(
            Person.name,
            roles.appointed().label("roles"),
            roles.is_enrolled(course_slug).label("enrolled"),
        ).where(Person.id == person_id, Person.deactivated_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Actor(person_id, row.name, roles.roles(row.roles, enrolled=row.enrolled))


def profile(db: Reader, person_id: UUID) -> Profile:
    """What a person has said of themselves."""
    row = db.execute(
        select(
            Person.id,
            Person.name,
            Person.certificate_name,
            Person.email,
            Person.time_zone,
            Person.keys_enabled,
            Person.language,
        ).where(Person.id == person_id)
    ).one()
    return Profile(*row)


def sign_ins(db: Reader, person_id: UUID, *, now: datetime) -> list[SignInRow]:
    """The live sessions of a person, the latest first."""
    rows = db.execute(
        select(SignIn.id, SignIn.provider, SignIn.browser, SignIn.created_at, SignIn.last_seen_at)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id)
        .limit(50)
    )
    return [SignInRow(*row) for row in rows]
