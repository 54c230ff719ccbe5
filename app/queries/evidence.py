"""The evidence of one version: every file with its newest reading, its facts and what was found, in one SELECT."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.course.values import Capstone, Slot
from app.db import Reader
from app.domain.placing import PACKAGE, UNPLACED
from app.domain.submissions import CheckState, SlotFilling
from app.evidence.registry import UNKNOWN
from app.models import CheckResult, CheckRun, EvidenceFile, Finding
from app.words import _

MOST_FINDINGS = 2000
_PACKED = (PACKAGE.key, UNPLACED)


class Reading(StrEnum):
    """How far the reading of a file or slot has come, in the words of the state signs; the gravest comes first."""

    FIX = "block"
    SENDING = "sending"
    CHECKING = "running"
    BROKEN = "error"
    LOOK = "warn"
    UNREAD = "unread"
    RECEIVED = "uploaded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding that its author may read. `place` has line, last_line, row and node where known."""

    severity: str
    code: str
    message: str
    why: str
    fix: str
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file with what was found in it; `error` when our own check broke. `facts` are empty until it is read."""

    id: UUID
    slot: str
    name: str
    size: int
    sha256: str
    kind: str | None
    reading: Reading
    attempts: int
    carried: bool
    facts: Mapping[str, Any]
    findings: tuple[FindingRow, ...]
    problem: str
    """Why the file could not even be stored, such as bytes that are not those announced; empty when it was."""

    @property
    def is_moving(self) -> bool:
        """Whether this will change by itself."""
        return self.reading is Reading.CHECKING


@dataclass(frozen=True, slots=True)
class SlotCard:
    slot: Slot
    files: tuple[FileCard, ...]

    @property
    def reading(self) -> Reading:
        """The gravest of its files."""
        order = list(Reading)
        waiting = [Reading.LOOK] if self.unplaced else []
        return min(
            (*waiting, *(file.reading for file in self.files)), key=order.index, default=Reading.MISSING
        )

    @property
    def unplaced(self) -> tuple[FileCard, ...]:
        """Those that wait for their author to say where they belong."""
        return tuple(file for file in self.files if file.slot == UNPLACED)

    @property
    def unread(self) -> int:
        """How many of its files are still being read."""
        return sum(file.is_moving for file in self.files)

    @property
    def is_moving(self) -> bool:
        return self.unread > 0

    @property
    def filling(self) -> SlotFilling:
        """The same as the rules for sending see it."""
        readings = [file.reading for file in self.files]
        return SlotFilling(
            key=self.slot.key,
            title=self.slot.title,
            required=self.slot.required,
            received=sum(reading is not Reading.SENDING for reading in readings),
            unfinished=readings.count(Reading.SENDING),
            blocked=readings.count(Reading.FIX),
            checking=readings.count(Reading.CHECKING),
            unplaced=len(self.unplaced),
        )


def slot_cards(capstone: Capstone, files: list[FileCard], *, is_draft: bool) -> tuple[SlotCard, ...]:
    """The slots of the course in its order, the place for archives, what only files of an older course still name."""
    known = {*(slot.key for slot in capstone.slots), *_PACKED}
    dropped = dict.fromkeys(file.slot for file in files if file.slot not in known)
    cards = [
        SlotCard(slot, tuple(file for file in files if file.slot == slot.key))
        for slot in (*capstone.slots, *map(_dropped_slot, dropped))
    ]
    packed = tuple(file for file in files if file.slot in _PACKED)
    if is_draft or packed:
        cards.insert(len(capstone.slots), SlotCard(PACKAGE, packed))
    return tuple(cards)


def _dropped_slot(key: str) -> Slot:
    hint = _(
        "The course does not ask for this any more. What is here stays part of the work until it is removed."
    )
    return Slot(key, key, hint, kinds=(), command="", example="", checked="", required=False, many=True)


def file_cards(db: Reader, version_id: UUID) -> list[FileCard]:
    """The files in the order they came, each with its newest run and result, and every finding its author may read."""
    rows = db.execute(_CARDS, {"version_id": version_id})
    by_file: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        by_file.setdefault(row.id, []).append(row)
    return [_file(group) for group in by_file.values()]


def _is_first_of_file() -> Any:
    """True in one row of each file: facts can be long, and must not come again with every finding."""
    return func.row_number().over(partition_by=EvidenceFile.id, order_by=Finding.position) == 1


def _newest(file_id: Any, row_id: Any, created_at: Any, table: type[CheckRun] | type[CheckResult]) -> Any:
    """The ids of the newest row of each file: a newer checker's word counts, the older stays on record."""
    return (
        select(row_id)
        .join(EvidenceFile, EvidenceFile.id == file_id)
        .where(EvidenceFile.version_id == bindparam("version_id"))
        .ext(distinct_on(file_id))
        .order_by(file_id, created_at.desc(), row_id.desc())
        .select_from(table)
    )


def _file(rows: list[Row[*tuple[Any, ...]]]) -> FileCard:
    first = rows[0]
    findings = tuple(
        FindingRow(row.severity, row.code, row.message, row.why, row.fix, row.place)
        for row in rows
        if row.severity is not None
    )
    return FileCard(
        id=first.id,
        slot=first.slot,
        name=first.name,
        size=first.size,
        sha256=first.sha256,
        kind=first.kind,
        reading=_reading(first, findings),
        attempts=first.attempts or 0,
        carried=first.carried_from_id is not None,
        facts=first.facts or {},
        findings=findings,
        problem=first.check_error or "" if first.stored_at is None else "",
    )


def _reading(row: Row[*tuple[Any, ...]], findings: Iterable[FindingRow]) -> Reading:
    if row.uploaded_at is None:
        return Reading.SENDING
    if row.check_state in (CheckState.QUEUED, CheckState.RUNNING):
        return Reading.CHECKING  # also when an earlier reading is there: it was asked for again
    if row.result_id is None:
        if row.check_state is not CheckState.ERROR:
            return Reading.CHECKING
        return Reading.FIX if row.stored_at is None else Reading.BROKEN
    severities = {finding.severity for finding in findings}
    if "block" in severities:
        return Reading.FIX
    if "warn" in severities:
        return Reading.LOOK
    return Reading.UNREAD if row.kind == UNKNOWN else Reading.RECEIVED


def _cards() -> Select[*tuple[Any, ...]]:
    run = _newest(CheckRun.file_id, CheckRun.id, CheckRun.created_at, CheckRun)
    result = _newest(CheckResult.file_id, CheckResult.id, CheckResult.created_at, CheckResult)
    return (
        select(
            EvidenceFile.id,
            EvidenceFile.slot,
            EvidenceFile.name,
            EvidenceFile.size,
            EvidenceFile.sha256,
            EvidenceFile.uploaded_at,
            EvidenceFile.stored_at,
            EvidenceFile.carried_from_id,
            CheckRun.state.label("check_state"),
            CheckRun.attempts,
            case((CheckRun.state == CheckState.ERROR, CheckRun.error)).label("check_error"),
            CheckResult.id.label("result_id"),
            CheckResult.kind,
            case((_is_first_of_file(), CheckResult.facts)).label("facts"),
            Finding.severity,
            Finding.code,
            Finding.message,
            Finding.why,
            Finding.fix,
            Finding.place,
        )
        .outerjoin(CheckRun, (CheckRun.file_id == EvidenceFile.id) & CheckRun.id.in_(run))
        .outerjoin(CheckResult, (CheckResult.file_id == EvidenceFile.id) & CheckResult.id.in_(result))
        .outerjoin(Finding, (Finding.result_id == CheckResult.id) & (Finding.audience == "both"))
        .where(EvidenceFile.version_id == bindparam("version_id"))
        .order_by(EvidenceFile.created_at, EvidenceFile.id, Finding.position)
        .limit(MOST_FINDINGS)
    )


_CARDS = _cards()
"""Put together once: it is the largest statement of the submission page."""
