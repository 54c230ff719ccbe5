"""Asking for free access, and deciding about it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain.actors import Actor, may_administer
from app.domain.applications import (
    DECISIONS,
    OPEN,
    QUESTIONS,
    Action,
    State,
    after,
    decided_by,
    digest,
)
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale, require
from app.domain.switches import Switch
from app.models import Application, ApplicationMessage, DraftedDecision
from app.services import audit, outbox, people, switches

BODY_LIMIT = 4000
FIELDS = ("building", "change", "start", "link")
MAILS = {
    Action.ASK: "application-question",
    Action.GRANT: "application-granted",
    Action.DECLINE: "application-declined",
}


def save_draft(
    db: Session,
    actor: Actor,
    answers: Mapping[str, str],
    *,
    seen: str | None = None,
    course_slug: str,
    now: datetime,
) -> UUID:
    """Keep what was typed, however unfinished; begins a request when none is open.

    `seen` is the digest of what the page showed: Stale when another page has saved something else since.
    """
    application = _open(db, actor)
    if application is None:
        require(not actor.is_learner, "You already have access.")
        application = _begin(db, actor, course_slug=course_slug, now=now)
    if application.state is not State.DRAFT:
        raise Conflict("Your request is already sent. Its page shows where it stands.")
    _require_fresh(application, answers, seen)
    for name in FIELDS:
        setattr(application, name, answers.get(name, ""))
    return application.id


def _require_fresh(application: Application, answers: Mapping[str, str], seen: str | None) -> None:
    kept = {name: str(getattr(application, name)) for name in FIELDS}
    if seen is None or digest(kept) == seen or kept == dict(answers) or not any(kept.values()):
        return
    raise Stale("Your request was changed from another page.", tag=0, theirs=kept)


def send(db: Session, actor: Actor, *, days: int, now: datetime) -> None:
    """Hand the request in, with the date by which it is decided. A second click changes nothing."""
    switches.require_running(db, Switch.APPLICATIONS)
    application = _open(db, actor)
    if application is not None and application.state in {State.RECEIVED, State.QUESTION}:
        return
    if application is None:
        raise NotFound("There is no request to send. Write one first.")
    if errors := problems(
        {"building": application.building, "change": application.change, "start": application.start}
        | {"link": application.link}
    ):
        raise Invalid(errors)
    application.state = after(application.state, Action.SEND)
    application.received_at = now
    application.due_at = decided_by(now, days=days)
    _audit(db, actor, application, Action.SEND, now=now)
    outbox.promise_mail(
        db,
        actor.id,
        "application-received",
        {"due_date": f"{application.due_at.day} {application.due_at:%B %Y}"},
        dedupe_key=f"application-received:{application.id}",
        now=now,
    )


def reply(db: Session, actor: Actor, application_id: UUID, *, body: str, now: datetime) -> None:
    """Answer the question that was asked; the request is being read again."""
    application = _own(db, actor, application_id)
    application.state = after(application.state, Action.REPLY)
    _say(db, application, actor, Action.REPLY, _worded(body), now=now)
    _audit(db, actor, application, Action.REPLY, now=now)


def withdraw(db: Session, actor: Actor, application_id: UUID, *, now: datetime) -> None:
    """Take the request back; another can be written at any time. A second click changes nothing."""
    application = _own(db, actor, application_id)
    if application.state is State.WITHDRAWN:
        return
    application.state = after(application.state, Action.WITHDRAW)
    application.withdrawn_at = now
    db.execute(delete(DraftedDecision).where(DraftedDecision.application_id == application.id))
    _audit(db, actor, application, Action.WITHDRAW, now=now)


def draft_decision(
    db: Session, actor: Actor, application_id: UUID, *, action: Action, body: str, now: datetime
) -> None:
    """Prepare a decision that only admins see; replaces the one drafted before. Nothing is sent."""
    require(may_administer(actor), "Only an admin can decide about requests.")
    application = _lock(db, application_id)
    _require_decidable(actor, application, action)
    values = {"action": action, "body": _worded(body), "drafted_by": actor.id, "drafted_at": now}
    db.execute(
        insert(DraftedDecision)
        .values(application_id=application.id, **values)
        .on_conflict_do_update(index_elements=["application_id"], set_=values)
    )


def drop_draft(db: Session, actor: Actor, application_id: UUID) -> None:
    """Throw a drafted decision away."""
    require(may_administer(actor), "Only an admin can decide about requests.")
    db.execute(delete(DraftedDecision).where(DraftedDecision.application_id == application_id))


def send_decision(db: Session, actor: Actor, application_id: UUID, *, now: datetime) -> Action | None:
    """Make the drafted decision true: state, words, mail and, when granted, the place in the course.

    Returns what was decided; None when there is no draft any more, as after a second click.
    """
    require(may_administer(actor), "Only an admin can decide about requests.")
    application = _lock(db, application_id)
    draft = db.get(DraftedDecision, application_id)
    if draft is None:
        return None
    action, body = draft.action, draft.body
    _require_decidable(actor, application, action)
    application.state = after(application.state, action)
    if action is not Action.ASK:
        application.decided_at, application.decided_by = now, actor.id
    message_id = _say(db, application, actor, action, body, now=now)
    if action is Action.GRANT:
        people.enrol(
            db,
            application.person_id,
            course_slug=application.course_slug,
            application_id=application.id,
            actor_id=actor.id,
            now=now,
        )
    db.delete(draft)
    _audit(db, actor, application, action, now=now)
    outbox.promise_mail(
        db,
        application.person_id,
        MAILS[action],
        {"body": body},
        dedupe_key=f"application:{message_id}",
        now=now,
    )
    return action


def problems(answers: Mapping[str, str]) -> dict[str, str]:
    """What keeps these answers from being sent, by field."""
    found = {}
    for question in QUESTIONS:
        length = len(answers.get(question.name, ""))
        if length < question.shortest:
            found[question.name] = (
                f"Write at least {question.shortest} characters for “{question.label}” There are {length} so far."
            )
        elif length > question.longest:
            found[question.name] = (
                f"Use at most {question.longest:,} characters for “{question.label}” There are {length:,}."
            )
    link = answers.get("link", "")
    if link and not link.startswith(("https://", "http://")):
        found["link"] = "Start the link with https://"
    if len(link) > 500:
        found["link"] = "Use a shorter link, at most 500 characters."
    return found


def _open(db: Session, actor: Actor) -> Application | None:
    return db.scalar(
        select(Application)
        .where(Application.person_id == actor.id, Application.state.in_(OPEN))
        .with_for_update()
    )


def _begin(db: Session, actor: Actor, *, course_slug: str, now: datetime) -> Application:
    """A new draft, or the one that another window began in the same moment."""
    db.execute(
        insert(Application)
        .values(id=new_id(), person_id=actor.id, course_slug=course_slug, state=State.DRAFT, created_at=now)
        .on_conflict_do_nothing()
    )
    application = _open(db, actor)
    if application is None:
        raise Conflict("Your request was changed in another window. Open the page again.")
    return application


def _own(db: Session, actor: Actor, application_id: UUID) -> Application:
    application = db.scalar(
        select(Application)
        .where(Application.id == application_id, Application.person_id == actor.id)
        .with_for_update()
    )
    if application is None:
        raise NotFound
    return application


def _lock(db: Session, application_id: UUID) -> Application:
    application = db.get(Application, application_id, with_for_update=True)
    if application is None or application.state is State.DRAFT:
        raise NotFound
    return application


def _require_decidable(actor: Actor, application: Application, action: Action) -> None:
    if action not in DECISIONS:
        raise Invalid({"action": "Choose to grant, to ask a question, or to decline."})
    if application.person_id == actor.id:
        raise Forbidden("Nobody decides about their own request. Ask another admin.")
    after(application.state, action)


def _worded(body: str) -> str:
    body = body.strip()
    if not body:
        raise Invalid({"body": "Write the words that the applicant will read."})
    if len(body) > BODY_LIMIT:
        raise Invalid({"body": f"Use at most {BODY_LIMIT:,} characters."})
    return body


def _say(
    db: Session, application: Application, actor: Actor, action: Action, body: str, *, now: datetime
) -> UUID:
    message = ApplicationMessage(
        id=new_id(), application_id=application.id, author_id=actor.id, action=action, body=body, sent_at=now
    )
    db.add(message)
    return message.id


def _audit(db: Session, actor: Actor, application: Application, action: Action, *, now: datetime) -> None:
    audit.record(
        db,
        actor.id,
        f"application.{action.value}",
        "application",
        application.id,
        subject_id=application.person_id,
        now=now,
    )
