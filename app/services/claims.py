"""Claims: the numbers a learner types once, to be recomputed from the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.course.values import ClaimDef, Course
from app.domain.actors import Actor
from app.domain.claims import Unclear, read_number, read_text, shown
from app.domain.errors import Stale
from app.models import Claim, SubmissionVersion
from app.services import audit, ledgers, versions
from app.words import _


@dataclass(frozen=True, slots=True)
class Kept:
    """The draft's new tag, and a sentence for each claim that could not be read, by key."""

    tag: int
    unread: dict[str, str]


def save(
    db: Session,
    actor: Actor,
    version_id: UUID,
    typed: Mapping[str, str],
    *,
    tag: int,
    course: Course,
    now: datetime,
) -> Kept:
    """Keep the claims of a draft as typed, by key; an empty box takes its claim back.

    A claim that `typed` does not name, or that cannot be read, stays. Stale when another page saved since `tag`.
    """
    version = versions.lock_draft(db, actor, version_id)
    kept = {claim.key: claim for claim in db.scalars(select(Claim).where(Claim.version_id == version_id))}
    read, unread = _read(versions.capstone_of(course, version.capstone_slug).claims, typed)
    changed = {key: value for key, value in read.items() if value != _value(kept.get(key))}
    if not changed:
        return Kept(version.tag, unread)
    _require_fresh(version, tag, kept)
    units = {claim.key: claim.unit for claim in course.capstone(version.capstone_slug).claims}
    for key, value in changed.items():
        _keep(db, version_id, kept.get(key), key, value, unit=units[key], now=now)
    version.tag += 1
    audit.record(
        db,
        actor.id,
        "claims.save",
        "version",
        version_id,
        subject_id=actor.id,
        changed=sorted(changed),
        now=now,
    )
    ledgers.reckon(db, version_id, course=course, now=now)
    return Kept(version.tag, unread)


def _require_fresh(version: SubmissionVersion, tag: int, kept: Mapping[str, Claim]) -> None:
    if version.tag != tag:
        theirs = {key: shown(claim.value, claim.text) for key, claim in kept.items()}
        raise Stale(_("These numbers were changed from another page."), tag=version.tag, theirs=theirs)


def _read(
    definitions: tuple[ClaimDef, ...], typed: Mapping[str, str]
) -> tuple[dict[str, float | str | None], dict[str, str]]:
    """Every number and text typed, None for an empty box; and what is wrong with each that cannot be read."""
    found: dict[str, float | str | None] = {}
    unread: dict[str, str] = {}
    for claim in definitions:
        if claim.key not in typed:
            continue
        words = typed[claim.key]
        try:
            found[claim.key] = read_text(words) if claim.is_text else read_number(words, unit=claim.unit)
        except Unclear as unclear:
            unread[claim.key] = _("%(label)s: %(unclear)s", label=claim.label, unclear=unclear.args[0])
    return found, unread


def _value(claim: Claim | None) -> float | str | None:
    if claim is None:
        return None
    return claim.text if claim.value is None else claim.value


def _keep(
    db: Session,
    version_id: UUID,
    claim: Claim | None,
    key: str,
    value: float | str | None,
    *,
    unit: str,
    now: datetime,
) -> None:
    if value is None:
        db.execute(delete(Claim).where(Claim.version_id == version_id, Claim.key == key))
        return
    if claim is None:
        claim = Claim(version_id=version_id, key=key)
        db.add(claim)
    number, text = (None, value) if isinstance(value, str) else (value, None)
    claim.value, claim.text, claim.unit, claim.typed_at = number, text, unit, now
