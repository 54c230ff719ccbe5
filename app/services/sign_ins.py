"""Server-side sessions: made at sign-in, dead at sign-out. The database keeps only the hash of each id."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.models import SignIn
from app.services import audit

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
ABSOLUTE_STAFF = timedelta(hours=12)


def token_hash(token: str) -> bytes:
    """What is stored of a session id."""
    return hashlib.sha256(token.encode()).digest()


def begin(db: Session, person_id: UUID, *, provider: str, browser: str, staff: bool, now: datetime) -> str:
    """Open a session and return its id, which nobody can learn again. Staff sessions end sooner."""
    token = secrets.token_urlsafe(32)
    db.add(
        SignIn(
            person_id=person_id,
            token_hash=token_hash(token),
            provider=provider,
            browser=browser[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + (ABSOLUTE_STAFF if staff else ABSOLUTE),
        )
    )
    audit.record(
        db, person_id, "sign_in.begin", "person", person_id, subject_id=person_id, provider=provider, now=now
    )
    return token


def touch(db: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """Remember that the session is in use; called at most once a minute for each."""
    db.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def end(db: Session, actor: Actor, sign_in_id: UUID, *, now: datetime) -> None:
    """End one of one's own sessions; it is dead from the next request on. Twice is once."""
    sign_in = db.scalar(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == actor.id).with_for_update()
    )
    if sign_in is None:
        raise NotFound
    if sign_in.ended_at is None:
        sign_in.ended_at = now
        audit.record(db, actor.id, "sign_in.end", "person", actor.id, subject_id=actor.id, now=now)


def end_others(db: Session, actor: Actor, *, keep: UUID, now: datetime) -> int:
    """End every session of one's own but this one; returns how many."""
    ended = db.execute(
        update(SignIn)
        .where(SignIn.person_id == actor.id, SignIn.id != keep, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    audit.record(db, actor.id, "sign_in.end_others", "person", actor.id, subject_id=actor.id, now=now)
    return ended.rowcount  # type: ignore[attr-defined, no-any-return]
