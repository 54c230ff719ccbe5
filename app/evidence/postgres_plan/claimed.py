"""Why a plan of PostgreSQL does not show a time."""

from __future__ import annotations

from app.evidence.claims import Facts
from app.evidence.findings import phrase


def why_not(_metric: str, facts: Facts) -> str:
    """A plan says how long its query took when it was measured."""
    plans = facts.get("plans") or []
    if any(plan.get("analyzed") for plan in plans):
        return phrase("the plan was run with TIMING OFF and without its last lines.")
    return phrase("the plan is an estimate without times.")
