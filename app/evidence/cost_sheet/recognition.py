"""Whether the head of a file is a cost sheet: workbooks by their first bytes, CSV by the words of its first lines."""

from __future__ import annotations

from app.evidence.cost_sheet.words import Role, meaning
from app.evidence.source import Source

WORKBOOK, OTHER_SHEET, OLD = 0.6, 0.5, 0.4
LINES, CELLS = 25, 14
_HINTS = ("cost", "usd", "eur", "$", "€", "spend", "bill")
_DELIMITERS = (",", ";", "\t", "|")


def sniff(source: Source) -> float:
    """How sure it is; by content, never by the file's name."""
    head = source.head_bytes
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return 0.0 if "WordDocument".encode("utf-16-le") in head else OLD
    if b"\0" in head and not source.encoding.startswith("utf-"):
        return 0.0
    return _table(source.head[:16_000])


def _zipped(head: bytes) -> float:
    if b"xl/" in head or b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head:
        return WORKBOOK
    return OTHER_SHEET if b"Index/" in head and b".iwa" in head else 0.0


def _table(head: str) -> float:
    """Costs beside requests, or a cost per request, or the lines of a bill, in cells of a table."""
    low = head.lower()
    if not any(hint in low for hint in _HINTS):
        return 0.0
    lines = [line[:2000] for line in head.split("\n")[:LINES] if line.strip()]
    delimiter = max(_DELIMITERS, key=lambda sign: sum(sign in line for line in lines))
    if sum(delimiter in line for line in lines) < 2:
        return 0.0
    cells = {cell.strip(' "')[:80] for line in lines for cell in line.split(delimiter)[:CELLS]}
    said = [meaning(cell) for cell in sorted(cells) if cell and not cell[0].isdigit() and len(cell) <= 60]
    roles = {one.role for one in said} | {one.plain_role for one in said}
    bill = {one.line for one in said} - {""}
    sides = {one.side for one in said} - {""}
    has_cost = bool(roles & {Role.COST, Role.TOTAL})
    score = 0.5 * (Role.PER_REQUEST in roles) + 0.35 * (has_cost and Role.REQUESTS in roles)
    score += 0.2 * (has_cost and len(bill) >= 2) + 0.1 * len(sides)
    return min(score, 0.95) if has_cost or Role.PER_REQUEST in roles else 0.0
