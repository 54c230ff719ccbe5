"""The claim ledger of a version, made anew whenever a claim, a file or a reading of a file changes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from app.course.values import Capstone, ClaimDef, Course
from app.evidence import comparison, ledger, registry
from app.evidence.claims import Claim as Claimed
from app.evidence.claims import FileFacts
from app.evidence.findings import Finding as Found
from app.evidence.findings import Severity
from app.evidence.generic import COPIED
from app.models import CheckResult, Claim, EvidenceFile, Finding, Ledger, Submission, SubmissionVersion

AGREEING = frozenset({"agrees", "inside_noise"})


def reckon(db: Session, version_id: UUID, *, course: Course, now: datetime) -> None:
    """Compare what is claimed with what was read, and keep the result. May run twice.

    One reckoning of a version at a time: the last one has seen every reading that was committed.
    """
    db.flush()  # the claims and readings of this transaction count
    version = db.get_one(SubmissionVersion, version_id, with_for_update={"key_share": True})
    try:
        capstone = course.capstone(version.capstone_slug)
    except KeyError:  # the course has dropped it: what was reckoned then stays
        return
    results = _newest_results(db, version_id)
    claims = _claims(db, version_id, capstone)
    files = [_file(row) for row in results]
    rows = ledger.reckon(claims, files)
    between = (*comparison.compare(files, claims, capstone.pairs), *_copies(db, version, files))
    counted = _severities(db, [row.id for row in results])
    counted.update(found.severity for found in between)
    verdicts = Counter(row.verdict for row in rows)
    _keep(
        db,
        version_id,
        rows=[asdict(row) for row in rows],
        comparison=[_as_json(found) for found in between],
        agreeing=sum(verdicts[verdict] for verdict in AGREEING),
        contradicted=verdicts["contradicts"],
        unchecked=verdicts["unchecked"],
        blocked=counted[Severity.BLOCK],
        warned=counted[Severity.WARN],
        made_at=now,
    )


def blocked_files(db: Session, version_id: UUID) -> frozenset[UUID]:
    """The files whose newest reading says that they are no evidence."""
    results = {row.id: row.file_id for row in _newest_results(db, version_id)}
    blocking = db.scalars(
        select(Finding.result_id).where(
            Finding.result_id.in_(results), Finding.severity == Severity.BLOCK.value
        )
    )
    return frozenset(results[result_id] for result_id in blocking)


def _file(row: Row[Any]) -> FileFacts:
    """What was read. Facts of an older checker may have another shape: the file waits for its next reading."""
    is_current = row.checker_version.partition("+")[0] == registry.VERSION
    facts = row.facts if is_current else {}
    return FileFacts(row.slot, row.name, row.kind, row.sha256, facts, row.fingerprint or "")


def _copies(db: Session, version: SubmissionVersion, files: Sequence[FileFacts]) -> Iterator[Found]:
    """The files whose text is also in the work of others; for reviewers, and nobody is named."""
    author = select(Submission.person_id).where(Submission.id == version.submission_id).scalar_subquery()
    found = db.execute(
        select(CheckResult.fingerprint, func.count(Submission.person_id.distinct()))
        .join(EvidenceFile, EvidenceFile.id == CheckResult.file_id)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(
            CheckResult.fingerprint.in_({file.fingerprint for file in files if file.fingerprint}),
            Submission.person_id != author,
        )
        .group_by(CheckResult.fingerprint)
    )
    others = dict(found.all())
    for file in files:
        if file.fingerprint in others:
            yield COPIED.at(file=file.name, others=others[file.fingerprint])


def _newest_results(db: Session, version_id: UUID) -> Sequence[Row[Any]]:
    """One row a file that has been read: what its newest reading says."""
    return db.execute(
        select(
            CheckResult.id,
            CheckResult.file_id,
            CheckResult.kind,
            CheckResult.facts,
            CheckResult.fingerprint,
            CheckResult.checker_version,
            EvidenceFile.slot,
            EvidenceFile.name,
            EvidenceFile.sha256,
        )
        .join(EvidenceFile, EvidenceFile.id == CheckResult.file_id)
        .where(EvidenceFile.version_id == version_id)
        .ext(distinct_on(CheckResult.file_id))
        .order_by(CheckResult.file_id, CheckResult.created_at.desc(), CheckResult.id.desc())
    ).all()


def _claims(db: Session, version_id: UUID, capstone: Capstone) -> list[Claimed]:
    """What was claimed, once a slot, in the order of the course; a claim the course has dropped is left out."""
    typed = {claim.key: claim for claim in db.scalars(select(Claim).where(Claim.version_id == version_id))}
    titles = {slot.key: slot.title for slot in capstone.slots}
    return [
        _claimed(definition, typed[definition.key], slot, titles[slot])
        for definition in capstone.claims
        if definition.key in typed
        for slot in (definition.slot, *definition.also)
    ]


def _claimed(definition: ClaimDef, typed: Claim, slot: str, title: str) -> Claimed:
    is_first = slot == definition.slot
    return Claimed(
        key=definition.key if is_first else f"{definition.key}-{slot}",
        label=f"{definition.label} ({title.rpartition(': ')[2]})" if definition.also else definition.label,
        metric=definition.metric,
        value=typed.value or 0.0,
        unit=typed.unit,
        slot=slot,
        side=definition.side,
        layer=definition.layer,
        text=typed.text or "",
    )


def _severities(db: Session, result_ids: Sequence[UUID]) -> Counter[str]:
    rows = db.execute(
        select(Finding.severity, func.count())
        .where(Finding.result_id.in_(result_ids))
        .group_by(Finding.severity)
    )
    return Counter(dict(rows.all()))


def _keep(db: Session, version_id: UUID, **values: Any) -> None:
    db.execute(
        insert(Ledger)
        .values(version_id=version_id, **values)
        .on_conflict_do_update(index_elements=["version_id"], set_=values)
        .execution_options(populate_existing=True)
    )


def _as_json(found: Found) -> dict[str, Any]:
    place = {key: value for key, value in asdict(found.where).items() if value is not None}
    return {
        "code": found.code,
        "severity": found.severity.value,
        "audience": found.audience.value,
        "message": found.message,
        "why": found.why,
        "fix": found.fix,
        "place": place,
        "numbers": dict(found.numbers),
    }
