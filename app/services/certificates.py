"""Certificates: issued the moment the rule is met, ended with a reason, replaced when a name changes.

Whether a certificate is earned rests on rows that several transactions may be changing at once: a last tick, a
verdict, an undo. Each of them writes first, then comes here, where the person's row is locked before anything is
read. So the one that gets the lock last sees what the others committed, and two of them can neither issue twice
nor both miss the moment; SERIALIZABLE would add retries and nothing else (I16, I17).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.course import Course
from app.db import new_id
from app.domain import certificates as rules
from app.domain import submissions as version_rules
from app.domain.actors import Actor, may_administer
from app.domain.certificates import RatedCapstone
from app.domain.errors import Conflict, Invalid, NotFound, require
from app.domain.switches import Switch
from app.models import (
    Certificate,
    Person,
    Submission,
    SubmissionVersion,
)
from app.services import audit, switches
from app.services.certificate_grounds import earned, rated_capstones
from app.services.outbox import promise_mail
from app.words import _

NAME_CHANGED = "Replaced by a new certificate with a changed name."
REASON_LIMIT = 500

_PERSON = (
    select(Person)
    .where(Person.id == bindparam("person_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_LATEST = (
    select(Certificate)
    .where(
        Certificate.person_id == bindparam("person_id"), Certificate.course_slug == bindparam("course_slug")
    )
    .order_by(Certificate.revoked_at.is_not(None), Certificate.issued_at.desc(), Certificate.id.desc())
    .limit(1)
    .execution_options(populate_existing=True)
)


def issue_if_earned(
    db: Session, person_id: UUID, *, course: Course, base_url: str, now: datetime
) -> UUID | None:
    """Issue the certificate if the rule is met; the id of the one in force, or None.

    Nothing is issued while certificates are paused, nor again after an admin has revoked one: that takes `reissue`.
    """
    person = _lock(db, person_id)
    latest = _latest(db, person_id, course.slug)
    if latest is not None and latest.revoked_at is None:
        return latest.id
    if latest is not None and latest.revoked_by is not None:
        return None
    rated = earned(db, person_id, course)
    if rated is None or switches.is_paused(db, Switch.CERTIFICATES):
        return None
    return _issue(db, person, rated, course=course, base_url=base_url, now=now)


def issue_waiting(db: Session, *, course: Course, base_url: str, now: datetime) -> int:
    """Issue every certificate that was earned while issuing was paused; returns how many."""
    holders = select(Certificate.person_id).where(
        Certificate.course_slug == course.slug, Certificate.revoked_at.is_(None)
    )
    waiting = db.scalars(
        select(Submission.person_id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(
            Submission.course_slug == course.slug,
            SubmissionVersion.state == version_rules.State.PASSED,
            Submission.person_id.not_in(holders),
        )
        .distinct()
        .order_by(Submission.person_id)
    ).all()
    issued = [issue_if_earned(db, each, course=course, base_url=base_url, now=now) for each in waiting]
    return sum(certificate_id is not None for certificate_id in issued)


def resume_issuing(db: Session, actor: Actor | None, *, course: Course, base_url: str, now: datetime) -> int:
    """Let certificates be issued again, at once to everybody who earned one meanwhile; returns how many."""
    switches.resume(db, actor, Switch.CERTIFICATES, now=now)
    db.flush()  # issuing below asks whether it is paused
    return issue_waiting(db, course=course, base_url=base_url, now=now)


def revoke_if_unearned(
    db: Session, person_id: UUID, *, course: Course, base_url: str, reason: str, now: datetime
) -> bool:
    """End the certificate in force if a rating it names no longer stands, as after an undo; says whether it did.

    Whoever still meets the rule without that rating receives a new certificate that replaces it.
    """
    _lock(db, person_id)
    latest = _latest(db, person_id, course.slug)
    standing = {str(each.review_id) for each in rated_capstones(db, person_id, course)}
    if latest is None or latest.revoked_at is not None or _named_reviews(latest) <= standing:
        return False
    _end(latest, reason=reason, by=None, now=now)
    db.flush()  # one in force at a time, so this one ends before the next is issued
    latest.replaced_by_id = issue_if_earned(db, person_id, course=course, base_url=base_url, now=now)
    _record(db, None, "certificate.revoke", latest, now=now)
    return True


def revoke(db: Session, actor: Actor, certificate_id: UUID, *, reason: str, now: datetime) -> None:
    """End a certificate for good, with a reason that its page shows (I18). Twice is once."""
    certificate = _owned_by_admin(db, actor, certificate_id)
    if certificate.revoked_at is not None:
        return
    _end(certificate, reason=_sentence(reason), by=actor.id, now=now)
    _record(db, actor.id, "certificate.revoke", certificate, now=now)


def reissue(
    db: Session, actor: Actor, certificate_id: UUID, *, name: str, base_url: str, now: datetime
) -> UUID:
    """Replace a certificate by one with another name; what it rests on stays word for word. Returns the new id."""
    certificate = _owned_by_admin(db, actor, certificate_id)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise Invalid(
            {"name": _("Type the name as it should stand on the certificate, up to 200 characters.")}
        )
    if certificate.replaced_by_id is not None:
        raise Conflict(_("This certificate has been replaced already. Open its page to reach the new one."))
    in_force = _latest(db, certificate.person_id, certificate.course_slug)
    if in_force is not None and in_force.id != certificate.id and in_force.revoked_at is None:
        raise Conflict(_("This person holds a newer certificate. Replace that one instead."))
    if certificate.revoked_at is None:
        _end(certificate, reason=NAME_CHANGED, by=actor.id, now=now)
        db.flush()  # one in force at a time, so the old one ends first
    new = _renamed(certificate, name=name, base_url=base_url, now=now)
    db.add(new)
    db.flush()
    certificate.replaced_by_id = new.id
    _promise(db, new, base_url=base_url, now=now)
    _record(db, actor.id, "certificate.reissue", new, now=now, replaces=certificate.code)
    return new.id


def _lock(db: Session, person_id: UUID) -> Person:
    """The person's row, locked against others who come here; rows that merely refer to it are not held up."""
    db.flush()  # the caller's change must be seen by what is read below
    person = db.scalar(_PERSON, {"person_id": person_id})
    if person is None:
        raise NotFound
    return person


def _latest(db: Session, person_id: UUID, course_slug: str) -> Certificate | None:
    return db.scalar(_LATEST, {"person_id": person_id, "course_slug": course_slug})


def _issue(
    db: Session, person: Person, rated: list[RatedCapstone], *, course: Course, base_url: str, now: datetime
) -> UUID:
    code, name = rules.new_code(), person.certificate_name or person.name
    document = rules.document(
        base_url=base_url,
        code=code,
        name=name,
        course_title=course.title,
        course_version=course.version,
        course_hash=course.content_hash,
        issued_at=now,
        capstones=rated,
        modules=len(course.modules),
    )
    certificate = Certificate(
        id=new_id(),
        code=code,
        person_id=person.id,
        course_slug=course.slug,
        course_version=course.version,
        name=name,
        document=document,
        issued_at=now,
        revoke_reason="",
    )
    db.add(certificate)
    db.flush()
    _promise(db, certificate, base_url=base_url, now=now)
    _record(db, None, "certificate.issue", certificate, now=now)
    return certificate.id


def _renamed(old: Certificate, *, name: str, base_url: str, now: datetime) -> Certificate:
    """A certificate that says the same of the same person under another name and code."""
    code = rules.new_code()
    page = f"{base_url}/c/{code}"
    subject = old.document["credentialSubject"] | {"id": f"urn:touchstone:certificate:{code}", "name": name}
    return Certificate(
        id=new_id(),
        code=code,
        person_id=old.person_id,
        course_slug=old.course_slug,
        course_version=old.course_version,
        name=name,
        document=old.document | {"id": page, "credentialSubject": subject},
        issued_at=now,
        revoke_reason="",
    )


def _owned_by_admin(db: Session, actor: Actor, certificate_id: UUID) -> Certificate:
    """The certificate, with its holder locked; only for admins."""
    require(may_administer(actor), _("Only an admin can revoke or replace certificates."))
    holder = db.scalar(select(Certificate.person_id).where(Certificate.id == certificate_id))
    if holder is None:
        raise NotFound
    if _lock(db, holder).erased_at is not None:
        raise Conflict(_("Its holder asked to be erased, so this certificate stays as it is."))
    return db.get_one(Certificate, certificate_id, populate_existing=True)


def _named_reviews(certificate: Certificate) -> set[str]:
    return {result["review"] for result in certificate.document["credentialSubject"]["result"]}


def _sentence(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": _("Say why the certificate ends: its public page shows this sentence.")})
    if len(reason) > REASON_LIMIT:
        raise Invalid({"reason": _("Use at most %(reason_limit)s characters.", reason_limit=REASON_LIMIT)})
    return reason


def _end(certificate: Certificate, *, reason: str, by: UUID | None, now: datetime) -> None:
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = now, by, reason


def _promise(db: Session, certificate: Certificate, *, base_url: str, now: datetime) -> None:
    promise_mail(
        db,
        certificate.person_id,
        "certificate",
        {
            "code": certificate.code,
            "name": certificate.name,
            "title": certificate.document["name"],
            "url": f"{base_url}/c/{certificate.code}",
        },
        dedupe_key=f"certificate:{certificate.id}",
        now=now,
    )


def _record(
    db: Session, actor_id: UUID | None, action: str, certificate: Certificate, *, now: datetime, **detail: str
) -> None:
    audit.record(
        db,
        actor_id,
        action,
        "certificate",
        certificate.id,
        subject_id=certificate.person_id,
        now=now,
        code=certificate.code,
        **detail,
    )
