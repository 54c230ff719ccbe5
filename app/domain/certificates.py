"""Certificate codes and the document that is signed.

The document is an Open Badges 3.0 achievement credential (1EdTech, OB 3.0, section 9; W3C Verifiable
Credentials 2.0). It is made once, when the certificate is issued, and stored: what is signed later is exactly
what was true then.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code can be read over the phone."""
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
NARRATIVE = (
    "Every module completed, and the required number of capstones rated as passing on a published rubric. "
    "Every number claimed in them was recomputed from the evidence first."
)


@dataclass(frozen=True, slots=True)
class RatedCapstone:
    """A passing rating as it enters the certificate: which version, under which rubric, decided when."""

    slug: str
    title: str
    version_id: UUID
    manifest_sha256: str
    rubric_hash: str
    review_id: UUID
    rated_at: datetime


def new_code() -> str:
    """A random public code of eight signs in two groups (40 bits), such as 7Q4K-2M9P."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def read_code(typed: str) -> str | None:
    """The code a person meant, forgiving case, spaces, hyphens and the look-alikes O, I and L; None if none."""
    signs = typed.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    if len(signs) != 8 or any(sign not in SIGNS for sign in signs):
        return None
    return f"{signs[:4]}-{signs[4:]}"


def document(
    *,
    base_url: str,
    code: str,
    name: str,
    course_title: str,
    course_version: str,
    course_hash: str,
    issued_at: datetime,
    capstones: Sequence[RatedCapstone],
    modules: int,
) -> dict[str, Any]:
    """The credential as JSON: who, what, when, and the exact rated versions it rests on."""
    page = f"{base_url}/c/{code}"
    return {
        "@context": list(CONTEXTS),
        "id": page,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": course_title,
        "issuer": {"id": f"{base_url}/issuer", "type": ["Profile"], "name": "Touchstone", "url": base_url},
        "validFrom": zulu(issued_at),
        "credentialSubject": {
            "id": f"urn:touchstone:certificate:{code}",
            "type": ["AchievementSubject"],
            "name": name,
            "achievement": {
                "id": f"{base_url}/achievement/{course_hash[:16]}",
                "version": course_version,
                **_achievement(course_title, modules=modules, capstones=len(capstones)),
            },
            "result": [_result(capstone) for capstone in capstones],
        },
        "credentialStatus": {"id": f"{base_url}/issuer/revoked", "type": "1EdTechRevocationList"},
    }


def _achievement(course_title: str, *, modules: int, capstones: int) -> dict[str, Any]:
    return {
        "type": ["Achievement"],
        "name": course_title,
        "description": f"{modules} modules and {capstones} capstones rated as passing by a reviewer.",
        "criteria": {"narrative": NARRATIVE},
    }


def _result(capstone: RatedCapstone) -> dict[str, Any]:
    return {
        "type": ["Result"],
        "status": "Completed",
        "value": capstone.slug,
        "name": capstone.title,
        "ratedOn": zulu(capstone.rated_at),
        "version": str(capstone.version_id),
        "manifestSha256": capstone.manifest_sha256,
        "rubricSha256": capstone.rubric_hash,
        "review": str(capstone.review_id),
    }


def manifest(files: Sequence[tuple[str, str, int, str]]) -> str:
    """SHA-256 over the files of a version (slot, name, size in bytes, SHA-256), in that order, one line each."""
    lines = "".join(f"{sha256}  {size}  {slot}  {name}\n" for slot, name, size, sha256 in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def zulu(moment: datetime) -> str:
    """An XML Schema dateTime in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
