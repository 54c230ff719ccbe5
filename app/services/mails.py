"""Mail that is owed: claimed by a worker under a lease, tried until the server takes it or refuses it for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor, may_administer
from app.domain.errors import Conflict, NotFound, require
from app.models import OutgoingMail, Person
from app.models.operations import MailState
from app.services import audit, outbox
from app.words import _

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
ATTEMPTS = 200
"""Two days of a mail server that is down, at a try every quarter of an hour."""
MOST_AT_ONCE = 200
"""So that new mails are not held up for long."""


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """One mail to write and send, and the fence its end must show. `email` is None for whoever gave none."""

    mail_id: UUID
    fence: int
    attempts: int
    template: str
    context: dict[str, Any]
    name: str
    email: str | None
    language: str | None


def any_due(db: Session, *, now: datetime) -> bool:
    """Whether a worker would find a mail to send."""
    return db.scalar(select(exists().where(_is_due(now)))) or False


def claim_mail(db: Session, *, lease: timedelta, now: datetime) -> ClaimedMail | None:
    """Take the mail that has been due longest; None if none is due."""
    oldest = (
        select(OutgoingMail.id)
        .where(_is_due(now))
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = db.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == oldest)
        .values(
            state=MailState.SENDING,
            fence=OutgoingMail.fence + 1,
            attempts=OutgoingMail.attempts + 1,
            lease_until=now + lease,
        )
        .returning(
            OutgoingMail.id,
            OutgoingMail.fence,
            OutgoingMail.attempts,
            OutgoingMail.template,
            OutgoingMail.context,
            OutgoingMail.person_id,
        )
    ).one_or_none()
    if taken is None:
        return None
    to = db.execute(
        select(Person.name, Person.email, Person.language).where(Person.id == taken.person_id)
    ).one()
    return ClaimedMail(
        taken.id, taken.fence, taken.attempts, taken.template, taken.context, to.name, to.email, to.language
    )


def finish(db: Session, mail_id: UUID, fence: int, *, now: datetime) -> bool:
    """Note that the server has taken it; False when the fence is lost."""
    return _close(db, mail_id, fence, state=MailState.SENT, lease_until=None, sent_at=now, error=None)


def fail(db: Session, mail_id: UUID, fence: int, error: str, *, now: datetime) -> bool:
    """Try again later, each time after a longer pause; in the end give up. False when the fence is lost."""
    attempts = db.scalar(select(OutgoingMail.attempts).where(OutgoingMail.id == mail_id)) or 0
    if attempts >= ATTEMPTS:
        return give_up(db, mail_id, fence, error)
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return _close(
        db, mail_id, fence, state=MailState.QUEUED, lease_until=None, due_at=now + pause, error=error
    )


def give_up(db: Session, mail_id: UUID, fence: int, error: str) -> bool:
    """End it unsent; an admin sees `error` and can have it tried again."""
    return _close(db, mail_id, fence, state=MailState.FAILED, lease_until=None, error=error)


def try_again(db: Session, actor: Actor, mail_id: UUID, *, now: datetime) -> None:
    """Give a mail that was given up a new set of attempts."""
    mail = db.get(OutgoingMail, mail_id, with_for_update=True)
    require(may_administer(actor), _("Only an admin can have a mail sent again."))
    if mail is None:
        raise NotFound
    if mail.state is not MailState.FAILED:
        raise Conflict(_("This mail has not been given up, so there is nothing to repeat."))
    _make_due(db, actor, mail, now=now)


def try_all_again(db: Session, actor: Actor, *, now: datetime) -> None:
    """Give every mail that was given up a new set of attempts: `MOST_AT_ONCE` at a time, the oldest first."""
    require(may_administer(actor), _("Only an admin can have a mail sent again."))
    given_up = db.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.state == MailState.FAILED)
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not given_up:
        raise Conflict(_("No mail has been given up, so there is nothing to repeat."))
    for mail in given_up:
        _make_due(db, actor, mail, now=now)


def _make_due(db: Session, actor: Actor, mail: OutgoingMail, *, now: datetime) -> None:
    mail.state, mail.attempts, mail.due_at = MailState.QUEUED, 0, now
    audit.record(db, actor.id, "mail.retry", "outgoing_mail", mail.id, subject_id=mail.person_id, now=now)
    mail.error = None
    outbox.is_due(db)


def _is_due(now: datetime) -> Any:
    return or_(
        and_(OutgoingMail.state == MailState.QUEUED, OutgoingMail.due_at <= now),
        and_(OutgoingMail.state == MailState.SENDING, OutgoingMail.lease_until < now),
    )


def _close(db: Session, mail_id: UUID, fence: int, **values: Any) -> bool:
    """Change the mail if it is still ours: one guarded UPDATE."""
    changed = db.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.id == mail_id, OutgoingMail.fence == fence, OutgoingMail.state == MailState.SENDING
        )
        .values(**values)
        .returning(OutgoingMail.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None
