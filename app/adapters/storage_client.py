"""The connection to an S3 bucket: the only module that imports boto3, and what may go wrong with it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.errors import Unavailable
from app.words import _

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_GONE = {"404", "NoSuchKey", "NotFound"}
_THERE_ALREADY = {"412", "PreconditionFailed"}


class StorageDown(Unavailable):
    """The bucket does not answer, or refuses the portal."""


class StorageRefuses(StorageDown):
    """The bucket answers and does not know the portal, or lets it do less than it must."""


class StorageMissing(Exception):
    """There is no object under this key."""


class StorageMismatch(Exception):
    """The bytes are not those that were promised, or are more than allowed."""


class StorageTaken(Exception):
    """The key is written already and a key is written once."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the bucket is and who we are to it.

    `public_endpoint` is the address browsers use; the flags are for stores that refuse those signed headers.
    """

    endpoint: str | None
    public_endpoint: str | None
    name: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    sign_checksum: bool
    sign_write_once: bool


def connected(bucket: Bucket, endpoint: str | None, *, is_hasty: bool = False) -> "S3Client":
    """Make the client; a hasty one answers for the store within two seconds, as /readyz must.

    boto3 takes about a second to import, which start-up and most commands need not pay.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint else "auto"},
        connect_timeout=1 if is_hasty else 3,
        read_timeout=1 if is_hasty else 10,
        retries={"total_max_attempts": 1 if is_hasty else 2, "mode": "standard"},
        max_pool_connections=16,
        # boto3's own default sends a CRC32 that breaks several stores; ours is SHA-256
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = boto3.session.Session(
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        region_name=bucket.region,
    )
    client: S3Client = session.client("s3", endpoint_url=endpoint, config=config)
    return client


@contextlib.contextmanager
def answering(key: str) -> Iterator[None]:
    """Turn botocore's exceptions into ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in _GONE:
            raise StorageMissing(key) from None
        if code in _THERE_ALREADY:
            raise StorageTaken(key) from None
        raise StorageRefuses(
            _("The file store refuses the portal (%(code)s). Nothing was lost; try again.", code=code)
        ) from error
    except BotoCoreError as error:
        raise StorageDown(
            _("The file store does not answer. Nothing was lost; try again in a minute.")
        ) from error
