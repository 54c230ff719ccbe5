"""Single evidence files, for those who may read the work they belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.db import Reader
from app.domain import reviews
from app.domain.actors import Actor, may_read_work
from app.domain.errors import NotFound
from app.domain.placing import PACKAGE, UNPLACED
from app.domain.submissions import State
from app.models import EvidenceFile, Submission, SubmissionVersion
from app.models.closed_work import is_closed_to
from app.queries.conflicts import READER


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file, whose it is, and where its bytes are. `size` in bytes, `sha256` in hex; `kind` as its author chose."""

    id: UUID
    name: str
    slot: str
    size: int
    media_type: str
    sha256: str
    kind: str | None
    staging_key: str | None
    uploaded_at: datetime | None
    stored_at: datetime | None
    version_id: UUID
    number: int
    state: State
    submitted_at: datetime | None
    capstone_slug: str
    owner_id: UUID

    @property
    def card(self) -> str:
        """The slot it is shown in: what waits for a slot stands beside the archive it came in."""
        return PACKAGE.key if self.slot == UNPLACED else self.slot

    @property
    def storage_key(self) -> str | None:
        """The object that holds the bytes: under their hash once stored, in staging before."""
        return f"evidence/{self.sha256}" if self.stored_at is not None else self.staging_key


def readable_file(db: Reader, actor: Actor, file_id: UUID) -> FileRow:
    """The file, for its author and, once sent, for reviewers and admins; NotFound for everybody else."""
    query = _files().add_columns(is_closed_to(READER).label("is_closed")).where(EvidenceFile.id == file_id)
    row = db.execute(query, {"reader_id": actor.id}).one_or_none()
    if row is None or not may_read_work(actor, owner_id=row.owner_id, was_sent=row.submitted_at is not None):
        raise NotFound
    reviews.require_open(is_closed=row.is_closed)
    return FileRow(**{name: getattr(row, name) for name in FileRow.__dataclass_fields__})


def own_file(db: Reader, actor: Actor, file_id: UUID) -> FileRow:
    """The file, for its author alone."""
    file = readable_file(db, actor, file_id)
    if file.owner_id != actor.id:
        raise NotFound
    return file


def unsettled_files(db: Reader, actor: Actor, version_id: UUID) -> list[FileRow]:
    """What has been uploaded to a version of one's own and does not lie under its hash yet."""
    rows = db.execute(
        _files()
        .where(
            EvidenceFile.version_id == version_id,
            EvidenceFile.uploaded_at.is_not(None),
            EvidenceFile.stored_at.is_(None),
            Submission.person_id == actor.id,
        )
        .order_by(EvidenceFile.created_at)
        .limit(500)
    )
    return [FileRow(**row._mapping) for row in rows]


def _files() -> Select[*tuple[Any, ...]]:
    return (
        select(
            EvidenceFile.id,
            EvidenceFile.name,
            EvidenceFile.slot,
            EvidenceFile.size,
            EvidenceFile.media_type,
            EvidenceFile.sha256,
            EvidenceFile.kind,
            EvidenceFile.staging_key,
            EvidenceFile.uploaded_at,
            EvidenceFile.stored_at,
            EvidenceFile.version_id,
            SubmissionVersion.number,
            SubmissionVersion.state,
            SubmissionVersion.submitted_at,
            SubmissionVersion.capstone_slug,
            Submission.person_id.label("owner_id"),
        )
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
    )
