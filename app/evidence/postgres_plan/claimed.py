"""The time of a query that a plan shows, as the ledger compares it with the claim."""

from __future__ import annotations

from app.evidence.claims import Claim, Facts
from app.evidence.measured import Measured

PLAN_SLACK = 0.2


def plan_time(_claim: Claim, facts: Facts) -> Measured | None:
    """The Execution Time of the last plan in the file, else the time of its root."""
    plans = facts.get("plans") or []
    timed = [(i, ms) for i, plan in enumerate(plans) if (ms := _plan_ms(plan)) is not None]
    if not timed:
        return None
    place, value = timed[-1]
    where = "Execution Time" if len(plans) == 1 else f"Execution Time of plan {place + 1} of {len(plans)}"
    return Measured(value, value * 0.98, value * 1.02, value * (1 - PLAN_SLACK), value * (1 + PLAN_SLACK),
                    "2 % for rounding; a single run repeats within about 20 %", where)  # fmt: skip


def why_not(_metric: str, _facts: Facts) -> str:
    """A plan says how long its query took when it was measured."""
    return "the plan is an estimate without times."


def _plan_ms(plan: Facts) -> float | None:
    if not plan.get("analyzed"):
        return None
    ms = plan.get("execution_ms")
    ms = (plan.get("root") or {}).get("inclusive_ms") if ms is None else ms
    return None if ms is None else float(ms)
