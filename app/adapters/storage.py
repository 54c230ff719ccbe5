"""Evidence in an S3 bucket: what is put there, how it is kept, how it is read.

Browsers put bytes under `staging/…` with a presigned request that fixes size, type and SHA-256 and works once.
`settle` then hashes what really arrived and keeps it under `evidence/<sha256>`, where only the portal can write.
The promise of integrity is that hash, not the store's checksums, which many stores ignore.

Every call may raise `StorageDown`: connecting is given 3 s, an answer 10 s, a failed attempt one more.
"""

import base64
import contextlib
import hashlib
import os
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from app.adapters.storage_client import (
    Bucket,
    StorageDown,
    StorageMismatch,
    StorageMissing,
    StorageRefuses,
    StorageTaken,
    answering,
    connected,
)
from config import StorageSettings

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "Bucket",
    "SignedUpload",
    "Storage",
    "StorageDown",
    "StorageMismatch",
    "StorageMissing",
    "StorageTaken",
    "Stored",
]

CHUNK = 1 << 16
IN_MEMORY = 1 << 20  # bytes of a file kept in memory while it is settled
LONGEST_DOWNLOAD = 60  # seconds a download address may live
ANY_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A PUT the browser may do once: these headers, exactly, and a body of the signed length."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store says about an object; `sha256_hex` is None where it keeps no checksums."""

    size: int
    media_type: str
    sha256_hex: str | None


class Storage:
    """One bucket. Cheap to make: the client is made at the first call, once a process."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._lock = threading.Lock()
        self._clients: dict[tuple[int, str | None, bool], S3Client] = {}

    def presign_put(
        self, key: str, *, size: int, media_type: str, sha256_hex: str, seconds: int = 300
    ) -> SignedUpload:
        """Let a browser write exactly these bytes (`size` bytes, this hash) to `key`, if nobody has yet."""
        headers = {"Content-Type": media_type}
        wish: dict[str, Any] = {"ContentLength": size, "ContentType": media_type}
        if self.bucket.sign_checksum:
            headers["x-amz-checksum-sha256"] = wish["ChecksumSHA256"] = _base64(sha256_hex)
        if self.bucket.sign_write_once:
            headers["If-None-Match"] = wish["IfNoneMatch"] = "*"
        return SignedUpload(self._presign("put_object", key, wish, seconds), headers)

    def presign_get(
        self, key: str, *, filename: str, media_type: str = ANY_BYTES, seconds: int = LONGEST_DOWNLOAD
    ) -> str:
        """An address that downloads `key` under `filename`, never shown as a page. Do not store or log it."""
        if not 0 < seconds <= LONGEST_DOWNLOAD:
            raise ValueError(f"A download address lives at most {LONGEST_DOWNLOAD} seconds.")
        wish = {
            "ResponseContentDisposition": attachment(filename),
            "ResponseContentType": media_type,
            "ResponseCacheControl": "no-store",
        }
        return self._presign("get_object", key, wish, seconds)

    def head(self, key: str) -> Stored | None:
        """Size, type and checksum of `key`, or None if there is none."""
        with contextlib.suppress(StorageMissing), answering(key):
            found = self._client().head_object(Bucket=self.bucket.name, Key=key, ChecksumMode="ENABLED")
            checksum = found.get("ChecksumSHA256")
            digest = base64.b64decode(checksum).hex() if checksum else None
            return Stored(found["ContentLength"], found["ContentType"], digest)
        return None

    def settle(self, staging_key: str, *, sha256_hex: str, size: int) -> str:
        """Move what was uploaded to `evidence/<sha256>` and return that key.

        Hashes the bytes itself. Raises `StorageMismatch` (staging is left for the sweeper) or `StorageMissing`.
        May run twice, or twice at once: the second run finds the evidence in place and agrees.
        """
        key = f"evidence/{sha256_hex}"
        with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            try:
                found = self._copy(staging_key, file, limit=size)
            except StorageMissing:
                self._require_same(key, sha256_hex, size)
                return key
            if (found.size, found.sha256_hex) != (size, sha256_hex):
                raise StorageMismatch(f"{staging_key} does not hold the {size} bytes that were promised.")
            try:
                self._put(key, file, found, ANY_BYTES)
            except StorageTaken:
                self._require_same(key, sha256_hex, size)
        self.delete(staging_key)
        return key

    def put_bytes(self, key: str, data: bytes, *, media_type: str) -> Stored:
        """Write `data` under a new key; see `put_file`."""
        with SpooledTemporaryFile(max_size=len(data) + 1) as file:
            file.write(data)
            return self.put_file(key, file, media_type=media_type, limit=len(data))

    def put_file(self, key: str, file: IO[bytes], *, media_type: str, limit: int) -> Stored:
        """Write a seekable file of at most `limit` bytes under a new key; returns its size and hash.

        Raises `StorageMismatch` if it is longer, `StorageTaken` if other bytes are there already.
        """
        file.seek(0)
        digest, size = hashlib.sha256(), 0
        while piece := file.read(CHUNK):
            size += len(piece)
            if size > limit:
                raise StorageMismatch(f"The file is larger than {limit} bytes.")
            digest.update(piece)
        stored = Stored(size, media_type, digest.hexdigest())
        try:
            self._put(key, file, stored, media_type)
        except StorageTaken:  # perhaps by us: an answer that got lost is asked for again
            self._require_ours(key, stored)
        return stored

    def open(self, key: str) -> Generator[bytes, None, None]:
        """The bytes of `key`, piece by piece; raises `StorageMissing` at the first piece."""
        with answering(key):
            body = self._client().get_object(Bucket=self.bucket.name, Key=key)["Body"]
            with contextlib.closing(body):
                yield from body.iter_chunks(CHUNK)

    def read(self, key: str, *, limit: int) -> bytes:
        """All of `key`; raises `StorageMismatch` if it is longer than `limit` bytes."""
        with SpooledTemporaryFile(max_size=limit + 1) as file:
            self._copy(key, file, limit=limit)
            file.seek(0)
            return file.read()

    def download_to(self, key: str, path: Path, *, limit: int) -> Stored:
        """Copy `key` into the new file `path`; returns what was read, hashed on the way. Leaves no part of it."""
        with path.open("xb") as file:
            try:
                return self._copy(key, file, limit=limit)
            except BaseException:
                path.unlink()
                raise

    def delete(self, key: str) -> None:
        """Remove `key`, if it is there."""
        with answering(key):
            self._client().delete_object(Bucket=self.bucket.name, Key=key)

    def list_older(self, prefix: str, before: datetime) -> Iterator[str]:
        """Keys under `prefix` last written before `before`, in the store's order."""
        with answering(prefix):
            pages = self._client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket.name, Prefix=prefix):
                for entry in page.get("Contents", []):
                    if entry["LastModified"] < before:
                        yield entry["Key"]

    def is_up(self) -> bool:
        """Whether the bucket answers: one cheap request, for /readyz."""
        return self.trouble() is None

    def trouble(self) -> str | None:
        """Why the bucket cannot be used, and which setting to look at; None when it answers. Within two seconds."""
        bucket = self.bucket
        try:
            with answering(bucket.name):
                self._client(is_hasty=True).head_bucket(Bucket=bucket.name)
        except StorageMissing:
            return f"There is no bucket {bucket.name}: make it, or correct S3_BUCKET."
        except StorageRefuses:
            mend = "check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_REGION, and what that key may do there."
            return f"The store does not let us into the bucket {bucket.name}: {mend}"
        except StorageDown:
            return (
                f"Nothing answers at {bucket.endpoint or 'AWS'}: start the store, or correct S3_ENDPOINT_URL."
            )
        return None

    def _copy(self, key: str, file: IO[bytes], *, limit: int) -> Stored:
        """Stream `key` into `file`, counting and hashing; stop as soon as it is longer than `limit` bytes."""
        digest, size = hashlib.sha256(), 0
        with contextlib.closing(self.open(key)) as pieces:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise StorageMismatch(f"{key} is longer than {limit} bytes.")
                digest.update(piece)
                file.write(piece)
        return Stored(size, ANY_BYTES, digest.hexdigest())

    def _put(self, key: str, file: IO[bytes], stored: Stored, media_type: str) -> None:
        """Write once. Where the store has no If-None-Match, look first: good enough under a content hash."""
        wish: dict[str, Any] = {"ContentLength": stored.size, "ContentType": media_type}
        if self.bucket.sign_checksum and stored.sha256_hex:
            wish["ChecksumSHA256"] = _base64(stored.sha256_hex)
        if self.bucket.sign_write_once:
            wish["IfNoneMatch"] = "*"
        elif self.head(key) is not None:
            raise StorageTaken(key)
        with answering(key):
            file.seek(0)
            self._client().put_object(Bucket=self.bucket.name, Key=key, Body=file, **wish)

    def _require_same(self, key: str, sha256_hex: str, size: int) -> None:
        """Hash what is under `key`; raises `StorageMissing` if nothing is, `StorageMismatch` if it differs."""
        with open(os.devnull, "wb") as nowhere:
            found = self._copy(key, nowhere, limit=size)
        if (found.size, found.sha256_hex) != (size, sha256_hex):
            raise StorageMismatch(
                f"{key} does not hold what its name says: the bucket has been tampered with."
            )

    def _require_ours(self, key: str, stored: Stored) -> None:
        """Agree if `key` holds exactly these bytes, else raise `StorageTaken`."""
        try:
            self._require_same(key, str(stored.sha256_hex), stored.size)
        except (StorageMismatch, StorageMissing):
            raise StorageTaken(key) from None

    def _presign(self, verb: str, key: str, wish: dict[str, Any], seconds: int) -> str:
        client = self._client(self.bucket.public_endpoint)
        parameters = {"Bucket": self.bucket.name, "Key": key, **wish}
        return client.generate_presigned_url(verb, Params=parameters, ExpiresIn=seconds)

    def _client(self, endpoint: str | None = None, *, is_hasty: bool = False) -> "S3Client":
        """One client a process and address; a forked child makes its own, since sockets must not be shared."""
        address = endpoint or self.bucket.endpoint
        with self._lock:
            at = (os.getpid(), address, is_hasty)
            if at not in self._clients:
                self._clients[at] = connected(self.bucket, address, is_hasty=is_hasty)
            return self._clients[at]


def attachment(filename: str) -> str:
    """The Content-Disposition that saves under `filename`, whatever signs it holds (RFC 6266)."""
    clean = "".join(sign for sign in filename if sign.isprintable() and sign not in '/\\"') or "evidence"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _base64(sha256_hex: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256_hex)).decode()


def from_settings(settings: StorageSettings) -> Storage:
    """The bucket of the settings."""
    return Storage(
        Bucket(
            endpoint=settings.endpoint,
            public_endpoint=settings.public_endpoint,
            name=settings.bucket,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=settings.secret_access_key,
            sign_checksum=settings.sign_checksum,
            sign_write_once=settings.sign_write_once,
        )
    )
