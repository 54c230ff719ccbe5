"""Decisions about requests: drafted, sent together, and made true some minutes later, so that a slip can be taken back.

Until then nothing has happened for the applicant: the request is where it was, no mail is promised, nobody enrolled.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.actors import Actor, may_administer
from app.domain.applications import DECISIONS, Action, State, after
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale, require
from app.models import Application, DraftedDecision
from app.services import audit, outbox, people
from app.services.applications import say, worded
from app.words import _

MOST_DUE = 500
MAILS = {
    Action.ASK: "application-question",
    Action.GRANT: "application-granted",
    Action.DECLINE: "application-declined",
}


def draft(
    db: Session,
    actor: Actor,
    application_id: UUID,
    *,
    action: Action,
    body: str,
    seen: datetime | None,
    now: datetime,
) -> None:
    """Prepare a decision that only admins see. Nothing is sent.

    `seen` is when the draft was made that the page showed: Stale when a colleague has drafted something else since.
    """
    _require_admin(actor)
    application = _lock(db, application_id)
    _require_decidable(actor, application, action)
    body, known = worded(body), db.get(DraftedDecision, application_id)
    if known is not None:
        _require_seen(known, action, body, seen)
    elif seen is not None:
        raise Conflict(_("This draft is gone: a colleague has thrown it away. Open the request again."))
    values = {"action": action, "body": body, "drafted_by": actor.id, "drafted_at": now}
    db.execute(
        insert(DraftedDecision)
        .values(application_id=application.id, **values)
        .on_conflict_do_update(index_elements=["application_id"], set_=values)
    )


def drop(db: Session, actor: Actor, application_id: UUID) -> None:
    """Throw a drafted decision away; one that is on its way has to be taken back first."""
    _require_admin(actor)
    dropped = delete(DraftedDecision).where(
        DraftedDecision.application_id == application_id, DraftedDecision.send_at.is_(None)
    )
    db.execute(dropped)


def send(
    db: Session, actor: Actor, application_id: UUID, *, hold_seconds: int, now: datetime
) -> Action | None:
    """Send the drafted decision: it becomes true after `hold_seconds`, at once when there are none.

    Returns what is decided; None when there is no draft any more. A second click changes nothing.
    """
    _require_admin(actor)
    application = _lock(db, application_id)
    drafted = db.get(DraftedDecision, application_id, populate_existing=True)
    if drafted is None or drafted.send_at is not None:
        return drafted.action if drafted else None
    _require_decidable(actor, application, drafted.action)
    drafted.sent_by, drafted.send_at = actor.id, now + timedelta(seconds=hold_seconds)
    if not hold_seconds:
        return _release(db, application, drafted, actor.id, now=now)
    _record(db, actor.id, "application.decide", application, now=now, decision=drafted.action.value)
    return drafted.action


def take_back(db: Session, actor: Actor, application_id: UUID, *, now: datetime) -> None:
    """Keep a decision that is on its way: it is a draft again. A second click changes nothing."""
    _require_admin(actor)
    application = _lock(db, application_id)
    drafted = db.get(DraftedDecision, application_id, populate_existing=True)
    if drafted is None:
        raise Conflict(_("This decision has been sent already."))
    if drafted.send_at is not None:
        drafted.send_at = drafted.sent_by = None
        _record(db, actor.id, "application.take_back", application, now=now, decision=drafted.action.value)


def due(db: Session, *, now: datetime, without: Collection[UUID] = ()) -> list[UUID]:
    """The requests whose decision is to become true, the first of them first."""
    ids = select(DraftedDecision.application_id).where(
        DraftedDecision.send_at <= now, DraftedDecision.application_id.not_in(without)
    )
    return list(
        db.scalars(ids.order_by(DraftedDecision.send_at, DraftedDecision.application_id).limit(MOST_DUE))
    )


def release_due(db: Session, application_id: UUID, *, now: datetime) -> bool:
    """Make this decision true if its time has come; False when it has not, or while somebody else holds its rows."""
    row = db.execute(
        select(Application, DraftedDecision)
        .join(DraftedDecision, DraftedDecision.application_id == Application.id)
        .where(Application.id == application_id, DraftedDecision.send_at <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.DraftedDecision.sent_by is None:
        return False
    _release(db, row.Application, row.DraftedDecision, row.DraftedDecision.sent_by, now=now)
    return True


def _release(
    db: Session, application: Application, drafted: DraftedDecision, sender_id: UUID, *, now: datetime
) -> Action:
    """State, words, mail and, when granted, the place in the course."""
    action, body = drafted.action, drafted.body
    application.state = after(application.state, action)
    if action is not Action.ASK:
        application.decided_at, application.decided_by = now, sender_id
    message_id = say(db, application, sender_id, action, body, now=now)
    if action is Action.GRANT:
        people.enrol(
            db,
            application.person_id,
            course_slug=application.course_slug,
            application_id=application.id,
            actor_id=sender_id,
            now=now,
        )
    db.delete(drafted)
    _record(db, sender_id, f"application.{action.value}", application, now=now)
    key = f"application:{message_id}"
    outbox.promise_mail(db, application.person_id, MAILS[action], {"body": body}, dedupe_key=key, now=now)
    return action


def _require_admin(actor: Actor) -> None:
    require(may_administer(actor), _("Only an admin can decide about requests."))


def _require_decidable(actor: Actor, application: Application, action: Action) -> None:
    if action not in DECISIONS:
        raise Invalid({"action": _("Choose to grant, to ask a question, or to decline.")})
    if application.person_id == actor.id:
        raise Forbidden(_("Nobody decides about their own request. Ask another admin."))
    after(application.state, action)


def _require_seen(known: DraftedDecision, action: Action, body: str, seen: datetime | None) -> None:
    if (known.action, known.body) == (action, body) and known.send_at is None:
        return
    if known.send_at is not None:
        raise Conflict(_("This decision is on its way. Take it back before you change it."))
    if known.drafted_at != seen:
        theirs = {"action": known.action.value, "body": known.body}
        raise Stale(_("A colleague has drafted another answer meanwhile."), tag=0, theirs=theirs)


def _lock(db: Session, application_id: UUID) -> Application:
    application = db.get(Application, application_id, with_for_update=True, populate_existing=True)
    if application is None or application.state is State.DRAFT:
        raise NotFound
    return application


def _record(
    db: Session, actor_id: UUID, action: str, application: Application, *, now: datetime, **detail: str
) -> None:
    audit.record(
        db,
        actor_id,
        action,
        "application",
        application.id,
        subject_id=application.person_id,
        now=now,
        **detail,
    )
