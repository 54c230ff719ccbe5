"""Finds out by trying what a bucket really enforces: what `flask doctor` prints.

Stores that call themselves compatible differ in exactly the rules the portal leans on. Nothing here changes an
existing object: it writes under `probe/` and removes what it wrote.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from app.adapters.storage import SignedUpload, Storage, StorageDown

_DATA = b"touchstone"
_PATIENCE = 10  # seconds for one raw request


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One rule, whether the bucket keeps it, and what to do if it does not."""

    code: str
    rule: str
    holds: bool
    mend: str


def probe(storage: Storage, *, origin: str) -> list[Guarantee]:
    """Try every rule; `origin` is the portal's own address. Raises `StorageDown` if the bucket cannot be used at all.

    Takes about three seconds, because an address has to expire.
    """
    if (trouble := storage.trouble()) is not None:
        raise StorageDown(trouble)
    keys = _Keys(storage)
    try:
        return [Guarantee(code, rule, attempt(keys, origin), mend) for code, rule, attempt, mend in _RULES]
    finally:
        keys.remove()


class _Keys:
    """Fresh keys under `probe/`, removed at the end, and signed uploads to them."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._made: list[str] = []

    def fresh(self) -> str:
        self._made.append(f"probe/{uuid4()}")
        return self._made[-1]

    def signed(self, key: str, *, seconds: int = 60) -> SignedUpload:
        digest = hashlib.sha256(_DATA).hexdigest()
        return self.storage.presign_put(
            key, size=len(_DATA), media_type="text/plain", sha256_hex=digest, seconds=seconds
        )

    def remove(self) -> None:
        for key in self._made:
            self.storage.delete(key)


def _takes_uploads(keys: _Keys, _: str) -> bool:
    key = keys.fresh()
    upload = keys.signed(key)
    return _put(upload, _DATA) == 200 and keys.storage.read(key, limit=100) == _DATA


def _refuses_wrong_bytes(keys: _Keys, _: str) -> bool:
    return _refused(keys, keys.fresh(), _DATA[::-1])


def _refuses_longer_bodies(keys: _Keys, _: str) -> bool:
    return _refused(keys, keys.fresh(), _DATA + b"!")


def _refuses_another_type(keys: _Keys, _: str) -> bool:
    return _refused(keys, keys.fresh(), _DATA, {"Content-Type": "text/html"})


def _refuses_overwriting(keys: _Keys, _: str) -> bool:
    key = keys.fresh()
    keys.storage.put_bytes(key, b"first", media_type="text/plain")
    return _put(keys.signed(key), _DATA) == 412 and keys.storage.read(key, limit=100) == b"first"


def _refuses_expired(keys: _Keys, _: str) -> bool:
    upload = keys.signed(key := keys.fresh(), seconds=1)
    time.sleep(2.5)
    return _put(upload, _DATA) == 403 and keys.storage.head(key) is None


def _refuses_strangers(keys: _Keys, _: str) -> bool:
    key = keys.fresh()
    keys.storage.put_bytes(key, _DATA, media_type="text/plain")
    address = keys.storage.presign_get(key, filename="probe.txt").partition("?")[0]
    return _request("GET", address, {}) in (401, 403)


def _lets_the_portal_upload(keys: _Keys, origin: str) -> bool:
    """What a browser asks before it sends a file from the portal's pages."""
    upload = keys.signed(keys.fresh())
    names = ",".join(sorted(name.lower() for name in upload.headers))
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": names,
    }
    status, headers = _answer("OPTIONS", upload.url, asked)
    return status in (200, 204) and headers.get("access-control-allow-origin") in (origin, "*")


_RULES: tuple[tuple[str, str, Callable[[_Keys, str], bool], str], ...] = (
    (
        "upload",
        "A signed upload arrives and can be read back.",
        _takes_uploads,
        "Check S3_ENDPOINT_URL, S3_PUBLIC_ENDPOINT_URL, S3_REGION and that the key may write. If the store does not "
        "know a signed header, set S3_SIGN_CHECKSUM=0 or S3_SIGN_WRITE_ONCE=0.",
    ),
    (
        "wrong_bytes",
        "Bytes that do not have the signed SHA-256 are refused.",
        _refuses_wrong_bytes,
        "Nothing to do: the portal hashes every file itself and says so a little later.",
    ),
    (
        "longer_body",
        "A body longer than the signed length is refused.",
        _refuses_longer_bodies,
        "Ask the store's operator to verify signed headers; until then people can fill the bucket.",
    ),
    (
        "other_type",
        "A content type other than the signed one is refused.",
        _refuses_another_type,
        "Nothing to do: downloads are forced to be attachments.",
    ),
    (
        "write_once",
        "A key that is written is not written again (If-None-Match: *).",
        _refuses_overwriting,
        "Set S3_SIGN_WRITE_ONCE=0 if uploads fail; turn on versioning of the bucket.",
    ),
    (
        "expiry",
        "An address that has expired is refused.",
        _refuses_expired,
        "Check the clock of the store and of this machine; do not use a store that ignores expiry.",
    ),
    (
        "private",
        "Nobody reads without a signature.",
        _refuses_strangers,
        "Remove the public-read policy from the bucket.",
    ),
    (
        "cors",
        "Pages of the portal may upload (CORS).",
        _lets_the_portal_upload,
        "Allow the portal's origin the method PUT with the headers content-type, x-amz-checksum-sha256 and "
        "if-none-match. Without it files go through the portal.",
    ),
)


def _refused(keys: _Keys, key: str, body: bytes, other: Mapping[str, str] | None = None) -> bool:
    """Whether the upload got a 4xx and left nothing."""
    upload = keys.signed(key)
    status = _put(SignedUpload(upload.url, upload.headers | dict(other or {})), body)
    return 400 <= status < 500 and keys.storage.head(key) is None


def _put(upload: SignedUpload, body: bytes) -> int:
    return _request("PUT", upload.url, upload.headers, body)


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> int:
    return _answer(method, url, headers, body)[0]


def _answer(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, Mapping[str, str]]:
    """One request as a browser would make it: no SDK between us and the store."""
    import requests

    try:
        answer = requests.request(method, url, headers=dict(headers), data=body, timeout=_PATIENCE)
    except requests.RequestException as error:
        raise StorageDown(f"The file store does not answer at {url.partition('?')[0]}.") from error
    return answer.status_code, answer.headers
