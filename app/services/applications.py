"""Asking for free access. Deciding about it is `services.decisions`."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain.actors import Actor
from app.domain.applications import (
    OPEN,
    QUESTIONS,
    Action,
    State,
    after,
    decided_by,
    digest,
)
from app.domain.errors import Conflict, Invalid, NotFound, Stale, require
from app.domain.switches import Switch
from app.models import Application, ApplicationMessage, DraftedDecision
from app.services import audit, outbox, switches
from app.words import _, grouped

BODY_LIMIT = 4000
FIELDS = ("building", "change", "start", "link")
BARE_ADDRESS = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}(?::\d{1,5})?(?:[/?#]\S*)?$")


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
        require(not actor.is_learner, _("You already have access."))
        application = _begin(db, actor, course_slug=course_slug, now=now)
    if application.state is not State.DRAFT:
        raise Conflict(_("Your request is already sent. Its page shows where it stands."))
    _require_fresh(application, answers, seen)
    for name in FIELDS:
        setattr(application, name, answers.get(name, ""))
    return application.id


def with_scheme(link: str) -> str:
    """An address as people type it, `github.com/me`, with the https:// that it lacks."""
    return f"https://{link}" if BARE_ADDRESS.match(link) else link


def _require_fresh(application: Application, answers: Mapping[str, str], seen: str | None) -> None:
    kept = {name: str(getattr(application, name)) for name in FIELDS}
    if seen is None or digest(kept) == seen or kept == dict(answers) or not any(kept.values()):
        return
    raise Stale(_("Your request was changed from another page."), tag=0, theirs=kept)


def send(db: Session, actor: Actor, *, days: int, now: datetime) -> None:
    """Hand the request in, with the date by which it is decided. A second click changes nothing."""
    switches.require_running(db, Switch.APPLICATIONS)
    application = _open(db, actor)
    if application is not None and application.state in {State.RECEIVED, State.QUESTION}:
        return
    if application is None:
        raise NotFound(_("There is no request to send. Write one first."))
    if errors := problems(
        {"building": application.building, "change": application.change, "start": application.start}
        | {"link": application.link}
    ):
        raise Invalid(errors)
    application.state = after(application.state, Action.SEND)
    application.received_at = now
    application.due_at = decided_by(now, days=days)
    _record(db, actor, application, Action.SEND, now=now)
    outbox.promise_mail(
        db,
        actor.id,
        "application-received",
        {
            "due_date": f"{application.due_at.day} {application.due_at:%B %Y}",
            "due_at": application.due_at.isoformat(),
        },
        dedupe_key=f"application-received:{application.id}",
        now=now,
    )


def reply(db: Session, actor: Actor, application_id: UUID, *, body: str, now: datetime) -> None:
    """Answer the question that was asked; the request is being read again."""
    application = _own(db, actor, application_id)
    application.state = after(application.state, Action.REPLY)
    say(db, application, actor.id, Action.REPLY, worded(body), now=now)
    _record(db, actor, application, Action.REPLY, now=now)


def withdraw(db: Session, actor: Actor, application_id: UUID, *, now: datetime) -> None:
    """Take the request back; another can be written at any time. A second click changes nothing."""
    application = _own(db, actor, application_id)
    if application.state is State.WITHDRAWN:
        return
    application.state = after(application.state, Action.WITHDRAW)
    application.withdrawn_at = now
    db.execute(delete(DraftedDecision).where(DraftedDecision.application_id == application.id))
    _record(db, actor, application, Action.WITHDRAW, now=now)


def problems(answers: Mapping[str, str]) -> dict[str, str]:
    """What keeps these answers from being sent, by field."""
    found: dict[str, str] = {}
    for question in QUESTIONS:
        length = len(answers.get(question.name, ""))
        if length < question.shortest:
            found[question.name] = _(
                "Write at least %(shortest)s characters for “%(label)s” There are %(length)s so far.",
                shortest=question.shortest,
                label=question.label,
                length=length,
            )
        elif length > question.longest:
            found[question.name] = _(
                "Use at most %(longest)s characters for “%(label)s” There are %(length)s.",
                longest=grouped(question.longest),
                label=question.label,
                length=grouped(length),
            )
    link = answers.get("link", "")
    if link and not link.startswith(("https://", "http://")):
        found["link"] = _("Start the link with https://")
    if len(link) > 500:
        found["link"] = _("Use a shorter link, at most 500 characters.")
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
        raise Conflict(_("Your request was changed in another window. Open the page again."))
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


def worded(body: str) -> str:
    """The words without their margins; Invalid when there are none or too many."""
    body = body.strip()
    if not body:
        raise Invalid({"body": _("Write the words that the applicant will read.")})
    if len(body) > BODY_LIMIT:
        raise Invalid({"body": _("Use at most %(body_limit)s characters.", body_limit=grouped(BODY_LIMIT))})
    return body


def say(
    db: Session, application: Application, author_id: UUID, action: Action, body: str, *, now: datetime
) -> UUID:
    """Add what was said about a request to what its author reads."""
    message = ApplicationMessage(
        id=new_id(), application_id=application.id, author_id=author_id, action=action, body=body, sent_at=now
    )
    db.add(message)
    return message.id


def _record(db: Session, actor: Actor, application: Application, action: Action, *, now: datetime) -> None:
    audit.record(
        db,
        actor.id,
        f"application.{action.value}",
        "application",
        application.id,
        subject_id=application.person_id,
        now=now,
    )
