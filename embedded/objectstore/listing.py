"""ListObjectsV2: keys in order, folded at a delimiter, in pages that neither skip nor repeat."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from embedded.objectstore.faults import Fault, Refused
from embedded.objectstore.shelf import Object, Shelf

PARAMETERS = frozenset(
    {"list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type"}
)
MOST = 1000
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wish:
    """The parameters of one request, checked."""

    prefix: str
    delimiter: str
    limit: int
    after: str
    is_encoded: bool


def wish(query: Mapping[str, str]) -> Wish:
    """Read the parameters; raise `Refused` for what is not understood."""
    if query.get("list-type") != "2" or set(query) - PARAMETERS:
        raise Refused(Fault.NOT_IMPLEMENTED, "Only ListObjectsV2 with its common parameters is implemented.")
    if query.get("encoding-type", "url") != "url":
        raise Refused(Fault.INVALID, "encoding-type must be url.")
    limit = query.get("max-keys", str(MOST))
    if not limit.isascii() or not limit.isdigit():
        raise Refused(Fault.INVALID, "max-keys must be a number.")
    token = query.get("continuation-token")
    return Wish(
        prefix=query.get("prefix", ""),
        delimiter=query.get("delimiter", ""),
        limit=min(int(limit), MOST),
        after=query.get("start-after", "") if token is None else _opened(token),
        is_encoded="encoding-type" in query,
    )


def listing(shelf: Shelf, bucket: str, wish: Wish) -> Element:
    """The answer's XML."""
    found: list[Object | str] = []
    is_truncated = False
    for entry in _entries(shelf, bucket, wish):
        if len(found) == wish.limit:
            is_truncated = wish.limit > 0
            break
        found.append(entry)
    root = Element("ListBucketResult")
    _text(root, Name=bucket, Prefix=_shown(wish.prefix, wish), KeyCount=len(found), MaxKeys=wish.limit)
    _text(root, IsTruncated=str(is_truncated).lower())
    if wish.is_encoded:
        _text(root, EncodingType="url")
    if is_truncated:
        _text(root, NextContinuationToken=_sealed(_name(found[-1])))
    for entry in found:
        _append(root, entry, wish)
    return root


def _entries(shelf: Shelf, bucket: str, wish: Wish) -> Iterator[Object | str]:
    """Objects and common prefixes (as text) after `wish.after`, in order, each prefix once."""
    start = max(wish.prefix, wish.after)
    while page := shelf.page(bucket, start=start, limit=wish.limit + 1):
        for entry in page:
            if not entry.key.startswith(wish.prefix):
                return
            folded = _folded(entry.key, wish)
            if folded is None and entry.key > wish.after:
                yield entry
            if folded is not None:
                if folded > wish.after:
                    yield folded
                start = folded + _LAST
                break
            start = entry.key + "\0"


def _folded(key: str, wish: Wish) -> str | None:
    """The common prefix `key` falls under, if it falls under one."""
    head, delimiter, _ = key[len(wish.prefix) :].partition(wish.delimiter) if wish.delimiter else ("", "", "")
    return wish.prefix + head + delimiter if delimiter else None


def _append(root: Element, entry: Object | str, wish: Wish) -> None:
    if isinstance(entry, str):
        _text(SubElement(root, "CommonPrefixes"), Prefix=_shown(entry, wish))
        return
    modified = (
        entry.modified_at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{entry.modified_at.microsecond // 1000:03d}Z"
    )
    contents = SubElement(root, "Contents")
    _text(contents, Key=_shown(entry.key, wish), LastModified=modified, ETag=f'"{entry.etag}"')
    _text(contents, Size=entry.size, StorageClass="STANDARD")


def _name(entry: Object | str) -> str:
    return entry if isinstance(entry, str) else entry.key


def _shown(text: str, wish: Wish) -> str:
    return quote(text, safe="/-_.~") if wish.is_encoded else text


def _text(parent: Element, **children: object) -> None:
    for name, value in children.items():
        SubElement(parent, name).text = str(value)


def _sealed(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _opened(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(Fault.INVALID, "The continuation token is not one of ours.") from None
