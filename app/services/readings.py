"""What has been read before: the same bytes under the same checker give the same report, so it is read once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.evidence.findings import Audience, Report, Severity, Where
from app.evidence.findings import Finding as Found
from app.models import CheckResult, CheckRun, EvidenceFile, Finding

ENDING = "[.][^.]*$"
"""The part of a file's name that is a hint about its kind, as PostgreSQL's substring takes it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A report, the level of the sandbox it was made in, and the milliseconds it took."""

    report: Report
    sandbox: str
    took_ms: int


def known(db: Session, run_id: UUID, *, name: str, sha256: str) -> Reading | None:
    """What this checker has read in the same bytes under the same ending before: the same report, at no cost.

    A version carried over to the next round, or a file sent again, is not read twice.
    """
    earlier = db.scalars(
        select(CheckResult)
        .join(EvidenceFile, EvidenceFile.id == CheckResult.file_id)
        .join(CheckRun, CheckRun.id == run_id)
        .where(
            CheckResult.file_sha256 == sha256,
            CheckResult.checker == CheckRun.checker,
            CheckResult.checker_version == CheckRun.checker_version,
            func.substring(EvidenceFile.name, ENDING) == func.substring(name, ENDING),
        )
        .options(selectinload(CheckResult.findings))
        .limit(1)
    ).first()
    if earlier is None:
        return None
    report = Report(
        earlier.kind,
        earlier.confidence,
        earlier.facts,
        tuple(map(_found, earlier.findings)),
        fingerprint=earlier.fingerprint or "",
    )
    return Reading(report, earlier.sandbox, earlier.took_ms)


def _found(kept: Finding) -> Found:
    return Found(
        code=kept.code,
        severity=Severity(kept.severity),
        message=kept.message,
        why=kept.why,
        fix=kept.fix,
        where=Where(**kept.place),
        numbers=kept.numbers,
        audience=Audience(kept.audience),
    )
