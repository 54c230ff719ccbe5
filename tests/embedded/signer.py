"""Signs S3 requests by hand (SigV4), so that tests can sign what no SDK would: the past, another region."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Signer:
    endpoint: str
    key_id: str
    secret: str
    region: str = "us-east-1"

    def url(self, method, path, *, headers=None, query=None, at=None, seconds=300):
        """A presigned address for exactly these headers."""
        at = at or datetime.now(UTC)
        signed = {"host": urlsplit(self.endpoint).netloc} | {
            name.lower(): value for name, value in (headers or {}).items()
        }
        pairs = dict(query or {}) | {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.key_id}/{self._scope(at)}",
            "X-Amz-Date": f"{at:%Y%m%dT%H%M%SZ}",
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": ";".join(sorted(signed)),
        }
        signature = self._signature(method, path, pairs, signed, "UNSIGNED-PAYLOAD", at)
        return f"{self.endpoint}{quote(path)}?{_query(pairs)}&X-Amz-Signature={signature}"

    def headers(self, method, path, *, body=b"", payload=None, query=None, also=None, unsigned=None, at=None):
        """The headers of a request signed in its Authorization header; `unsigned` ones are added afterwards."""
        at = at or datetime.now(UTC)
        payload = payload or hashlib.sha256(body).hexdigest()
        signed = {
            "host": urlsplit(self.endpoint).netloc,
            "x-amz-content-sha256": payload,
            "x-amz-date": f"{at:%Y%m%dT%H%M%SZ}",
        } | {name.lower(): value for name, value in (also or {}).items()}
        signature = self._signature(method, path, query or {}, signed, payload, at)
        authorization = (
            f"AWS4-HMAC-SHA256 Credential={self.key_id}/{self._scope(at)}, "
            f"SignedHeaders={';'.join(sorted(signed))}, Signature={signature}"
        )
        return signed | {"Authorization": authorization} | (unsigned or {})

    def _scope(self, at):
        return f"{at:%Y%m%d}/{self.region}/s3/aws4_request"

    def _signature(self, method, path, pairs, signed, payload, at):
        canonical = "\n".join(
            [method, quote(path), _query(pairs)]
            + [f"{name}:{signed[name]}" for name in sorted(signed)]
            + ["", ";".join(sorted(signed)), payload]
        )
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256",
                f"{at:%Y%m%dT%H%M%SZ}",
                self._scope(at),
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        key = f"AWS4{self.secret}".encode()
        for part in self._scope(at).split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _query(pairs):
    return "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(pairs.items())
    )
