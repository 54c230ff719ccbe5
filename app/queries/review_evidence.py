"""The files of a version as its reviewer sees them: facts, every finding, and what changed since the last round."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Subquery, Text, case, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from app.db import Reader
from app.domain.submissions import CheckState
from app.models import CheckResult, CheckRun, EvidenceFile, Finding

MOST_FILES = 200
MOST_FINDINGS = 4000


@dataclass(frozen=True, slots=True)
class DeskFinding:
    """A finding, reviewer-only ones included. `where` has line, last_line, row and node where known."""

    severity: str
    code: str
    message: str
    why: str
    fix: str
    where: Mapping[str, Any]
    audience: str


@dataclass(frozen=True, slots=True)
class FileBefore:
    """A file of the version rated before."""

    id: str
    slot: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DeskFile:
    """One file; `change` compares it with the version rated before ("new", "changed", "same" or "")."""

    id: UUID
    index: int
    slot: str
    name: str
    size: int
    sha256: str
    kind: str | None
    check_state: CheckState | None
    facts: Mapping[str, Any]
    change: str
    before: "FileBefore | None"
    findings: tuple[DeskFinding, ...]


def desk_files(
    db: Reader, version_id: UUID, before: Sequence[FileBefore] | None, slots: Sequence[str]
) -> tuple[DeskFile, ...]:
    """The files of a version with what the newest check says of each, and what changed since `before`.

    They come in the order of `slots`; those of slots that are not among them come last.
    """
    newest = _newest_results(version_id)
    state = (
        select(CheckRun.state)
        .where(CheckRun.file_id == EvidenceFile.id)
        .order_by(CheckRun.created_at.desc(), CheckRun.id.desc())
        .limit(1)
        .correlate(EvidenceFile)
        .scalar_subquery()
    )
    place = func.array_position(literal(list(slots), ARRAY(Text)), EvidenceFile.slot)
    rows = db.execute(
        select(
            EvidenceFile.id,
            EvidenceFile.slot,
            EvidenceFile.name,
            EvidenceFile.size,
            EvidenceFile.sha256,
            newest.c.id.label("result_id"),
            newest.c.kind,
            newest.c.facts,
            state.label("state"),
        )
        .outerjoin(newest, newest.c.file_id == EvidenceFile.id)
        .where(EvidenceFile.version_id == version_id)
        .order_by(place, EvidenceFile.slot, EvidenceFile.created_at, EvidenceFile.id)
        .limit(MOST_FILES)
    ).all()
    found = _findings(db, [row.result_id for row in rows if row.result_id])
    return tuple(_file(index, row, found, before) for index, row in enumerate(rows, start=1))


def _newest_results(version_id: UUID) -> Subquery:
    """Of each file of a version the newest result of its checks."""
    return (
        select(CheckResult)
        .ext(distinct_on(CheckResult.file_id))
        .order_by(CheckResult.file_id, CheckResult.created_at.desc(), CheckResult.id.desc())
        .join(EvidenceFile, EvidenceFile.id == CheckResult.file_id)
        .where(EvidenceFile.version_id == version_id)
        .subquery()
    )


def _file(
    index: int,
    row: Row[*tuple[Any, ...]],
    found: Mapping[UUID, list[DeskFinding]],
    before: Sequence[FileBefore] | None,
) -> DeskFile:
    change, counterpart = _change(row, before)
    return DeskFile(
        id=row.id,
        index=index,
        slot=row.slot,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        kind=row.kind,
        check_state=row.state,
        facts=row.facts or {},
        change=change,
        before=counterpart,
        findings=tuple(found.get(row.result_id, ())),
    )


def removed_files(before: Sequence[FileBefore], files: Sequence[DeskFile]) -> tuple[FileBefore, ...]:
    """The files of the version before that have neither stayed nor been replaced."""
    kept = {file.before.id for file in files if file.before}
    return tuple(file for file in before if file.id not in kept)


def files_as_json(version_id: Any) -> Any:
    """The files of a version as one JSON list of `FileBefore`, for use inside another SELECT."""
    one = func.jsonb_build_object(
        "id",
        EvidenceFile.id,
        "slot",
        EvidenceFile.slot,
        "name",
        EvidenceFile.name,
        "sha256",
        EvidenceFile.sha256,
    )
    order = (EvidenceFile.slot, EvidenceFile.created_at, EvidenceFile.id)
    return (
        select(func.jsonb_agg(aggregate_order_by(one, *order)))
        .where(EvidenceFile.version_id == version_id)
        .scalar_subquery()
    )


def _change(
    file: Row[*tuple[Any, ...]], before: Sequence[FileBefore] | None
) -> tuple[str, FileBefore | None]:
    """Against the version before: the same bytes anywhere in the slot are the same file under whatever name.

    Other bytes under the same name, or else in the same slot, are what it was changed from.
    """
    if before is None:
        return "", None
    in_slot = [each for each in before if each.slot == file.slot]
    same = next((each for each in in_slot if each.sha256 == file.sha256), None)
    if same is not None:
        return "same", same
    named = next((each for each in in_slot if each.name == file.name), None)
    counterpart = named or (in_slot[0] if in_slot else None)
    return ("changed", counterpart) if counterpart else ("new", None)


def _findings(db: Reader, result_ids: list[UUID]) -> dict[UUID, list[DeskFinding]]:
    gravity = case({"block": 0, "warn": 1, "note": 2}, value=Finding.severity, else_=3)
    found: defaultdict[UUID, list[DeskFinding]] = defaultdict(list)
    for row in db.execute(
        select(
            Finding.result_id,
            Finding.severity,
            Finding.code,
            Finding.message,
            Finding.why,
            Finding.fix,
            Finding.place,
            Finding.audience,
        )
        .where(Finding.result_id.in_(result_ids))
        .order_by(gravity, Finding.result_id, Finding.position)
        .limit(MOST_FINDINGS)
    ):
        found[row.result_id].append(DeskFinding(*row[1:]))
    return found
