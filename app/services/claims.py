"""Claims: the numbers a learner types once, to be recomputed from the evidence."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.course.values import ClaimDef, Course
from app.domain.actors import Actor
from app.domain.claims import Unclear, read_number, show_number
from app.domain.errors import Invalid, Stale
from app.models import Claim, SubmissionVersion
from app.services import audit, ledgers, versions


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
    numbers = _numbers(versions.capstone_of(course, version.capstone_slug).claims, typed)
    changed = {key: value for key, value in numbers.items() if value != _value(kept.get(key))}
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
        theirs = {key: show_number(claim.value) for key, claim in kept.items()}
        raise Stale("These numbers were changed from another page.", tag=version.tag, theirs=theirs)


def _numbers(definitions: tuple[ClaimDef, ...], typed: Mapping[str, str]) -> dict[str, float | None]:
    """Every number typed, or Invalid naming every box that cannot be read."""
    numbers: dict[str, float | None] = {}
    errors: dict[str, str] = {}
    for claim in definitions:
        if claim.key not in typed:
            continue
        try:
            numbers[claim.key] = read_number(typed[claim.key])
        except Unclear as unclear:
            errors[claim.key] = f"{claim.label}: {unclear}"
    if errors:
        raise Invalid(errors)
    return numbers


def _value(claim: Claim | None) -> float | None:
    return claim.value if claim is not None else None


def _keep(
    db: Session,
    version_id: UUID,
    claim: Claim | None,
    key: str,
    value: float | None,
    *,
    unit: str,
    now: datetime,
) -> None:
    if value is None:
        db.execute(delete(Claim).where(Claim.version_id == version_id, Claim.key == key))
    elif claim is None:
        db.add(Claim(version_id=version_id, key=key, value=value, unit=unit, typed_at=now))
    else:
        claim.value, claim.unit, claim.typed_at = value, unit, now
