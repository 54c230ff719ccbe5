"""Evidence goes in as a browser would send it: announced, put by presigned request, confirmed, then checked."""

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
import requests
from sqlalchemy import func, select

from app.cli.demo.cast import Pack
from app.domain.actors import Actor
from app.domain.submissions import CHECK_ENDED
from app.models import CheckRun, EvidenceFile, Ledger, SubmissionVersion
from app.services import claims, files
from app.services.files import Offer
from app.web.parts import Parts

PATIENCE = 300  # seconds
MEDIA_TYPES = {
    ".gz": "application/gzip",
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
}


def upload(parts: Parts, actor: Actor, version_id: UUID, slot: str, path: Path, *, now: datetime) -> None:
    """Send one file through the bucket; raises when the bucket or the portal refuses it."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    media_type = MEDIA_TYPES.get(path.suffix, "text/plain")
    offer = Offer(slot, path.name, len(data), media_type, digest)
    with parts.sessions.begin() as db:
        begun = files.begin(
            db, actor, version_id, offer, course=parts.course, limits=parts.settings.limits, now=now
        )
    signed = parts.storage.presign_put(
        begun.staging_key, size=begun.size, media_type=begun.media_type, sha256_hex=digest
    )
    requests.put(signed.url, data=data, headers=signed.headers, timeout=30).raise_for_status()
    with parts.sessions.begin() as db:
        files.confirm(db, actor, begun.file_id, course=parts.course, now=now)
    parts.doorbell.ring()


def wait_for_checks(parts: Parts, version_ids: Sequence[UUID], *, quietly: bool = False) -> None:
    """Until a worker has read every file of these versions."""
    runs = (
        select(CheckRun.state, func.count())
        .join(EvidenceFile, EvidenceFile.id == CheckRun.file_id)
        .where(EvidenceFile.version_id.in_(version_ids))
        .group_by(CheckRun.state)
    )
    deadline = time.monotonic() + PATIENCE
    seen = 0
    with click.progressbar(length=0, label="Checking evidence  ", hidden=quietly) as bar:
        while time.monotonic() < deadline:
            with parts.sessions() as db:
                counts = {state: count for state, count in db.execute(runs)}  # noqa: C416 - rows are not pairs
            total = sum(counts.values())
            ended = sum(count for state, count in counts.items() if state in CHECK_ENDED)
            bar.length = total
            bar.update(ended - seen)
            seen = ended
            if ended == total:
                return
            time.sleep(0.2)
    raise click.ClickException("The worker did not read the evidence in time; is it running?")


def claim_numbers(parts: Parts, actor: Actor, version_id: UUID, pack: Pack, *, now: datetime) -> None:
    """Type the claims: as the pack gives them, else as the ledger recomputes them, times the factor in `wrong`."""
    if pack.claims:
        return _type(parts, actor, version_id, pack.claims, now=now)
    definitions = parts.course.capstone(pack.capstone).claims
    _type(
        parts,
        actor,
        version_id,
        {claim.key: "1" for claim in definitions if claim.slot in pack.files},
        now=now,
    )
    with parts.sessions() as db:
        rows = db.scalar(select(Ledger.rows).where(Ledger.version_id == version_id)) or []
    typed = {row["key"]: _measured(row["recomputed"], pack.wrong.get(row["key"], 1.0)) for row in rows}
    return _type(parts, actor, version_id, typed | pack.also, now=now)


def _measured(value: object, factor: float) -> str:
    """A number as the evidence gives it, times `factor`; nothing where it gives none, or words."""
    return f"{value * factor:.4g}" if isinstance(value, int | float) and value else ""


def _type(parts: Parts, actor: Actor, version_id: UUID, typed: dict[str, str], *, now: datetime) -> None:
    with parts.sessions.begin() as db:
        tag = db.scalar(select(SubmissionVersion.tag).where(SubmissionVersion.id == version_id)) or 0
        claims.save(db, actor, version_id, typed, tag=tag, course=parts.course, now=now)
