"""Whether the audit trail is whole: each entry against the one before, and the anchors kept outside against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import Reader
from app.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry; `hash` in hex."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What an anchor outside the database says was entry `number`; 0 when nobody we know signed it."""

    key: str
    number: int
    hash: str


def head(db: Reader) -> Head | None:
    """The last entry of the trail, or None before the first."""
    row = db.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    return Head(row.id, (row.hash or b"").hex()) if row else None


def contradictions(db: Reader, anchors: Sequence[Kept]) -> list[str]:
    """A sentence for each anchor that the trail does not bear out: cut off, written anew, or a forged anchor."""
    numbers = {anchor.number for anchor in anchors}
    found = db.execute(select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.id.in_(numbers)))
    hashes = {row.id: (row.hash or b"").hex() for row in found}
    last = db.scalar(select(func.max(AuditEntry.id))) or 0
    return list(_judged(anchors, hashes, last))


def _judged(anchors: Sequence[Kept], hashes: Mapping[int, str], last: int) -> Iterator[str]:
    for anchor in anchors:
        if anchor.number < 1:
            yield (
                f"{anchor.key} is not signed with a key of ours: somebody has written to the bucket, "
                "or the key that signed it is missing from CERTIFICATE_KEY_FILE."
            )
        elif anchor.number > last:
            yield (
                f"{anchor.key} saw entry {anchor.number}, and the trail ends at {last}: its end was cut off, "
                "or the database was brought back from an older copy."
            )
        elif hashes.get(anchor.number) != anchor.hash:
            yield f"{anchor.key} saw another entry {anchor.number} than is there now: the trail was written anew."
