"""How a capacity table gives the claimed numbers of a milestone: the row whose users are the claim's layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Measured

ROLES = {
    "users": "users", "throughput": "peak_rps", "peak_factor": "peak_factor", "storage": "storage", "cost": "cost",
}  # fmt: skip


def measured(claim: Claim, facts: Facts) -> Measured | None:
    """The cell of the claim's milestone; it agrees within the digits the table shows."""
    number, line = _cell(claim, facts)
    if number is None:
        return None
    value = number["value"]
    where = phrase("line {line}", line=line)
    return Measured(
        value, value, value, None, None, phrase("none beyond how the claim is rounded"), where,
        basis=phrase(" (written {written})", written=number["written"]),
    )  # fmt: skip


def why_not(metric: str, facts: Facts) -> str:
    """Half a sentence on a number that no row gives."""
    name = ROLES.get(metric, metric)
    if name not in facts.get("roles", ()):
        return phrase("it has no column {name}.", name=name)
    rows = ", ".join(f"{stage['users']:,}" for stage in facts.get("stages", ())[:8])
    return phrase("it has rows for {rows} users only.", rows=rows)


MEASURES: Mapping[str, Callable[[Claim, Facts], Measured | None]] = dict.fromkeys(ROLES, measured)


def _cell(claim: Claim, facts: Facts) -> tuple[Mapping[str, Any] | None, int]:
    """The number and its line; the row is named by the claim's layer, 100 to 100k."""
    for stage in facts.get("stages", ()):
        number = stage["numbers"].get(ROLES[claim.metric])
        if stage["stage"] == claim.layer and number is not None:
            return number, stage["line"]
    return None, 0
