"""Claims: the numbers a learner types once, to be recomputed from the evidence."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.course.values import ClaimDef, Course
from app.domain.actors import Actor
from app.domain.claims import Unclear, read_number, read_text, shown
from app.domain.errors import Invalid, Stale
from app.models import Claim, SubmissionVersion
from app.services import audit, ledgers, versions
from app.words import _


def save(
    db: Session,
    actor: Actor,
    version_id: UUID,
    typed: Mapping[str, str],
    *,
    tag: int,
    course: Course,
    now: datetime,
) -> int:
    """Keep the claims of a draft as typed, by key; an empty box takes its claim back. Returns the draft's new tag.

    A claim that `typed` does not name stays. Stale when another page saved since `tag`.
    """
    version = versions.lock_draft(db, actor, version_id)
    kept = {claim.key: claim for claim in db.scalars(select(Claim).where(Claim.version_id == version_id))}
    read = _read(versions.capstone_of(course, version.capstone_slug).claims, typed)
    changed = {key: value for key, value in read.items() if value != _value(kept.get(key))}
    if not changed:
        return version.tag
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
    return version.tag


def _require_fresh(version: SubmissionVersion, tag: int, kept: Mapping[str, Claim]) -> None:
    if version.tag != tag:
        theirs = {key: shown(claim.value, claim.text) for key, claim in kept.items()}
        raise Stale(_("These numbers were changed from another page."), tag=version.tag, theirs=theirs)


def _read(definitions: tuple[ClaimDef, ...], typed: Mapping[str, str]) -> dict[str, float | str | None]:
    """Every number and text typed, None for an empty box; or Invalid naming every box that cannot be read."""
    found: dict[str, float | str | None] = {}
    errors: dict[str, str] = {}
    for claim in definitions:
        if claim.key not in typed:
            continue
        try:
            found[claim.key] = (read_text if claim.is_text else read_number)(typed[claim.key])
        except Unclear as unclear:
            errors[claim.key] = f"{claim.label}: {unclear}"
    if errors:
        raise Invalid(errors)
    return found


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
