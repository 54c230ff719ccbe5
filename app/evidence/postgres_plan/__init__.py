"""PostgreSQL query plans: TEXT and JSON of versions 10 to 18, as people paste them.

`KIND` recognises and reads a file; `pair.compare` holds a plan from before a change against one from after it.
Facts: {"plans": [plan, …], "more_plans": whether a long log holds more than were read}. A plan is described in
`facts.plan_facts`, a node in `facts.node_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.evidence.claims import Facts
from app.evidence.findings import Finding, Report, Unreadable
from app.evidence.kind import Kind
from app.evidence.postgres_plan import checks, claimed, pair, reading, rules
from app.evidence.postgres_plan.structured import MOST_PLANS, Refused
from app.evidence.source import Source

NAME = "postgres_plan"
_JSON = re.compile(r'(?:"{1,2}|&quot;|[“”])Plan(?:"{1,2}|&quot;|[“”])\s{0,20}:\s{0,200}\{')
_FIGURES = re.compile(r"\((?:cost=|actual )[^()]{1,120}rows=")
_NEVER_A_PLAN = ("{\\rtf", "%PDF", "<!DOCTYPE", "<?xml")


def sniff(source: Source) -> float:
    """How sure the head of the file makes us that it holds a plan of PostgreSQL."""
    head = source.head
    if head.startswith(_NEVER_A_PLAN):
        return 0.0
    if _JSON.search(head):
        return 0.98 if "Node Type" in head else 0.3
    if _FIGURES.search(head):
        return 0.9 if "width=" in head else 0.3 if head.lstrip().startswith("->") else 0.85
    if "QUERY PLAN" in head:
        return 0.5
    return 0.6 if len(head) < 20_000 and _reads(head) else 0.0


def inspect(source: Source) -> Report:
    """Read every plan of the file and say what is to be said. Raises `Unreadable`."""
    try:
        plans = reading.read(source.text())
    except Refused as refused:
        raise Unreadable(rules.REFUSED_JSON.at(reason=str(refused))) from refused
    except reading.Flattened as flattened:
        raise Unreadable(rules.FLATTENED.at()) from flattened
    if not plans:
        raise Unreadable(rules.NO_PLAN.at())
    findings = tuple(finding for plan in plans for finding in checks.findings(plan))
    return Report(NAME, sniff(source), {"plans": plans, "more_plans": len(plans) >= MOST_PLANS}, findings)


def _reads(head: str) -> bool:
    """COSTS OFF leaves no figures to look for: try."""
    try:
        return bool(reading.read(head))
    except (Refused, reading.Flattened):
        return True


def _compare(before: Facts, after: Facts, _metric: str) -> Iterator[Finding]:
    if before.get("plans") and after.get("plans"):
        yield from pair.compare(before, after)


KIND = Kind(
    NAME,
    "PostgreSQL query plan",
    sniff,
    inspect,
    rules.SINGLE + pair.RULES,
    measures={"plan_time": claimed.plan_time},
    why_not=claimed.why_not,
    compare=_compare,
)
