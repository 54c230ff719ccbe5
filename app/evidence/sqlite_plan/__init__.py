"""EXPLAIN QUERY PLAN of SQLite: the tree its shell draws, and the rows id, parent, notused, detail.

Facts: {"plans": [plan, …], "more_plans": whether the file holds more than were read}. Plans and nodes are described in
`app.evidence.plans.shape`. SQLite shows the strategy: nodes have a table, an index and conditions, and neither rows nor
times.
"""

from __future__ import annotations

from app.evidence.claims import Facts
from app.evidence.findings import Report, Unreadable, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.plans import pair, pair_rules
from app.evidence.plans.restored import restored
from app.evidence.source import Source
from app.evidence.sqlite_plan import rules

NAME = "sqlite_plan"
_STEP = r"(?:SCAN|SEARCH|USE TEMP|COMPOUND|MULTI-INDEX|CO-ROUTINE|MATERIALIZE|MERGE|EXECUTE)\b"
_WORDS = ("SCAN ", "SEARCH ", "USE TEMP ", "SUBQUERY", "CO-ROUTINE ", "MATERIALIZE ", "opcode")
_BRANCH = lazy(rf"(?:[|`'‘’](?:--|[–—])|├──?|└──?) {{0,2}}{_STEP}")
_ROW = lazy(
    rf"[0-9]{{1,6}}['\"]?(?:\s{{0,20}}[|,\t│;]\s{{0,3}}['\"]?|\s{{1,20}}[0-9]{{1,6}}\s{{1,20}}){_STEP}"
)
_OBJECT = lazy(rf"detail[\"']?\s{{0,4}}(?::|=>)\s{{0,4}}[\"']{_STEP}")


def sniff(source: Source) -> float:
    """How sure the head of the file makes us that it holds a plan of SQLite."""
    head = restored(source.head)
    if not any(word in head for word in _WORDS):
        return 0.0
    if _BRANCH.search(head):
        return 0.95 if "QUERY PLAN" in head else 0.9
    if _ROW.search(head) or ("detail" in head and "parent" in head and _OBJECT.search(head)):
        return 0.9
    return 0.6 if "opcode" in head and "addr" in head and "p1" in head else 0.0


def inspect(source: Source) -> Report:
    """Read every plan of the file and say what is to be said. Raises `Unreadable`."""
    from app.evidence.plans.strict import Refused
    from app.evidence.sqlite_plan import checks, reading

    text = source.text()
    try:
        plans = reading.read(text)
    except Refused as refused:
        raise Unreadable(rules.REFUSED.at(reason=str(refused))) from refused
    if not plans:
        raise Unreadable((rules.BYTECODE if reading.is_bytecode(text) else rules.NO_PLAN).at())
    findings = tuple(finding for plan in plans for finding in checks.findings(plan))
    return Report(
        NAME, sniff(source), {"plans": plans, "more_plans": len(plans) >= reading.MOST_PLANS}, findings
    )


def _why_not(_metric: str, _facts: Facts) -> str:
    return phrase("a plan of SQLite shows strategy, not timing.")


KIND = Kind(
    NAME,
    phrase("SQLite query plan"),
    sniff,
    inspect,
    (*rules.SINGLE, pair_rules.OTHER_QUERY, pair_rules.SAME_STEPS, pair_rules.INDEX_USED),
    measures={"plan_time": lambda _claim, _facts: None},
    why_not=_why_not,
    compare=pair.compare,
)
