"""Whether the bucket still holds what was sent, byte for byte (I2, I3): a sample, read whole and hashed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters.storage import Storage, StorageMissing
from app.models import EvidenceFile, SubmissionVersion

FILES = 25
BYTES = 64 * 1024 * 1024
"""A sample is so many files and so many bytes at most, and one file at least."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a sent version: its hash is its key."""

    sha256: str
    size: int


def sample(db: Session) -> tuple[list[Kept], int]:
    """Files of sent versions chosen by chance, another choice each time, and how many there are."""
    sent = (
        select(EvidenceFile.sha256, EvidenceFile.size)
        .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
        .where(SubmissionVersion.submitted_at.is_not(None), EvidenceFile.stored_at.is_not(None))
        .distinct()
        .subquery()
    )
    count = db.scalar(select(func.count()).select_from(sent)) or 0
    rows = db.execute(select(sent.c.sha256, sent.c.size).order_by(func.random()).limit(FILES))
    return list(_within(Kept(*row) for row in rows)), count


def wrong(storage: Storage, files: Sequence[Kept]) -> Iterator[str]:
    """A sentence for each file that is gone or is not what it was."""
    for file in files:
        try:
            digest, size = _hashed(storage, f"evidence/{file.sha256}")
        except StorageMissing:
            yield f"I3: evidence/{file.sha256} is not in the bucket: bring it back from a copy of the bucket."
            continue
        if (digest, size) != (file.sha256, file.size):
            yield (
                f"I2: evidence/{file.sha256} is not what was sent: bring its earlier version back, "
                "and find out who may write to the bucket."
            )


def _within(files: Iterator[Kept]) -> Iterator[Kept]:
    total = 0
    for file in files:
        total += file.size
        if total > BYTES and total != file.size:
            return
        yield file


def _hashed(storage: Storage, key: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in storage.open(key):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size
