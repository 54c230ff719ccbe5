"""PostgreSQL query plans: TEXT, JSON, YAML and XML of versions 10 to 18, as people paste them.

`KIND` recognises and reads a file; `plans.pair` holds a plan from before a change against one from after it.
Facts: {"plans": [plan, …], "more_plans": whether a long log holds more than were read}. Plans and nodes are described
in `app.evidence.plans.shape`. Times are milliseconds, sizes kB, buffers blocks of 8 kB.
"""

from __future__ import annotations

from app.evidence.findings import Report, Unreadable, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.plans import pair
from app.evidence.plans.claimed import plan_time
from app.evidence.plans.restored import restored
from app.evidence.postgres_plan import checks, claimed, reading, rules
from app.evidence.postgres_plan.printed import is_object
from app.evidence.postgres_plan.structured import MOST_PLANS, Refused
from app.evidence.source import Source

NAME = "postgres_plan"
_JSON = lazy(r'(?:"{1,2}|&quot;|[“”])Plan(?:\\?"{1,2}|&quot;|[“”])\s{0,20}:\s{0,200}\{')
_FIGURES = lazy(r"\((?:cost=|actual )[^()]{1,120}rows=")
_OTHER_TREE = lazy(r"\(cost=[0-9.e+]{1,30}(?:\.\.[0-9.e+]{1,30})? rows=[0-9.e+]{1,30}\)")  # MySQL's
_NEVER_A_PLAN = ("{\\rtf", "%PDF")
_STEPS = (
    "Plan", "Scan", "Join", "Loop", "Aggregate", "Append", "Union", "Bitmap", "Hash", "Gather", "Sort", "Group",
    "WindowAgg", "Unique", "LockRows", "Limit", "Result", "ProjectSet", "SetOp", "Materialize", "Memoize", "Insert",
    "Update", "Delete", "Merge",
)  # fmt: skip
"""Of these, every name of a step holds one."""
_MARKUP = ("www.postgresql.org/2009/explain", "<Node-Type>", "&lt;Node-Type&gt;")


def sniff(source: Source) -> float:
    """How sure the head of the file makes us that it holds a plan of PostgreSQL."""
    if source.head.startswith(_NEVER_A_PLAN):
        return 0.0
    head = restored(source.head)
    if source.head[:9].upper() == "<!DOCTYPE":
        return 0.9 if ("Plan" in head or "(cost=" in head) and _reads(head, if_refused=False) else 0.0
    if "Plan" in head and _JSON.search(head):
        return 0.98 if "Node Type" in head else 0.3
    if is_object(head):
        return 0.95 if _reads(head, if_refused=False) else 0.0
    if any(mark in head for mark in _MARKUP):
        return 0.98
    if "Plan:" in head and "Node Type: " in head:
        return 0.98
    if "width=" not in head and "(cost=" in head and _OTHER_TREE.search(head):
        return 0.2
    if "rows=" in head and _FIGURES.search(head):
        return 0.9 if "width=" in head else 0.3 if head.lstrip().startswith("->") else 0.85
    if "QUERY PLAN" in head:
        return 0.5
    return (
        0.6
        if len(head) < 20_000 and any(map(head.__contains__, _STEPS)) and _reads(head, if_refused=True)
        else 0.0
    )


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


def _reads(head: str, *, if_refused: bool) -> bool:
    """COSTS OFF leaves no figures to look for, and a page may tell of plans without one: try."""
    try:
        return bool(reading.read(head))
    except (Refused, reading.Flattened):
        return if_refused


KIND = Kind(
    NAME,
    phrase("PostgreSQL query plan"),
    sniff,
    inspect,
    rules.SINGLE + pair.RULES,
    measures={"plan_time": plan_time},
    why_not=claimed.why_not,
    compare=pair.compare,
)
