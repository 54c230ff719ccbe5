"""Archives: their parts become evidence files of their own, each in its slot; the archive stays beside them.

A worker unpacks. A part is a file like any other from then on: staged, hashed, stored under its hash and checked.
Nothing is ever replaced here: what would replace a file waits in `UNPLACED` until its author moves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.course.values import Course, Slot
from app.db import new_id
from app.domain.actors import Actor
from app.domain.errors import Conflict, Invalid
from app.domain.placing import PACKAGE, UNPLACED, Part, place
from app.domain.submissions import State
from app.evidence import archive
from app.evidence.archive.rules import NO_ROOM
from app.evidence.findings import Report
from app.models import CheckResult, CheckRun, EvidenceFile, Finding, Person, Submission, SubmissionVersion
from app.services import audit, checks, files, ledgers, versions
from app.services.readings import Reading
from app.words import _
from config import Limits


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A part whose bytes lie at `staging_key`: its path in the archive, the kinds it may be, size, SHA-256 in hex."""

    path: str
    kinds: tuple[str, ...]
    size: int
    sha256: str
    staging_key: str


@dataclass(frozen=True, slots=True)
class Landing:
    """How it ended: whether the result was kept, and the staging keys whose bytes nobody needs."""

    is_kept: bool
    unused: tuple[str, ...]


def is_to_be_unpacked(db: Session, file_id: UUID) -> bool:
    """Whether this archive belongs to a draft and was not unpacked before, here or where it was carried over from."""
    file, state = db.execute(
        select(EvidenceFile, SubmissionVersion.state)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .where(EvidenceFile.id == file_id)
    ).one_or_none() or (None, None)
    if file is None or state is not State.DRAFT:
        return False
    blocking = select(Finding).where(Finding.result_id == CheckResult.id, Finding.severity == "block")
    unpacked = exists().where(
        CheckResult.file_id.in_([file.id, file.carried_from_id]),
        CheckResult.kind == archive.NAME,
        ~blocking.correlate(CheckResult).exists(),
    )
    return not db.scalar(select(unpacked))


def land(
    db: Session,
    run_id: UUID,
    fence: int,
    reading: Reading,
    parts: Sequence[Unpacked],
    *,
    lease: timedelta,
    course: Course,
    limits: Limits,
    now: datetime,
) -> Landing:
    """Keep what was found in the archive and put its parts into their slots, both or neither.

    They stay out, and the report says why, when they do not fit; nothing is kept when the fence is lost.
    """
    everything = tuple(part.staging_key for part in parts)
    version = _lock_version(db, run_id)
    if version is None or not checks.renew(db, run_id, fence, lease=lease, now=now):
        return Landing(is_kept=False, unused=everything)
    packed, landing = _file_of(db, run_id), []
    if version.state is State.DRAFT:
        packed.slot = PACKAGE.key  # first: it takes no place that a part of it could need
        present = versions.files_of(db, version.id)
        landing = _placed(course, version, parts, present)
        if reason := _no_room([part for part, _ in landing], present, limits):
            reading, landing = replace(reading, report=_with(reading.report, reason)), []
    kept = _keep(db, run_id, fence, reading, course=course, now=now)
    author = _author(db, version).name
    for part, slot in landing:
        _add(db, version.id, part, files.kept_name(part.path, author, course), slot, now=now)
    if landing:
        _note(db, version, packed, len(landing), now=now)
    used = {part.staging_key for part, _ in landing}
    return Landing(kept, tuple(key for key in everything if key not in used))


def place_alone(db: Session, file_id: UUID, kind: str, *, course: Course) -> None:
    """A file that was put where archives go and is none: into its own slot when there is no doubt."""
    version = db.scalars(
        select(SubmissionVersion)
        .join(EvidenceFile, EvidenceFile.version_id == SubmissionVersion.id)
        .where(EvidenceFile.id == file_id)
        .with_for_update(of=SubmissionVersion, key_share=True)
    ).one_or_none()
    if version is None or version.state is not State.DRAFT:
        return
    file = db.get_one(EvidenceFile, file_id, populate_existing=True)
    if file.slot == PACKAGE.key and kind != archive.NAME:
        taken = {each.slot for each in versions.files_of(db, version.id)}
        slots = versions.capstone_of(course, version.capstone_slug).slots
        file.slot = place([Part(file.name, (kind,))], slots, taken)[0] or UNPLACED


ONE_PLACE = _(
    "Another of these files was put into that slot, and it takes one. Choose a slot for one of them."
)
HAS_A_SLOT = _("This file has a slot already. Remove it there first, then upload it where it belongs.")


def move(
    db: Session,
    actor: Actor,
    file_id: UUID,
    slot_key: str,
    *,
    replaces: frozenset[UUID],
    course: Course,
    now: datetime,
) -> list[str]:
    """Put a file that waits into a slot; the staging keys whose objects can go.

    A slot for one file gives up what it holds, and only if that is what the author was shown as `replaces`.
    """
    file = files.lock_own(db, actor, file_id)
    slot = _slot(db, course, file, slot_key)
    if file.slot == slot.key:
        return []
    if file.slot != UNPLACED:
        raise Conflict(HAS_A_SLOT)
    there = (
        [] if slot.many else [one for one in versions.files_of(db, file.version_id) if one.slot == slot.key]
    )
    if {one.id for one in there} != replaces:
        raise Conflict(
            _(
                "“%(title)s” has changed since this page was opened. Look at it, then choose again.",
                title=slot.title,
            )
        )
    for one in there:
        db.delete(one)
    file.slot = slot.key
    audit.record(
        db, actor.id, "file.move", "evidence_file", file_id, subject_id=actor.id, slot=slot.key, replaced=len(there),
        now=now,
    )  # fmt: skip
    db.flush()  # the ledger below must see the slots as they are now
    ledgers.reckon(db, file.version_id, course=course, now=now)
    return [one.staging_key for one in there if one.staging_key]


def move_all(
    db: Session,
    actor: Actor,
    moves: Sequence[tuple[UUID, str, frozenset[UUID]]],
    *,
    course: Course,
    now: datetime,
) -> list[str]:
    """Put several files that wait into slots as `move` does, all or none; the staging keys whose objects can go.

    Raises Invalid with a sentence under the id of the file that cannot go where it was put.
    """
    keys: list[str] = []
    filled: set[str] = set()
    for file_id, slot_key, replaces in moves:
        try:
            if slot_key in filled:
                raise Conflict(ONE_PLACE)
            keys += move(db, actor, file_id, slot_key, replaces=replaces, course=course, now=now)
            if not _slot(db, course, db.get_one(EvidenceFile, file_id), slot_key).many:
                filled.add(slot_key)
        except Invalid as refused:
            raise Invalid({str(file_id): next(iter(refused.errors.values()))}) from refused
        except Conflict as refused:
            raise Invalid({str(file_id): refused.sentence}) from refused
    return keys


def _lock_version(db: Session, run_id: UUID) -> SubmissionVersion | None:
    """The version of the archive, locked; None when the archive was removed meanwhile."""
    return db.scalars(
        select(SubmissionVersion)
        .join(EvidenceFile, EvidenceFile.version_id == SubmissionVersion.id)
        .join(CheckRun, CheckRun.file_id == EvidenceFile.id)
        .where(CheckRun.id == run_id)
        .with_for_update(of=SubmissionVersion, key_share=True)
    ).one_or_none()


def _file_of(db: Session, run_id: UUID) -> EvidenceFile:
    return db.scalars(
        select(EvidenceFile).join(CheckRun, CheckRun.file_id == EvidenceFile.id).where(CheckRun.id == run_id)
    ).one()


def _placed(
    course: Course, version: SubmissionVersion, parts: Sequence[Unpacked], present: Sequence[EvidenceFile]
) -> list[tuple[Unpacked, str]]:
    """Each part that lands, with its slot: none that no slot asks for, none whose bytes are there already."""
    slots = versions.capstone_of(course, version.capstone_slug).slots
    there = {(file.slot, file.sha256) for file in present if file.uploaded_at is not None}
    placed = place([Part(part.path, part.kinds) for part in parts], slots, {file.slot for file in present})
    landing = []
    for part, slot in zip(parts, placed, strict=True):
        known = {slot for slot, sha256 in there if sha256 == part.sha256} - {PACKAGE.key}
        if slot is None or slot in known or (slot == UNPLACED and known):
            continue
        there.add((slot, part.sha256))
        landing.append((part, slot))
    return landing


def _no_room(parts: Sequence[Unpacked], present: Sequence[EvidenceFile], limits: Limits) -> str:
    """Why the parts do not fit beside what is there; empty when they do."""
    total = sum(file.size for file in present) + sum(part.size for part in parts)
    if parts and len(present) + len(parts) > limits.version_files:
        return (
            f"its {len(parts)} files and the {len(present)} that are here make more than the "
            f"{limits.version_files} of one version."
        )
    if parts and total > limits.version_bytes:
        return f"all files of one version together must stay under {limits.version_bytes // files.MIB} MB."
    if any(part.size > limits.file_bytes for part in parts):
        return f"a file in it has over {limits.file_bytes // files.MIB} MB."
    return ""


def _with(report: Report, reason: str) -> Report:
    return replace(report, findings=(*report.findings, NO_ROOM.at(reason=reason)))


def _keep(db: Session, run_id: UUID, fence: int, reading: Reading, *, course: Course, now: datetime) -> bool:
    return checks.finish(
        db, run_id, fence, reading.report, sandbox=reading.sandbox, took_ms=reading.took_ms, course=course, now=now
    )  # fmt: skip


def _add(db: Session, version_id: UUID, part: Unpacked, name: str, slot: str, *, now: datetime) -> None:
    file = EvidenceFile(
        id=new_id(),
        version_id=version_id,
        slot=slot,
        name=name,
        size=part.size,
        media_type=files.ANY_BYTES,
        sha256=part.sha256,
        staging_key=part.staging_key,
        created_at=now,
        uploaded_at=now,
    )
    db.add(file)
    db.flush()  # the check refers to it
    checks.promise_check(db, file.id, now=now)


def _note(
    db: Session, version: SubmissionVersion, packed: EvidenceFile, count: int, *, now: datetime
) -> None:
    person_id = _author(db, version).id
    audit.record(
        db, None, "file.unpack", "evidence_file", packed.id, subject_id=person_id, sha256=packed.sha256, parts=count,
        now=now,
    )  # fmt: skip


def _author(db: Session, version: SubmissionVersion) -> Person:
    return db.scalars(select(Person).join(Submission).where(Submission.id == version.submission_id)).one()


def _slot(db: Session, course: Course, file: EvidenceFile, key: str) -> Slot:
    version = db.get_one(SubmissionVersion, file.version_id)
    for slot in versions.capstone_of(course, version.capstone_slug).slots:
        if slot.key == key:
            return slot
    raise Invalid({"place": _("Choose one of the slots in the list.")})
