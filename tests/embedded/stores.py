"""Object stores to test against: ours in a thread, or any other that TEST_S3_ENDPOINT names."""

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import boto3
import requests
from botocore.config import Config

from embedded.objectstore.application import ObjectStore
from embedded.objectstore.shelf import Shelf
from embedded.objectstore.signatures import Key
from embedded.serving import serving
from tests.embedded.signer import Signer

ORIGIN = "http://localhost:8000"
KEY = Key("TESTACCESSKEY0001", "test-secret-key-0123456789", "us-east-1")


@dataclass(frozen=True)
class Store:
    endpoint: str
    bucket: str
    key_id: str
    secret: str

    @property
    def signer(self):
        return Signer(self.endpoint, self.key_id, self.secret)

    def client(self, *, secret=None, key_id=None):
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"max_attempts": 0},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=key_id or self.key_id,
            aws_secret_access_key=secret or self.secret,
            region_name="us-east-1",
            config=config,
        )

    def presigned(self, method, key, *, send=None, body=None, signed=None, **options):
        """Sign an address for `signed` headers, then send `send` (by default the same) and `body`."""
        url = self.signer.url(method, f"/{self.bucket}/{key}", headers=signed, **options)
        return requests.request(method, url, headers=signed if send is None else send, data=body)

    def request(self, method, key, *, body=b"", query=None, **options):
        """A request signed in its headers."""
        path = f"/{self.bucket}/{key}"
        headers = self.signer.headers(method, path, body=body, query=query, **options)
        return requests.request(method, self.endpoint + path, params=query, headers=headers, data=body)

    def read(self, key):
        """The bytes under a key, or None."""
        answer = self.presigned("GET", key)
        return answer.content if answer.status_code == 200 else None


@contextlib.contextmanager
def local_store(folder, *, origins=(ORIGIN,), clock=lambda: datetime.now(UTC), largest=1 << 30):
    """Our own store over `folder`, answering in a thread of the test."""
    shelf = Shelf(folder)
    shelf.create_bucket("evidence-bucket", clock())
    with serving(ObjectStore(shelf, KEY, origins=origins, clock=clock, largest=largest)) as endpoint:
        yield Store(endpoint, "evidence-bucket", KEY.id, KEY.secret)
    shelf.close()


@contextlib.contextmanager
def store_under_test(folder):
    """The store TEST_S3_ENDPOINT names, with a bucket and CORS of its own; else ours."""
    if not (endpoint := os.environ.get("TEST_S3_ENDPOINT")):
        with local_store(folder) as store:
            yield store
        return
    bucket = f"contract-{uuid4().hex[:12]}"
    store = Store(endpoint, bucket, os.environ["TEST_S3_ACCESS_KEY"], os.environ["TEST_S3_SECRET_KEY"])
    client = store.client()
    client.create_bucket(Bucket=bucket)
    rule = {
        "AllowedOrigins": [ORIGIN],
        "AllowedMethods": ["PUT", "GET", "HEAD"],
        "AllowedHeaders": ["content-type", "x-amz-checksum-sha256", "if-none-match"],
        "ExposeHeaders": ["ETag"],
    }
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    yield store
