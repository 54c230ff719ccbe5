"""How a record gives the claimed duration of the rollback."""

from __future__ import annotations

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Measured


def duration(_claim: Claim, facts: Facts) -> Measured | None:
    """Milliseconds from the decision to the end; a second more or less, since records are kept in seconds."""
    seconds = facts.get("duration_s")
    if seconds is None or seconds < 0:
        return None
    moments = facts["moments"]
    where = f"{moments[facts['since']]['time']} to {moments['done']['time']}"
    value, second = seconds * 1000.0, 1000.0
    return Measured(
        value,
        max(0.0, value - second),
        value + second,
        None,
        None,
        phrase("a second either way: the times are kept in seconds"),
        where,
        phrase(" (from the {since} to the end)", since=facts["since"]),
    )


def why_not(_metric: str, _facts: Facts) -> str:
    return phrase("it does not show both the decision and the end with their times.")


MEASURES = {"rollback_duration": duration}
