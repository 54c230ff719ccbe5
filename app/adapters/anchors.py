"""Anchors of the audit trail: its head, signed, in the bucket under a key of the hour that is written once.

The chain of hashes in the database shows an edit; that its end was cut off, or that all of it was written anew, only
something outside the database can show. An anchor is a JWS (RFC 7515, RS256) of {"number", "hash", "at"}, signed with
the certificates' key: whoever may write to the bucket cannot make one, whoever may write to the database cannot
change one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from app.adapters.signing import ALGORITHM
from app.adapters.storage import Storage, StorageMissing, StorageTaken

PREFIX = "audit/"
TYPE = "touchstone-audit+jws"
LONGEST = 4096  # bytes; ours have about seven hundred


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry of the trail as it was at some moment; `hash` in hex. Unsigned ones have number 0."""

    key: str
    number: int
    hash: str


def key_of(moment: datetime) -> str:
    """Where the anchor of that hour lies; keys sort by time."""
    return f"{PREFIX}{moment:%Y-%m-%dT%H}.jws"


def write(storage: Storage, keys: Sequence[RSAKey], number: int, hash_hex: str, *, now: datetime) -> bool:
    """Sign and keep the head, unless this hour has an anchor; whether it was kept. Raises StorageDown."""
    payload = json.dumps({"number": number, "hash": hash_hex, "at": now.isoformat()})
    header = {"alg": ALGORITHM, "kid": keys[0].thumbprint()[:16], "typ": TYPE}
    signed = jws.serialize_compact(header, payload.encode(), keys[0], algorithms=[ALGORITHM])
    try:
        storage.put_bytes(key_of(now), signed.encode(), media_type="application/jose")
    except StorageTaken:
        return False
    return True


def newest(storage: Storage, keys: Sequence[RSAKey], *, most: int | None, now: datetime) -> Iterator[Anchor]:
    """The newest anchors, the latest first; all of them where `most` is None. Raises StorageDown."""
    found = sorted(storage.list_older(PREFIX, now + timedelta(days=1)), reverse=True)
    for key in found[:most]:
        try:
            text = storage.read(key, limit=LONGEST)
        except StorageMissing:
            continue  # taken away since it was listed
        yield _read(key, text, keys)


def _read(key: str, signed: bytes, keys: Sequence[RSAKey]) -> Anchor:
    for each in keys:
        try:
            found = jws.deserialize_compact(signed, each, algorithms=[ALGORITHM])
            if found.headers().get("typ") != TYPE:
                continue
            said = json.loads(found.payload)
            return Anchor(key, int(said["number"]), str(said["hash"]))
        except (JoseError, ValueError, KeyError, TypeError):
            continue
    return Anchor(key, 0, "")
