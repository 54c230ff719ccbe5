"""Evidence files of a draft: begun, confirmed, stored, removed, and swept when nobody finished them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.course.values import Course, Slot
from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.file_names import clean_name, clean_path, without_name
from app.domain.placing import PACKAGE
from app.domain.switches import Switch
from app.evidence import registry
from app.evidence.archive.formats import is_named_like_one
from app.models import EvidenceFile, SubmissionVersion
from app.services import audit, checks, ledgers, switches, versions
from app.words import _
from config import Limits

SHA256 = re.compile(r"[0-9a-f]{64}")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
ANY_BYTES = "application/octet-stream"
ABANDONED = timedelta(hours=24)
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Offer:
    """A file as the browser announces it: size in bytes, SHA-256 in hex, the rest a hint."""

    slot: str
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What a presigned request must be bound to."""

    file_id: UUID
    staging_key: str
    size: int
    media_type: str
    sha256: str


def begin(
    db: Session,
    actor: Actor,
    version_id: UUID,
    offer: Offer,
    *,
    course: Course,
    limits: Limits,
    now: datetime,
) -> Begun:
    """Make room for one upload in a draft. An unfinished try with the same bytes in the same slot gives way to it."""
    version = versions.lock_draft(db, actor, version_id)
    switches.require_running(db, Switch.UPLOADS)
    offer = replace(offer, slot=slot_for(offer.slot, offer.name))
    slot = _slot(course, version, offer.slot)
    _require_checksum(offer)
    _forget_unfinished(db, version_id, offer)
    _require_fitting(offer, versions.files_of(db, version_id), slot, limits)
    file = EvidenceFile(
        id=new_id(),
        version_id=version_id,
        slot=slot.key,
        name=kept_name(clean_name(offer.name), actor.name, course),
        size=offer.size,
        media_type=_media_type(offer.media_type),
        sha256=offer.sha256,
        created_at=now,
    )
    file.staging_key = f"staging/{file.id}"
    db.add(file)
    audit.record(
        db, actor.id, "file.begin", "evidence_file", file.id, subject_id=actor.id, size=offer.size, now=now
    )
    return Begun(file.id, file.staging_key, file.size, file.media_type, file.sha256)


def slot_for(slot: str, name: str) -> str:
    """Where a file of that name goes when it is brought to `slot`: an archive never takes the place of a file."""
    return PACKAGE.key if is_named_like_one(name) else slot


def confirm(db: Session, actor: Actor, file_id: UUID, *, course: Course, now: datetime) -> bool:
    """Take in a file whose bytes were seen in staging and promise its check; False, and no change, a second time.

    In a slot for one file the new one replaces the others, so a failed upload never costs the old file.
    """
    file = lock_own(db, actor, file_id)
    if file.uploaded_at is not None:
        return False
    file.uploaded_at = now
    version = db.get_one(SubmissionVersion, file.version_id)
    if not _slot(course, version, file.slot).many:
        db.execute(
            delete(EvidenceFile).where(
                EvidenceFile.version_id == file.version_id,
                EvidenceFile.slot == file.slot,
                EvidenceFile.id != file.id,
            )
        )
    audit.record(
        db,
        actor.id,
        "file.confirm",
        "evidence_file",
        file_id,
        subject_id=actor.id,
        sha256=file.sha256,
        now=now,
    )
    checks.promise_check(db, file_id, now=now)
    ledgers.reckon(db, file.version_id, course=course, now=now)
    return True


def remove(db: Session, actor: Actor, file_id: UUID, *, course: Course, now: datetime) -> str | None:
    """Take a file out of a draft, with what was found in it; the staging key whose object can go, if it has one."""
    file = lock_own(db, actor, file_id)
    key, version_id = file.staging_key, file.version_id
    db.execute(delete(EvidenceFile).where(EvidenceFile.id == file_id))
    audit.record(
        db,
        actor.id,
        "file.remove",
        "evidence_file",
        file_id,
        subject_id=actor.id,
        sha256=file.sha256,
        now=now,
    )
    ledgers.reckon(db, version_id, course=course, now=now)
    return key


def choose_kind(db: Session, actor: Actor, file_id: UUID, kind: str | None, *, now: datetime) -> None:
    """Have a file read as this kind, or by what is in it when `kind` is None. The same choice again changes nothing."""
    file = lock_own(db, actor, file_id)
    if kind is not None and kind not in registry.KINDS_BY_NAME:
        raise Invalid({"kind": _("Choose one of the kinds in the list.")})
    if file.uploaded_at is None:
        raise Conflict(_("This upload has not finished. Choose the file again first."))
    if file.kind == kind:
        return
    file.kind = kind
    audit.record(
        db, actor.id, "file.kind", "evidence_file", file_id, subject_id=actor.id, kind=kind or "", now=now
    )
    checks.promise_another(db, file_id, kind=kind, now=now)


def lock_own(db: Session, actor: Actor, file_id: UUID) -> EvidenceFile:
    """The file, its draft locked; NotFound for everybody but its author."""
    version_id = db.scalar(select(EvidenceFile.version_id).where(EvidenceFile.id == file_id))
    if version_id is None:
        raise NotFound
    versions.lock_draft(db, actor, version_id)
    file = db.get(EvidenceFile, file_id, populate_existing=True)
    if file is None:  # removed by whoever held the lock before
        raise NotFound
    return file


def mark_stored(db: Session, file_id: UUID, *, now: datetime) -> bool:
    """Note that the bytes lie under their hash; one marked already stays so. False when it was removed meanwhile."""
    db.execute(
        update(EvidenceFile)
        .where(
            EvidenceFile.id == file_id,
            EvidenceFile.uploaded_at.is_not(None),
            EvidenceFile.stored_at.is_(None),
        )
        .values(stored_at=now, staging_key=None)
    )
    return db.scalar(select(EvidenceFile.id).where(EvidenceFile.id == file_id)) is not None


def sweep(db: Session, *, now: datetime, limit: int = 100) -> list[str]:
    """Forget uploads nobody finished within a day; the staging keys whose objects can be deleted after commit."""
    abandoned = (
        select(EvidenceFile.id)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .where(
            EvidenceFile.uploaded_at.is_(None),
            EvidenceFile.stored_at.is_(None),
            EvidenceFile.created_at < now - ABANDONED,
            SubmissionVersion.submitted_at.is_(None),
        )
        .order_by(EvidenceFile.created_at)
        .limit(limit)
        .with_for_update(of=EvidenceFile, skip_locked=True)
    )
    keys = db.scalars(
        delete(EvidenceFile)
        .where(EvidenceFile.id.in_(abandoned.scalar_subquery()))
        .returning(EvidenceFile.staging_key)
    ).all()
    if keys:
        audit.record(db, None, "file.sweep", "evidence_file", "unfinished", count=len(keys), now=now)
    return [key for key in keys if key]


def unreferenced(db: Session, keys: Collection[str]) -> list[str]:
    """Those storage keys, `staging/…` or `evidence/…`, that no row names any more (I3)."""
    hashes = {key.removeprefix("evidence/") for key in keys if key.startswith("evidence/")}
    staged = {key for key in keys if key.startswith("staging/")}
    stored = db.scalars(select(EvidenceFile.sha256).where(EvidenceFile.sha256.in_(hashes)).distinct())
    named = {f"evidence/{sha256}" for sha256 in stored}
    named.update(
        key
        for key in db.scalars(select(EvidenceFile.staging_key).where(EvidenceFile.staging_key.in_(staged)))
        if key
    )
    return sorted((staged | {f"evidence/{sha256}" for sha256 in hashes}) - named)


def kept_name(path: str, author: str, course: Course) -> str:
    """The name a file goes by, with its folders; while reviews are blind, one that does not say whose it is."""
    name = clean_path(path)
    return without_name(name, author) if course.reviewing.blind else name


def _slot(course: Course, version: SubmissionVersion, key: str) -> Slot:
    for slot in (*versions.capstone_of(course, version.capstone_slug).slots, PACKAGE):
        if slot.key == key:
            return slot
    raise Invalid({"slot": _("This capstone has no such slot any more. Open the page again.")})


def _forget_unfinished(db: Session, version_id: UUID, offer: Offer) -> None:
    db.execute(
        delete(EvidenceFile).where(
            EvidenceFile.version_id == version_id,
            EvidenceFile.slot == offer.slot,
            EvidenceFile.sha256 == offer.sha256,
            EvidenceFile.uploaded_at.is_(None),
        )
    )


def _require_fitting(offer: Offer, files: Sequence[EvidenceFile], slot: Slot, limits: Limits) -> None:
    """Refuse what is empty or over a limit; files that this one will replace do not count."""
    staying = [file for file in files if slot.many or file.slot != slot.key]
    total = sum(file.size for file in staying) + offer.size
    if offer.size <= 0:
        problem = _("The file is empty. Make the recording again and check that it holds lines.")
    elif offer.size > limits.file_bytes:
        problem = _(
            "The file must be smaller than %(mib)s MB. Compress it with gzip.", mib=limits.file_bytes // MIB
        )
    elif total > limits.version_bytes:
        problem = _(
            "All files of one version together must stay under %(mib)s MB. Remove one.",
            mib=limits.version_bytes // MIB,
        )
    elif len(staying) >= limits.version_files:
        problem = _(
            "One version holds at most %(version_files)s files. Remove one first.",
            version_files=limits.version_files,
        )
    elif any(file.slot == slot.key and _same(file, offer) for file in staying):
        problem = _("“%(slot)s” holds exactly this file already.", slot=slot.title)
    else:
        return
    raise Invalid({"file": problem})


def _require_checksum(offer: Offer) -> None:
    if SHA256.fullmatch(offer.sha256) is None:
        problem = _("The upload began without a checksum. Open the page again and choose the file once more.")
        raise Invalid({"file": problem})


def _same(file: EvidenceFile, offer: Offer) -> bool:
    return file.uploaded_at is not None and file.sha256 == offer.sha256


def _media_type(typed: str) -> str:
    """The browser's hint when it looks like a type; nothing depends on it."""
    plain = typed.split(";")[0].strip().lower()
    return plain if MEDIA_TYPE.fullmatch(plain) else ANY_BYTES
