"""Checks of evidence: promised with the upload, claimed by a worker under a lease, finished only if its fence holds.

A worker that was stopped past its lease comes back with an old fence, and what it brings is thrown away (I12).
`error` means that our tool broke: it never counts against the learner (I14).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.course import Course
from app.db import new_id
from app.domain.submissions import CheckState, State
from app.domain.switches import Switch
from app.evidence import registry
from app.evidence.findings import Finding as Found
from app.evidence.findings import Report
from app.models import CheckResult, CheckRun, EvidenceFile, Finding, SubmissionVersion
from app.services import ledgers, outbox, switches

CHECKER = "evidence"
AS_KIND = "evidence as "
FIRST_PAUSE = timedelta(seconds=2)
_RUN = (CheckRun.id, CheckRun.fence, CheckRun.attempts, CheckRun.file_id, CheckRun.checker)
_FILE = (
    EvidenceFile.name,
    EvidenceFile.size,
    EvidenceFile.sha256,
    EvidenceFile.staging_key,
    EvidenceFile.slot,
)


@dataclass(frozen=True, slots=True)
class ClaimedCheck:
    """One file to read, and the fence its result must show. `staging_key` is None once the bytes are stored.

    `kind` is what its author says it is; None leaves that to what is in it.
    """

    run_id: UUID
    fence: int
    attempts: int
    file_id: UUID
    name: str
    size: int
    sha256: str
    staging_key: str | None
    slot: str
    kind: str | None
    promised_at: datetime


def promise_check(db: Session, file_id: UUID, *, kind: str | None = None, now: datetime) -> None:
    """Owe this file a check by the present checker, as `kind` if its author says so; once, however often promised."""
    _promise(db, file_id, kind, registry.VERSION, now=now)


def promise_another(db: Session, file_id: UUID, *, kind: str | None, now: datetime) -> None:
    """Owe this file one more check, after its author has said what kind it is; the newest reading counts."""
    earlier = db.scalar(select(func.count()).where(CheckRun.file_id == file_id))
    _promise(db, file_id, kind, f"{registry.VERSION}+{earlier}", now=now)


def promise_newer(db: Session, *, now: datetime, limit: int = 200) -> int:
    """Owe a check by the present checker to the files of drafts that only older ones have read; how many."""
    present = exists().where(
        CheckRun.file_id == EvidenceFile.id,
        or_(
            CheckRun.checker_version == registry.VERSION,
            CheckRun.checker_version.startswith(f"{registry.VERSION}+"),
        ),
    )
    waiting = db.execute(
        select(EvidenceFile.id, EvidenceFile.kind)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .where(SubmissionVersion.state == State.DRAFT, EvidenceFile.stored_at.is_not(None), ~present)
        .order_by(EvidenceFile.id)
        .limit(limit)
    ).all()
    for file in waiting:
        promise_check(db, file.id, kind=file.kind, now=now)
    return len(waiting)


def _promise(db: Session, file_id: UUID, kind: str | None, version: str, *, now: datetime) -> None:
    db.execute(
        insert(CheckRun)
        .values(
            id=new_id(),
            file_id=file_id,
            checker=CHECKER if kind is None else AS_KIND + kind,
            checker_version=version,
            state=CheckState.QUEUED,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["file_id", "checker", "checker_version"])
    )
    outbox.is_due(db)


def any_due(db: Session, *, now: datetime) -> bool:
    """Whether a worker would find a check to do."""
    due = db.scalar(select(exists().where(_is_due(now)))) or False
    return due and switches.is_paused(db, Switch.CHECKS) is None


def claim_check(db: Session, *, lease: timedelta, now: datetime) -> ClaimedCheck | None:
    """Take the check that has been due longest, also from a worker whose lease has ended; None if none is due.

    While checks are paused nothing is taken.
    """
    if switches.is_paused(db, Switch.CHECKS) is not None:
        return None
    oldest = (
        select(CheckRun.id)
        .where(_is_due(now))
        .order_by(CheckRun.due_at, CheckRun.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = db.execute(
        update(CheckRun)
        .where(CheckRun.id == oldest)
        .values(
            state=CheckState.RUNNING,
            fence=CheckRun.fence + 1,
            attempts=CheckRun.attempts + 1,
            lease_until=now + lease,
            started_at=now,
        )
        .returning(*_RUN, CheckRun.created_at)
    ).one_or_none()
    if taken is None:
        return None
    file = db.execute(select(*_FILE).where(EvidenceFile.id == taken.file_id)).one()
    kind = taken.checker.removeprefix(AS_KIND) if taken.checker.startswith(AS_KIND) else None
    return ClaimedCheck(taken.id, taken.fence, taken.attempts, taken.file_id, *file, kind, taken.created_at)


def renew(db: Session, run_id: UUID, fence: int, *, lease: timedelta, now: datetime) -> bool:
    """Keep the claim for another `lease`; False when it is lost."""
    return _close(db, run_id, fence, lease_until=now + lease)


def finish(
    db: Session,
    run_id: UUID,
    fence: int,
    report: Report,
    *,
    sandbox: str,
    took_ms: int,
    course: Course,
    now: datetime,
) -> bool:
    """Keep what was found and settle the ledger; False, and nothing kept, when the fence is lost."""
    _lock_version(db, run_id)
    if not _close(db, run_id, fence, state=CheckState.DONE, lease_until=None, finished_at=now, error=None):
        return False
    run, file = db.execute(
        select(CheckRun, EvidenceFile)
        .join(EvidenceFile, EvidenceFile.id == CheckRun.file_id)
        .where(CheckRun.id == run_id)
    ).one()
    result = CheckResult(
        id=new_id(),
        file_id=file.id,
        checker=run.checker,
        checker_version=run.checker_version,
        file_sha256=file.sha256,
        kind=report.kind,
        confidence=report.confidence,
        facts=dict(report.facts),
        fingerprint=report.fingerprint or None,
        sandbox=sandbox,
        took_ms=took_ms,
        created_at=now,
    )
    db.add(result)
    db.flush()  # the findings below refer to it
    db.add_all(_finding(result.id, position, found) for position, found in enumerate(report.findings))
    db.flush()  # the ledger below reads them
    ledgers.reckon(db, file.version_id, course=course, now=now)
    return True


def fail(db: Session, run_id: UUID, fence: int, error: str, *, attempts_max: int, now: datetime) -> bool:
    """Try again later or, after `attempts_max` attempts, say that our check broke. False when the fence is lost."""
    attempts = db.scalar(select(CheckRun.attempts).where(CheckRun.id == run_id)) or 0
    if attempts >= attempts_max:
        return give_up(db, run_id, fence, error, now=now)
    pause = FIRST_PAUSE * 4 ** max(0, attempts - 1)
    return _close(
        db, run_id, fence, state=CheckState.QUEUED, lease_until=None, due_at=now + pause, error=error
    )


def give_up(db: Session, run_id: UUID, fence: int, error: str, *, now: datetime) -> bool:
    """End the check without a result; `error` is the sentence people read."""
    return _close(db, run_id, fence, state=CheckState.ERROR, lease_until=None, finished_at=now, error=error)


def give_back(db: Session, run_id: UUID, fence: int, *, now: datetime) -> bool:
    """Let another worker have it at once; the attempt does not count."""
    return postpone(db, run_id, fence, None, pause=timedelta(), now=now)


def postpone(
    db: Session, run_id: UUID, fence: int, error: str | None, *, pause: timedelta, now: datetime
) -> bool:
    """Wait for a part we rely on; the attempt does not count. False when the fence is lost."""
    return _close(
        db,
        run_id,
        fence,
        state=CheckState.QUEUED,
        lease_until=None,
        due_at=now + pause,
        attempts=CheckRun.attempts - 1,
        error=error,
    )


def _lock_version(db: Session, run_id: UUID) -> None:
    """One check of a version settles at a time, so that the last one's ledger has seen all the others.

    Taken before the run, in the order in which removing a file locks them.
    """
    db.execute(
        select(SubmissionVersion.id)
        .join(EvidenceFile, EvidenceFile.version_id == SubmissionVersion.id)
        .join(CheckRun, CheckRun.file_id == EvidenceFile.id)
        .where(CheckRun.id == run_id)
        .with_for_update(of=SubmissionVersion, key_share=True)
    )


def _is_due(now: datetime) -> Any:
    return or_(
        and_(CheckRun.state == CheckState.QUEUED, CheckRun.due_at <= now),
        and_(CheckRun.state == CheckState.RUNNING, CheckRun.lease_until < now),
    )


def _close(db: Session, run_id: UUID, fence: int, **values: Any) -> bool:
    """Change the run if it is still ours: one guarded UPDATE."""
    changed = db.execute(
        update(CheckRun)
        .where(CheckRun.id == run_id, CheckRun.fence == fence, CheckRun.state == CheckState.RUNNING)
        .values(**values)
        .returning(CheckRun.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None


def _finding(result_id: UUID, position: int, found: Found) -> Finding:
    return Finding(
        result_id=result_id,
        position=position,
        code=found.code,
        severity=found.severity.value,
        audience=found.audience.value,
        message=found.message,
        why=found.why,
        fix=found.fix,
        place=_place(asdict(found.where)),
        numbers=dict(found.numbers),
    )


def _place(where: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in where.items() if value is not None}
