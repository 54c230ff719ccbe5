"""Query plans of MySQL 5.6 to 9 and MariaDB 10 and 11: tables, `\\G`, TREE, both versions of JSON, ANALYZE.

Facts: {"plans": [plan, …], "more_plans": whether the file holds more than were read}. Plans and nodes are described in
`app.evidence.plans.shape`; what is special: TREE names tables by their alias; MariaDB counts rows before and after its
conditions (`rows_read`, `actual_rows`), pages instead of blocks, and prints the time of the whole query
(`execution_ms`); MySQL prints none, so the time of the first step stands for it. Tables have no times.
"""

from __future__ import annotations

import re

from app.evidence.claims import Facts
from app.evidence.findings import Report, Unreadable, phrase
from app.evidence.kind import Kind
from app.evidence.mysql_plan import rules
from app.evidence.plans import pair, pair_rules
from app.evidence.plans.claimed import plan_time
from app.evidence.plans.restored import restored
from app.evidence.source import Source

NAME = "mysql_plan"
_N = r"[0-9.e+]{1,30}"
_FIGURES = re.compile(rf" \((?:cost={_N}(?:\.\.{_N})? )?rows={_N}\)| \(actual time=")
_NEVER_A_PLAN = ("{\\rtf", "%PDF", "<!DOCTYPE", "<?xml", "<explain")
_SWITCHES = (pair_rules.FORCED, pair_rules.OTHER_SETTINGS)  # these plans do not name the optimizer's settings
_ITERATORS = ("estimated_total_cost", "actual_last_row_ms", "estimated_rows", '"query_plan"')


def sniff(source: Source) -> float:
    """How sure the head of the file makes us that it holds a plan of MySQL or MariaDB."""
    head = restored(source.head)
    if head.startswith(_NEVER_A_PLAN):
        return 0.0
    if "query_block" in head and "select_id" in head:
        return 0.98
    if '"operation' in head and any(mark in head for mark in _ITERATORS):
        return 0.97
    if "select_type" in head and "possible_keys" in head:
        return 0.95
    if "-> " not in head or " width=" in head:
        return 0.0
    return 0.95 if _is_tree(head) else 0.0


def inspect(source: Source) -> Report:
    """Read every plan of the file and say what is to be said. Raises `Unreadable`."""
    from app.evidence.mysql_plan import checks, reading
    from app.evidence.mysql_plan.tree import MOST_PLANS, Flattened
    from app.evidence.plans.strict import Refused

    try:
        plans = reading.read(source.text())
    except Refused as refused:
        raise Unreadable(rules.REFUSED_JSON.at(reason=str(refused))) from refused
    except Flattened as flattened:
        raise Unreadable(rules.FLATTENED.at()) from flattened
    if not plans:
        raise Unreadable(rules.NO_PLAN.at())
    findings = tuple(finding for plan in plans for finding in checks.findings(plan))
    return Report(NAME, sniff(source), {"plans": plans, "more_plans": len(plans) >= MOST_PLANS}, findings)


def _is_tree(head: str) -> bool:
    """An arrow, one space, a word and figures as MySQL writes them, in one line."""
    for line in head.replace("\\n", "\n").split("\n", 2_000)[:2_000]:
        arrow = line.find("-> ")
        if arrow >= 0 and line[arrow + 3 : arrow + 4].isupper() and _FIGURES.search(line, arrow):
            return True
    return False


def _why_not(_metric: str, facts: Facts) -> str:
    plans = facts.get("plans") or []
    if any(plan.get("analyzed") for plan in plans):
        return phrase("the table that ANALYZE prints has rows and no times.")
    return phrase("the plan is an estimate without times.")


KIND = Kind(
    NAME,
    phrase("MySQL or MariaDB query plan"),
    sniff,
    inspect,
    rules.SINGLE + tuple(rule for rule in pair.RULES if rule not in _SWITCHES),
    measures={"plan_time": plan_time},
    why_not=_why_not,
    compare=pair.compare,
)
