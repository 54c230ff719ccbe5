"""The time of a query that a plan shows, as the ledger compares it with the claim."""

from __future__ import annotations

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Measured
from app.evidence.plans.work import total_ms

PLAN_SLACK = 0.2
"""Share by which single runs of one query differ."""


def plan_time(_claim: Claim, facts: Facts) -> Measured | None:
    """The time of the last measured plan in the file: Execution Time, else the log's, else that of its first step."""
    plans = facts.get("plans") or []
    timed = [(i, ms) for i, plan in enumerate(plans) if (ms := _plan_ms(plan)) is not None]
    if not timed:
        return None
    place, value = timed[-1]
    what = _what(plans[place])
    where = (
        what
        if len(plans) == 1
        else phrase("{what} of plan {place} of {count}", what=what, place=place + 1, count=len(plans))
    )
    return Measured(value, value * 0.98, value * 1.02, value * (1 - PLAN_SLACK), value * (1 + PLAN_SLACK),
                    phrase("2 % for rounding; a single run repeats within about 20 %"), where)  # fmt: skip


def _plan_ms(plan: Facts) -> float | None:
    return total_ms(plan) if plan.get("analyzed") and plan.get("root") else None


def _what(plan: Facts) -> str:
    if plan.get("execution_ms") is not None:
        return "Execution Time"
    return (
        phrase("the duration in the log")
        if plan.get("duration_ms") is not None
        else phrase("the time of the first step")
    )
