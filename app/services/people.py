"""People: the first meeting, appointments, what they say of themselves."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db import new_id
from app.domain.actors import APPOINTABLE, Actor, Introduction, Role, may_administer
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, require
from app.models import Appointment, Enrolment, Identity, Person
from app.services import audit
from app.words import _
from app.words.catalogue import LANGUAGES

NAME_LIMIT = 200


def meet(db: Session, introduction: Introduction, *, language: str | None = None, now: datetime) -> UUID:
    """The person of this identity, made at the first meeting. Never linked to another by e-mail.

    Mails know no browser, so somebody new who read the pages in another language than English gets mails in it.
    """
    known = db.scalar(
        select(Identity).where(
            Identity.issuer == introduction.issuer, Identity.subject == introduction.subject
        )
    )
    if known is not None:
        known.last_used_at = now
        _update_email(db, known.person_id, introduction.email)
        return known.person_id
    name, email = _clean_name(introduction.name), introduction.email
    person = Person(id=new_id(), name=name, email=email, language=language, time_zone="UTC", created_at=now)
    db.add(person)
    db.flush()
    added = db.execute(
        insert(Identity)
        .values(
            id=new_id(),
            person_id=person.id,
            issuer=introduction.issuer,
            subject=introduction.subject,
            created_at=now,
            last_used_at=now,
        )
        .on_conflict_do_nothing(index_elements=["issuer", "subject"])
        .returning(Identity.id)
    ).scalar()
    if added is None:
        raise Conflict(_("This sign-in was finished in another window. Open the page again."))
    audit.record(db, person.id, "person.meet", "person", person.id, subject_id=person.id, now=now)
    return person.id


def appoint(db: Session, actor: Actor | None, person_id: UUID, role: Role, *, now: datetime) -> None:
    """Make somebody reviewer or admin. `actor` is None for the operator at the command line; idempotent."""
    require(actor is None or may_administer(actor), _("Only an admin can appoint people."))
    if role not in APPOINTABLE:
        raise Invalid({"role": _("Learners are enrolled by granting their request, not appointed.")})
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        raise Conflict(_("This person asked to be erased. When they sign in again, they are somebody new."))
    added = db.execute(
        insert(Appointment)
        .values(
            id=new_id(),
            person_id=person_id,
            role=role,
            appointed_at=now,
            appointed_by=actor.id if actor else None,
        )
        .on_conflict_do_nothing()
        .returning(Appointment.id)
    ).scalar()
    if added is not None:
        actor_id = actor.id if actor else None
        audit.record(
            db,
            actor_id,
            "appointment.begin",
            "person",
            person_id,
            subject_id=person_id,
            role=role.value,
            now=now,
        )


def dismiss(db: Session, actor: Actor, person_id: UUID, role: Role, *, now: datetime) -> None:
    """End an appointment from the next request on (I19). The last admin stays; nobody dismisses themselves."""
    require(may_administer(actor), _("Only an admin can end an appointment."))
    if person_id == actor.id and role is Role.ADMIN:
        raise Forbidden(_("Ask another admin to end your own appointment, so that one always remains."))
    live = db.scalar(
        select(Appointment)
        .where(Appointment.person_id == person_id, Appointment.role == role, Appointment.ended_at.is_(None))
        .with_for_update()
    )
    if live is None:
        return
    live.ended_at, live.ended_by = now, actor.id
    audit.record(
        db, actor.id, "appointment.end", "person", person_id, subject_id=person_id, role=role.value, now=now
    )


def enrol(
    db: Session,
    person_id: UUID,
    *,
    course_slug: str,
    application_id: UUID | None,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Give somebody a place in the course; a second time changes nothing."""
    added = db.execute(
        insert(Enrolment)
        .values(
            id=new_id(),
            person_id=person_id,
            course_slug=course_slug,
            application_id=application_id,
            enrolled_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Enrolment.id)
    ).scalar()
    if added is not None:
        audit.record(
            db,
            actor_id,
            "enrolment.begin",
            "person",
            person_id,
            subject_id=person_id,
            course=course_slug,
            now=now,
        )


def describe(
    db: Session,
    actor: Actor,
    *,
    name: str,
    certificate_name: str,
    time_zone: str,
    keys_enabled: bool,
    language: str,
    now: datetime,
) -> None:
    """Change what one says of oneself. Issued certificates keep their name; a new one is asked for separately."""
    errors = {}
    name, certificate_name = " ".join(name.split()), " ".join(certificate_name.split())  # each is one line
    for field, value in (("name", name), ("certificate_name", certificate_name)):
        if len(value) > NAME_LIMIT:
            errors[field] = _("Use at most %(limit)s characters.", limit=NAME_LIMIT)
    if not name:
        errors["name"] = _("Type the name you want to be called.")
    if not _is_zone(time_zone):
        errors["time_zone"] = _("Choose a time zone from the list, such as Europe/Berlin.")
    if language and language not in LANGUAGES:
        errors["language"] = _("Choose a language from the list.")
    if errors:
        raise Invalid(errors)
    person = db.get_one(Person, actor.id, with_for_update=True)
    person.name = name
    person.certificate_name = certificate_name or None
    person.time_zone = time_zone
    person.keys_enabled = keys_enabled
    person.language = language or None
    audit.record(db, actor.id, "person.describe", "person", actor.id, subject_id=actor.id, now=now)


def note_export(db: Session, actor: Actor, *, now: datetime) -> None:
    """Leave an entry that somebody took a copy of all that is held of them."""
    audit.record(db, actor.id, "person.export", "person", actor.id, subject_id=actor.id, now=now)


def set_keys(db: Session, actor: Actor, *, enabled: bool) -> None:
    """Switch the single-letter keys on or off (WCAG 2.1.4)."""
    db.get_one(Person, actor.id).keys_enabled = enabled


def choose_language(db: Session, actor: Actor, code: str) -> None:
    """Write pages and mails to this person in that language from now on."""
    db.get_one(Person, actor.id).language = code


def _update_email(db: Session, person_id: UUID, email: str | None) -> None:
    person = db.get_one(Person, person_id)
    if email and person.email != email:
        person.email = email


def _clean_name(name: str) -> str:
    """A name fit to print: one line, no control or direction signs, never empty."""
    kept = "".join(sign for sign in " ".join(name.split()) if sign.isprintable())
    return kept[:NAME_LIMIT] or "Somebody"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
