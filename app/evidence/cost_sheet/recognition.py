"""Whether the head of a file is a cost sheet, by the words of its first cells; never by the file's name."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from app.evidence.cost_sheet.amounts import amount, has_decimal_commas
from app.evidence.cost_sheet.delimited import delimiter_of, split
from app.evidence.cost_sheet.words import Role, meaning
from app.evidence.source import Source

SURE_WORKBOOK, WORKBOOK, OLD = 0.7, 0.4, 0.4
LINES, CELLS = 25, 14
UNPACKED = 60_000
_HINTS = ("cost", "kosten", "ausgaben", "usd", "eur", "$", "€", "spend", "bill")
_PROSE = ("# ", "## ", "### ", "- ", "* ", "> ", "```", "<")
LONGEST, MOST_WORDS = 50, 7
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
    """Costs beside requests, or a cost per request, or the lines of a bill, in cells of a table with numbers."""
    low = head.lower()
    if not any(hint in low for hint in _HINTS):
        return 0.0
    lines = [line[:2000] for line in head.split("\n")[:LINES] if line.strip()]
    if any(line.lstrip().startswith(_PROSE) for line in lines):
        return 0.0
    rows = [[cell.strip()[:80] for cell in row[:CELLS]] for row in split(lines, delimiter_of(lines))]
    if not _has_numbers(rows):
        return 0.0
    said = [
        meaning(cell) for cell in sorted({cell for row in rows for cell in row}) if 0 < len(cell) <= LONGEST
    ]
    roles = {one.role for one in said} | {one.plain_role for one in said}
    has_cost = bool(roles & {Role.COST, Role.TOTAL})
    score = 0.5 * (Role.PER_REQUEST in roles) + 0.35 * (has_cost and Role.REQUESTS in roles)
    score += 0.2 * (has_cost and len({one.line for one in said} - {""}) >= 2)
    score += 0.1 * (Role.TOTAL in roles and len({one.line for one in said} - {""}) >= 2)
    score += 0.16 * len({one.side for one in said} - {""})
    return min(score, 0.95) if has_cost or Role.PER_REQUEST in roles else 0.0


def _has_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Two rows of one width with a number in each, or one row with several numbers: no prose with commas."""
    commas = has_decimal_commas(cell for row in rows for cell in row)
    numbers = [sum(amount(cell, decimal_commas=commas) is not None for cell in row) for row in rows]
    widths = Counter(len(row) for row, found in zip(rows, numbers, strict=True) if found and len(row) > 1)
    return max(numbers, default=0) >= 2 or max(widths.values(), default=0) >= 2
