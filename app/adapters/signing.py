"""Signing and verifying certificates as VC-JWT (RFC 7519; Open Badges 3.0, JSON Web Token proof format), RS256.

The key file holds one or more RSA keys in PEM. The first one signs; all are published, so that certificates
signed before a change of key stay verifiable. What a token says about its own key is never believed: the header
may hold `alg`, `kid` and `typ` and nothing else, and `kid` must name a key that the verifier brought along.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from app.words import _

ALGORITHM = "RS256"
KEY_BITS = 3072
HEADERS = frozenset({"alg", "kid", "typ"})
LONGEST = 64 * 1024
"""Characters of a token that are looked at; ours have about three thousand."""
BLOCK = re.compile(r"-----BEGIN (?P<label>[A-Z ]+)-----.+?-----END (?P=label)-----", re.DOTALL)


class KeyUnusable(Exception):
    """The signing key is missing or is not an RSA key; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a token was signed by one of the given keys, in a sentence; `document` is what was signed."""

    valid: bool
    sentence: str
    document: Mapping[str, Any] | None = None
    kid: str | None = None


class Signer:
    """The issuer's keys. `base_url` is where the public halves are found."""

    def __init__(self, keys: list[RSAKey], *, base_url: str) -> None:
        if not keys or not keys[0].is_private:
            raise KeyUnusable("The first key in the certificate key file must be a private RSA key.")
        self._keys = {key.thumbprint()[:16]: key for key in keys}
        self._base_url = base_url
        self.kid = next(iter(self._keys))

    def key_url(self, kid: str) -> str:
        return f"{self._base_url}/issuer/keys/{kid}"

    def public_keys(self) -> dict[str, dict[str, Any]]:
        """The public JWKs by their short id."""
        return {
            kid: {**key.as_dict(private=False), "kid": self.key_url(kid), "alg": ALGORITHM, "use": "sig"}
            for kid, key in self._keys.items()
        }

    def trusted(self) -> dict[str, dict[str, Any]]:
        """The public JWKs by the URL that a token's `kid` names, as `verify_jwt` wants them."""
        return {self.key_url(kid): key for kid, key in self.public_keys().items()}

    def sign(self, document: Mapping[str, Any]) -> str:
        """The credential as a compact JWT; the same document gives the same text."""
        header = {"alg": ALGORITHM, "kid": self.key_url(self.kid), "typ": "JWT"}
        payload = json.dumps(_claims(document), ensure_ascii=False, separators=(",", ":"))
        return jws.serialize_compact(header, payload.encode(), self._keys[self.kid], algorithms=[ALGORITHM])


def load(*, pem: str | None, path: Path | None, may_create: bool) -> list[RSAKey]:
    """The keys from a PEM text, else from a file, which is made (mode 0600) when it is missing and may be."""
    if pem is None:
        if path is None:
            raise KeyUnusable(
                "CERTIFICATE_KEY_FILE is not set. Make a key with: flask --app wsgi certificates new-key FILE."
            )
        if may_create and not path.exists():
            new_key(path)
        pem = _read(path)
    keys = [_rsa(match.group()) for match in BLOCK.finditer(pem)]
    if not keys:
        raise KeyUnusable(
            "The certificate key holds no PEM block. Make one with: flask --app wsgi certificates new-key FILE."
        )
    return keys


def new_key(path: Path) -> None:
    """Write a new private key where only its owner can read it; an existing file is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = RSAKey.generate_key(KEY_BITS).as_pem(private=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        os.link(unfinished, path)  # whole or not at all, and the first of two processes wins
    except FileExistsError:
        return
    finally:
        unfinished.unlink()


def verify_jwt(
    text: str, keys: Mapping[str, Mapping[str, Any]], *, now: datetime | None = None
) -> Verification:
    """Check a VC-JWT against public JWKs by `kid`, without any network. Whether it was revoked is asked elsewhere."""
    parts = text.strip().split(".")
    if len(text) > LONGEST or len(parts) != 3:
        return Verification(
            False, _("This is not a signed certificate: it is not made of three parts joined by dots.")
        )
    decoded = [_decoded(part) for part in parts]
    header, document = _json(decoded[0]), _json(decoded[1])
    if header is None or document is None or decoded[2] is None:
        return Verification(False, _("This is not a signed certificate: it has been cut or changed."))
    if refusal := _refused_header(header, keys):
        return Verification(False, refusal)
    kid = str(header["kid"])
    try:
        jws.deserialize_compact(text.strip(), RSAKey.import_key(dict(keys[kid])), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return Verification(
            False, _("The signature does not fit the content: something was changed after signing.")
        )
    if refusal := _refused_claims(document, now):
        return Verification(False, refusal)
    return Verification(
        True, _("The signature is right: nothing was changed since this was issued."), document, kid
    )


def _claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """The credential with the claims that the format asks for beside it."""
    return dict(document) | {
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
        "sub": document["credentialSubject"]["id"],
    }


def _refused_header(header: Mapping[str, Any], keys: Mapping[str, Mapping[str, Any]]) -> str:
    """Why a header is not to be trusted; empty when it may be. A key inside the token proves nothing."""
    if extra := sorted(set(header) - HEADERS):
        return _(
            "The token brings “%(name)s” in its header, which certificates of this portal never do.",
            name=extra[0],
        )
    if header.get("alg") != ALGORITHM:
        return _(
            "The token says it is signed with “%(said)s”; only %(accepted)s is accepted.",
            said=header.get("alg"),
            accepted=ALGORITHM,
        )
    if header.get("kid") not in keys:
        return _("The token names a key that is not one of this issuer's.")
    return ""


def _refused_claims(document: Mapping[str, Any], now: datetime | None) -> str:
    try:
        expected = _claims(document)
    except (KeyError, TypeError, ValueError):
        return _("The token is signed, and is not a certificate.")
    if any(document.get(name) != expected[name] for name in ("iss", "jti", "nbf", "sub")):
        return _("The token's claims do not agree with the certificate inside it.")
    if now is not None and expected["nbf"] > now.timestamp():
        return _("The certificate is dated in the future.")
    return ""


def _decoded(part: str) -> bytes | None:
    """Base64url without padding; text that is not exactly what its bytes encode to is refused."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if base64.urlsafe_b64encode(data).rstrip(b"=") == part.encode() else None


def _json(data: bytes | None) -> dict[str, Any] | None:
    try:
        value = json.loads(data or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnusable(f"The certificate key file {path} cannot be read: {error}.") from error


def _rsa(pem: str) -> RSAKey:
    try:
        return RSAKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        raise KeyUnusable(
            "The certificate key file holds something that is not an RSA key in PEM."
        ) from error
