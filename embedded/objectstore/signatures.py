"""Verifies AWS Signature Version 4, in the Authorization header and in a presigned URL.

Source: "Signing AWS API requests" and "Authenticating Requests (AWS Signature Version 4)" of the S3 API
reference.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from werkzeug.datastructures import Headers

from embedded.objectstore.faults import Fault, Refused

UNSIGNED = "UNSIGNED-PAYLOAD"
ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST = 7 * 24 * 3600  # seconds a presigned URL may live
SKEW = timedelta(minutes=15)
_AUTHORIZATION = re.compile(
    ALGORITHM + r" Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Key:
    """The one access key of the store and the region it answers for."""

    id: str
    secret: str
    region: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came over the wire; `path` and `query` still encoded."""

    method: str
    path: str
    query: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the requester says it signed."""

    credential: str
    signed_headers: str
    signature: str
    date: str
    payload: str
    query: list[tuple[str, str]]


def verify(asked: Asked, key: Key, now: datetime) -> str:
    """Return the payload hash (or marker word) the signature covers; raise `Refused` if it does not hold."""
    pairs = split_query(asked.query)
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Refused(Fault.INVALID, "A query parameter is given twice.")
    presigned = "X-Amz-Signature" in names
    claim = _from_url(asked, pairs, now) if presigned else _from_header(asked, pairs, now)
    scope = _scope(claim, key)
    _require_signed(asked.headers, claim.signed_headers.split(";"))
    if not hmac.compare_digest(_signature(asked, claim, scope, key), claim.signature):
        raise Refused(Fault.BAD_SIGNATURE)
    return claim.payload


def split_query(query: str) -> list[tuple[str, str]]:
    """Decoded pairs; a plus sign is a plus sign, as S3 has it."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(decoded(name), decoded(value)) for name, _, value in parts]


def decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        raise Refused(Fault.INVALID_URI, "The path and the query must be UTF-8.") from None


def _from_url(asked: Asked, pairs: list[tuple[str, str]], now: datetime) -> _Claim:
    if "Authorization" in asked.headers:
        raise Refused(Fault.INVALID, "Sign in the header or in the URL, not in both.")
    values = dict(pairs)
    if values.get("X-Amz-Algorithm") != ALGORITHM:
        raise Refused(Fault.BAD_QUERY, f"X-Amz-Algorithm must be {ALGORITHM}.")
    made, seconds = _time(values.get("X-Amz-Date", ""), Fault.BAD_QUERY), values.get("X-Amz-Expires", "")
    if not re.fullmatch(r"[0-9]{1,6}", seconds) or not 1 <= int(seconds) <= LONGEST:
        raise Refused(Fault.BAD_QUERY, f"X-Amz-Expires must lie between 1 and {LONGEST} seconds.")
    if made - SKEW > now:
        raise Refused(Fault.ACCESS_DENIED, "Request is not yet valid")
    if now > made + timedelta(seconds=int(seconds)):
        raise Refused(Fault.EXPIRED)
    return _Claim(
        credential=values.get("X-Amz-Credential", ""),
        signed_headers=values.get("X-Amz-SignedHeaders", ""),
        signature=values["X-Amz-Signature"],
        date=values["X-Amz-Date"],
        payload=asked.headers.get("x-amz-content-sha256", UNSIGNED),
        query=[pair for pair in pairs if pair[0] != "X-Amz-Signature"],
    )


def _from_header(asked: Asked, pairs: list[tuple[str, str]], now: datetime) -> _Claim:
    match = _AUTHORIZATION.fullmatch(asked.headers.get("Authorization", ""))
    if match is None:
        raise Refused(Fault.ACCESS_DENIED)
    date = asked.headers.get("x-amz-date", "")
    if abs(now - _time(date, Fault.ACCESS_DENIED)) > SKEW:
        raise Refused(Fault.SKEWED)
    payload = asked.headers.get("x-amz-content-sha256", "")
    if not payload:
        raise Refused(Fault.INVALID_REQUEST, "x-amz-content-sha256 is missing.")
    return _Claim(match[1], match[2], match[3], date, payload, pairs)


def _time(text: str, fault: Fault) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(fault, "The date must look like 20260131T235959Z.") from None


def _scope(claim: _Claim, key: Key) -> str:
    """`date/region/service/aws4_request`, which must be ours and of the day that was signed."""
    key_id, _, scope = claim.credential.partition("/")
    if key_id != key.id:
        raise Refused(Fault.KEY_ID)
    if scope != f"{claim.date[:8]}/{key.region}/s3/aws4_request":
        raise Refused(Fault.BAD_SCOPE, f"The credential must end in <date>/{key.region}/s3/aws4_request.")
    return scope


def _require_signed(headers: Headers, signed: list[str]) -> None:
    """S3's rule: the host and every x-amz-* header that is sent must be under the signature."""
    sent = {name.lower() for name, _ in headers.items()}
    needed = {"host"} | {name for name in sent if name.startswith("x-amz-")}
    if missing := sorted(needed - set(signed)):
        raise Refused(Fault.ACCESS_DENIED, f"Not under the signature: {', '.join(missing)}.")
    if absent := sorted(set(signed) - sent):
        raise Refused(Fault.BAD_SIGNATURE, f"Signed but not sent: {', '.join(absent)}.")


def _signature(asked: Asked, claim: _Claim, scope: str, key: Key) -> str:
    canonical = "\n".join(
        [
            asked.method,
            quote(decoded(asked.path), safe="/-_.~"),
            _canonical_query(claim.query),
            *(f"{name}:{_folded(asked.headers[name])}" for name in claim.signed_headers.split(";")),
            "",
            claim.signed_headers,
            claim.payload,
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join([ALGORITHM, claim.date, scope, digest])
    signing_key = f"AWS4{key.secret}".encode()
    for part in scope.split("/"):
        signing_key = hmac.digest(signing_key, part.encode(), "sha256")
    return hmac.new(signing_key, to_sign.encode(), hashlib.sha256).hexdigest()


def _canonical_query(pairs: list[tuple[str, str]]) -> str:
    """By name, then value: sorting whole `name=value` words would put `a-b` before `a`."""
    encoded = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _folded(value: str) -> str:
    return " ".join(value.split())
