"""Whether the head of a file is a cost sheet, by the words of its first cells; never by the file's name."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from app.evidence.source import Source

SURE_WORKBOOK, WORKBOOK, OLD = 0.7, 0.4, 0.4
UNPACKED = 60_000
_HINTS = (
    "cost",
    "kosten",
    "ausgaben",
    "usd",
    "eur",
    "$",
    "€",
    "spend",
    "bill",
    "per request",
    "/request",
    "per 1",
)
_WORDS = (b"cost", b"kosten", b"usd", b"eur", b"price", b"preis", b"spend", b"bill", b"total")
_LOCAL = b"PK\x03\x04"


def sniff(source: Source) -> float:
    """How sure it is. Workbooks and what else spreadsheets write are taken, since no other kind reads them."""
    head = source.head_bytes
    if head.startswith(_LOCAL):
        return _zipped(head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return 0.0 if "WordDocument".encode("utf-16-le") in head else OLD
    if b"\0" in head and not source.encoding.startswith("utf-"):
        return 0.0
    return _table(source.head[:16_000])


def _zipped(head: bytes) -> float:
    """A workbook that speaks of costs, as far as its texts can be seen; one that speaks of other things is none."""
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head or (
        b"Index/" in head and b".iwa" in head
    ):
        return WORKBOOK
    if b"xl/" not in head:
        return 0.0
    texts = list(_texts(head))
    if any(word in text for text in texts for word in _WORDS):
        return SURE_WORKBOOK
    return 0.0 if any(b"<t" in text for text in texts) else WORKBOOK


def _texts(head: bytes) -> Iterator[bytes]:
    """The beginnings of the members that hold words, those that lie in the head: shared texts and sheets."""
    place = head.find(_LOCAL)
    while 0 <= place <= len(head) - 30:
        name_length, extra_length = (
            int.from_bytes(head[place + at : place + at + 2], "little") for at in (26, 28)
        )
        name = head[place + 30 : place + 30 + name_length]
        data = place + 30 + name_length + extra_length
        if name == b"xl/sharedStrings.xml" or name.startswith(b"xl/worksheets/sheet"):
            yield _unpacked(head[data:]).lower()
        place = head.find(_LOCAL, place + 30)


def _unpacked(data: bytes) -> bytes:
    """The first bytes of a deflated member, or nothing when it is stored in another way."""
    try:
        return zlib.decompressobj(-15).decompress(data, UNPACKED)
    except zlib.error:
        return b""


def _table(head: str) -> float:
    low = head.lower().replace("(cost=", "")  # that of a query plan is none
    if not any(hint in low for hint in _HINTS):
        return 0.0
    from app.evidence.cost_sheet.likeness import likeness

    return likeness(head)
