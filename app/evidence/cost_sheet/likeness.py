"""How much the first cells of a table speak of costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.evidence.cost_sheet.amounts import amount, has_decimal_commas
from app.evidence.cost_sheet.delimited import delimiter_of, split
from app.evidence.cost_sheet.words import Role, meaning

LINES, CELLS, LONGEST = 25, 14, 50
_PROSE = ("# ", "## ", "### ", "- ", "* ", "> ", "```", "<")


def likeness(head: str) -> float:
    """Costs beside requests, or a cost per request, or the lines of a bill, in cells of a table with numbers."""
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
