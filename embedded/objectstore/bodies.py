"""The bytes of an upload: plain or aws-chunked, counted, hashed and compared with what was promised."""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Protocol

from werkzeug.datastructures import Headers

from embedded.objectstore.faults import Fault, Refused
from embedded.objectstore.signatures import UNSIGNED

CHUNK = 1 << 16
CHECKSUM = "x-amz-checksum-"
_CHUNKED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_LENGTHS = {
    "sha256": 32,
    "sha1": 20,
    "crc32": 4,
}  # bytes; crc32c and crc64nvme are not in the standard library


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Body:
    """Iterate once to get the decoded bytes; the last step raises `Refused` if a promise is broken."""

    def __init__(self, source: Source, headers: Headers, payload: str, *, largest: int) -> None:
        self._source = source
        self._payload = payload
        self._chunked = payload == _CHUNKED
        if not self._chunked and payload != UNSIGNED and not re.fullmatch(r"[0-9a-f]{64}", payload):
            raise Refused(Fault.NOT_IMPLEMENTED, f"x-amz-content-sha256: {payload} is not implemented.")
        self._length = _length(headers, "x-amz-decoded-content-length" if self._chunked else "Content-Length")
        if self._length > largest:
            raise Refused(Fault.TOO_LARGE, f"The largest object is {largest} bytes.")
        self._trailer = headers.get("x-amz-trailer", "").lower() if self._chunked else ""
        self._promised = _promised(headers)
        for name in {*self._promised, *([self._trailer] if self._trailer else [])}:
            _require_known(name)
        self._content_md5 = _decoded_digest(headers.get("Content-MD5"), 16)
        self.size = 0
        self.etag = ""

    @property
    def checksums(self) -> Mapping[str, str]:
        """The checksums the client sent, by header name, once they have been found right."""
        return self._promised

    def __iter__(self) -> Iterator[bytes]:
        md5 = hashlib.md5(usedforsecurity=False)
        sha256, sha1, crc32 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), _Crc32()
        for piece in self._chunks() if self._chunked else self._plain():
            self.size += len(piece)
            if self.size > self._length:
                raise Refused(Fault.INVALID_REQUEST, "More bytes arrived than were announced.")
            for digest in (md5, sha256, sha1, crc32):
                digest.update(piece)
            yield piece
        if self.size != self._length:
            raise Refused(Fault.INCOMPLETE)
        self.etag = md5.hexdigest()
        self._compare(
            {"sha256": sha256.digest(), "sha1": sha1.digest(), "crc32": crc32.digest()}, md5.digest()
        )

    def _compare(self, digests: Mapping[str, bytes], md5: bytes) -> None:
        signed = self._payload if re.fullmatch(r"[0-9a-f]{64}", self._payload) else None
        if signed and signed != digests["sha256"].hex():
            raise Refused(Fault.BAD_HASH)
        if self._content_md5 and self._content_md5 != md5:
            raise Refused(Fault.BAD_DIGEST, "Content-MD5 does not match the bytes received.")
        for name, value in self._promised.items():
            algorithm = name.removeprefix(CHECKSUM)
            if _decoded_digest(value, _LENGTHS[algorithm]) != digests[algorithm]:
                raise Refused(Fault.BAD_DIGEST, f"{name} does not match the bytes received.")

    def _plain(self) -> Iterator[bytes]:
        left = self._length
        while left and (piece := self._source.read(min(left, CHUNK))):
            left -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        """`<hex size>[;extension]\\r\\n<bytes>\\r\\n` … `0\\r\\n<trailers>\\r\\n`"""
        while left := self._chunk_size():
            while left:
                piece = self._source.read(min(left, CHUNK))
                if not piece:
                    raise Refused(Fault.INCOMPLETE)
                left -= len(piece)
                yield piece
            if self._source.readline(3) != b"\r\n":
                raise Refused(Fault.INVALID_REQUEST, "A chunk is longer than its announced size.")
        self._read_trailers()

    def _chunk_size(self) -> int:
        line = self._source.readline(256).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,12}", line):
            raise Refused(Fault.INCOMPLETE if not line else Fault.INVALID_REQUEST, "A chunk size is missing.")
        return int(line, 16)

    def _read_trailers(self) -> None:
        found: dict[str, str] = {}
        while line := self._source.readline(1024).strip():
            name, _, value = line.decode("latin-1").partition(":")
            found[name.strip().lower()] = value.strip()
        if set(found) != ({self._trailer} if self._trailer else set()):
            raise Refused(Fault.INVALID_REQUEST, "The trailers are not those announced in x-amz-trailer.")
        self._promised |= found


def _length(headers: Headers, name: str) -> int:
    text = headers.get(name, "")
    if not text:
        raise Refused(Fault.NO_LENGTH, f"{name} is missing.")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise Refused(Fault.INVALID, f"{name} must be a number.")
    return int(text)


def _promised(headers: Headers) -> dict[str, str]:
    named = {name.lower(): value for name, value in headers.items()}
    return {
        name: value
        for name, value in named.items()
        if name.startswith(CHECKSUM) and name not in (f"{CHECKSUM}algorithm", f"{CHECKSUM}mode")
    }


def _require_known(name: str) -> None:
    if name.removeprefix(CHECKSUM) not in _LENGTHS:
        raise Refused(Fault.NOT_IMPLEMENTED, f"{name} is not implemented; use one of {', '.join(_LENGTHS)}.")


def _decoded_digest(value: str | None, length: int) -> bytes | None:
    if value is None:
        return None
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != length:
        raise Refused(Fault.INVALID_REQUEST, "A checksum is not the base64 of its algorithm's length.")
    return digest
