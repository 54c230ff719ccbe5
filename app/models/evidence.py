"""Evidence files, what was claimed, what the checks found, and the ledger that compares the two."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, new_id, words
from app.domain.submissions import CheckState


class EvidenceFile(Base):
    """One file in one slot of one version.

    `uploaded_at` is set when the server has seen the bytes in staging, `stored_at` when it has hashed them
    itself and put them at `evidence/<sha256>`. A version with an unstored file cannot be submitted (I28).
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        Index("ix_evidence_file_version_id", "version_id", "slot", "created_at"),
        Index("ix_evidence_file_sha256", "sha256"),
        Index("ix_evidence_file_unstored", "created_at", postgresql_where=sql("stored_at IS NULL")),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),
        CheckConstraint("size >= 0", name="size_is_not_negative"),
        CheckConstraint("length(name) BETWEEN 1 AND 255", name="name_is_short"),
        CheckConstraint("stored_at IS NULL OR uploaded_at IS NOT NULL", name="stored_after_upload"),
        CheckConstraint("stored_at IS NOT NULL OR staging_key IS NOT NULL", name="staged_until_stored"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("submission_version.id"))
    slot: Mapped[str]
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str | None]
    staging_key: Mapped[str | None] = mapped_column(unique=True)
    carried_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_file.id"))
    created_at: Mapped[datetime]
    uploaded_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]


class UnwantedObject(Base):
    """Bytes at `evidence/<sha256>` whose row is gone: deleted once `due_at` has come and no other row names them.

    A trigger on `evidence_file` writes it.
    """

    __tablename__ = "unwanted_object"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class CheckRun(Base):
    """A promise to read one file, as a row: claimed with a lease and a fence, finished only if the fence holds."""

    __tablename__ = "check_run"
    __table_args__ = (
        UniqueConstraint("file_id", "checker", "checker_version"),
        Index("ix_check_run_due", "due_at", "id", postgresql_where=sql("state IN ('queued', 'running')")),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="leased_while_running"),
        CheckConstraint(
            "(state IN ('done', 'error')) = (finished_at IS NOT NULL)", name="finished_at_some_time"
        ),
        CheckConstraint("(state = 'error') <= (error IS NOT NULL)", name="errors_say_what"),
        CheckConstraint("attempts >= 0 AND fence >= 0", name="counts_upwards"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_file.id", ondelete="CASCADE"))
    checker: Mapped[str]
    checker_version: Mapped[str]
    state: Mapped[CheckState] = mapped_column(words(CheckState))
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    fence: Mapped[int] = mapped_column(server_default=sql("0"))
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class CheckResult(Base):
    """What one checker version read in one file (I11). Append-only.

    `fingerprint` is the same for two texts that differ in nothing but spaces; None for what is no text.
    """

    __tablename__ = "check_result"
    __table_args__ = (
        UniqueConstraint("file_id", "checker", "checker_version"),
        Index("ix_check_result_fingerprint", "fingerprint", postgresql_where=sql("fingerprint IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_file.id", ondelete="CASCADE"))
    checker: Mapped[str]
    checker_version: Mapped[str]
    file_sha256: Mapped[str]
    kind: Mapped[str]
    confidence: Mapped[float]
    facts: Mapped[dict[str, Any]]
    fingerprint: Mapped[str | None]
    sandbox: Mapped[str]
    took_ms: Mapped[int]
    created_at: Mapped[datetime]

    findings: Mapped[list["Finding"]] = relationship(lazy="raise", order_by="Finding.position")


class Finding(Base):
    """One sentence about one file: what, why it matters, how to fix it, where. Append-only."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("severity IN ('block', 'warn', 'note', 'good')", name="severity_is_known"),
        CheckConstraint("audience IN ('both', 'reviewer')", name="audience_is_known"),
    )

    result_id: Mapped[UUID] = mapped_column(
        ForeignKey("check_result.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    audience: Mapped[str]
    message: Mapped[str]
    why: Mapped[str]
    fix: Mapped[str]
    place: Mapped[dict[str, Any]]
    numbers: Mapped[dict[str, Any]]


class Claim(Base):
    """A number the learner claims, typed once; a `text` where the course asks for words."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("(value IS NULL) <> (text IS NULL)", name="a_number_or_words"),
        CheckConstraint("length(text) BETWEEN 1 AND 200", name="words_are_few"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("submission_version.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None] = mapped_column(Numeric(asdecimal=False))
    text: Mapped[str | None]
    unit: Mapped[str]
    typed_at: Mapped[datetime]


class Ledger(Base):
    """Claimed against recomputed, for one version: made anew whenever a file or a claim changes.

    From `submitted` on its inputs are frozen, so it settles when the last check ends. `comparison` holds the
    findings that need several files at once.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint(
            "agreeing >= 0 AND contradicted >= 0 AND unchecked >= 0", name="counts_are_not_negative"
        ),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("submission_version.id"), primary_key=True)
    rows: Mapped[list[Any]]
    comparison: Mapped[list[Any]]
    agreeing: Mapped[int]
    contradicted: Mapped[int]
    unchecked: Mapped[int]
    blocked: Mapped[int]
    warned: Mapped[int]
    made_at: Mapped[datetime]
