"""Capacity of each milestone as a table: CSV (or TSV, semicolons), or the table of a Markdown file.

Facts:
  heads    the columns as written
  roles    what each is taken for: users, peak_rps, mean_rps, peak_factor, requests_per_user, storage, growth, egress,
           cost, latency, in_flight, pool, max_connections, workers, instances; empty for others
  stages   [{users, stage, line, numbers: {role: {value, step, written, unit}}}]; stage is 100, 1k, 10k, 100k or empty;
           values are requests a second, GB, ms, whole money; step is one of the last digit written
  sums     [{text, written, written_text, recomputed, agrees, unit, line}]  columns that follow from others
"""

from __future__ import annotations

import re

from app.evidence.capacity_table import bill, claims, rules
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.source import Source

NAME = "capacity_table"
_RATES = (
    "rps",
    "qps",
    "peak",
    "req/s",
    "requests/s",
    "throughput",
    "spitze",
    "anfragen/s",
    "durchsatz",
    "mittlere last",
)
_USERS = ("users", "dau", "milestone", "stage", "nutzer", "benutzer", "stufe", "meilenstein")
LEAST_STAGES = 3
_STAGES = ("100", "1k", "10k", "100k", "1000", "10000", "100000")
_GROUPS = re.compile(r"(?<=\d)[., ](?=\d{3}\b)", re.ASCII)


def sniff(source: Source) -> float:
    """A first line of columns with users and rates; a Markdown file only when it is little but that table."""
    lines = [line.strip() for line in source.head[:8000].split("\n") if line.strip()]
    if not lines or len(lines) > 60:
        return 0.0
    head = next((line for line in lines[:4] if any(sign in line for sign in ",;\t|")), "").lower()
    signs = [sign for sign in ",;\t|" if sign in head]
    cells = [cell.strip(' "') for sign in signs for cell in head.split(sign)]
    is_turned = sum(_GROUPS.sub("", cell) in _STAGES for cell in cells) >= LEAST_STAGES
    is_about = is_turned or any(cell.startswith(_USERS) or cell.endswith(_USERS) for cell in cells)
    if not is_about or len(head) > 400:
        return 0.0
    firsts = [
        line.strip("| ").split(sign, 1)[0].lower() for line in lines[:16] for sign in signs if sign in line
    ]
    return 0.97 if any(word in cell for cell in (*cells, *firsts) for word in _RATES) else 0.0


def inspect(source: Source) -> Report:
    """Read every stage and hold its columns to each other. Raises `Unreadable`."""
    from app.evidence.capacity_table.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Capacity table"),
    sniff,
    inspect,
    rules.RULES,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    together=bill.together,
)
