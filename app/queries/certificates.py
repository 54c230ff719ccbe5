"""Certificates as the public sees them, and as admins do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import aliased

from app.db import Reader
from app.models import Certificate

MOST_REVOKED = 10_000


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate. No e-mail, no comment: nothing here is more than its holder agreed to show."""

    id: UUID
    code: str
    name: str
    course_version: str
    document: Mapping[str, Any]
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str
    replaced_by: str | None

    @property
    def standing(self) -> str:
        """One word: valid, revoked or replaced."""
        if self.revoked_at is None:
            return "valid"
        return "replaced" if self.replaced_by else "revoked"

    @property
    def title(self) -> str:
        return str(self.document["name"])

    @property
    def completed_at(self) -> datetime:
        """When it was earned; a replacement keeps the day of the first."""
        return datetime.fromisoformat(self.document["validFrom"])

    @property
    def capstones(self) -> list[tuple[str, datetime]]:
        """Title and day of rating of each capstone it rests on."""
        results = self.document["credentialSubject"]["result"]
        return [(result["name"], datetime.fromisoformat(result["ratedOn"])) for result in results]

    @property
    def stands_for(self) -> str:
        return str(self.document["credentialSubject"]["achievement"]["description"])

    @property
    def narrative(self) -> str:
        return str(self.document["credentialSubject"]["achievement"]["criteria"]["narrative"])


@dataclass(frozen=True, slots=True)
class RevokedRow:
    credential_id: str
    revoked_at: datetime
    reason: str


def certificate(db: Reader, code: str) -> CertificateRow | None:
    """The certificate of that code, in one SELECT."""
    row = db.execute(_certificates().where(Certificate.code == code)).one_or_none()
    return _row(row) if row is not None else None


def certificates(
    db: Reader, *, search: str, after: tuple[datetime, UUID] | None, limit: int = 30
) -> list[CertificateRow]:
    """Newest first, by code or part of a name; one more than `limit` when there are more."""
    query = _certificates()
    if search:
        pattern = f"%{_literal(search)}%"
        query = query.where(
            or_(Certificate.code == search.upper(), Certificate.name.ilike(pattern, escape="\\"))
        )
    if after is not None:
        query = query.where(
            or_(
                Certificate.issued_at < after[0],
                (Certificate.issued_at == after[0]) & (Certificate.id < after[1]),
            )
        )
    query = query.order_by(Certificate.issued_at.desc(), Certificate.id.desc()).limit(limit + 1)
    return [_row(row) for row in db.execute(query)]


def revoked(db: Reader) -> list[RevokedRow]:
    """Every certificate that ended, the latest first."""
    rows = db.execute(
        select(Certificate.document["id"].astext, Certificate.revoked_at, Certificate.revoke_reason)
        .where(Certificate.revoked_at.is_not(None))
        .order_by(Certificate.revoked_at.desc(), Certificate.id.desc())
        .limit(MOST_REVOKED)
    )
    return [RevokedRow(*row) for row in rows]


def _certificates() -> Select[*tuple[Any, ...]]:
    newer = aliased(Certificate)
    return select(
        Certificate.id,
        Certificate.code,
        Certificate.name,
        Certificate.course_version,
        Certificate.document,
        Certificate.issued_at,
        Certificate.revoked_at,
        Certificate.revoke_reason,
        newer.code.label("replaced_by"),
    ).outerjoin(newer, newer.id == Certificate.replaced_by_id)


def _row(row: Row[*tuple[Any, ...]]) -> CertificateRow:
    return CertificateRow(*row)


def _literal(search: str) -> str:
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
