"""What a calendar of drills means beside the alerts of a package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.drill_schedule import rules
from app.evidence.findings import Finding


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """How many drills name an alert, where alerts are handed in too."""
    names = list(
        dict.fromkeys(
            alert["name"]
            for file in files
            for alert in (file.facts.get("alerts", ()) if file.kind == "alert_rules" else ())
        )
    )[:200]
    drills = [
        drill
        for file in files
        if file.kind == "drill_schedule" and file.facts
        for drill in file.facts["drills"]
    ]
    if not names or not drills:
        return
    said = [" ".join(str(value) for value in drill.values()).lower() for drill in drills]
    mapped = sum(1 for text in said if any(name.lower() in text for name in names))
    if mapped:
        yield rules.WITH_ALERT.at(count=mapped, total=len(drills))
    else:
        yield rules.WITHOUT_ALERT.at(alerts=", ".join(names[:5]))
