"""Whether the alerts of a package that are to wake somebody do reach somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.alertmanager import rules
from app.evidence.alertmanager.routing import reached
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, few

PAGING = frozenset(("critical", "page", "error", "high", "p1", "sev1", "emergency"))


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """The alerts of every rule file, sent through the routes of each configuration."""
    alerts = [
        one for file in files if file.kind == "alert_rules" and file.facts for one in file.facts["alerts"]
    ]
    for file in files:
        if file.kind != "alertmanager" or not file.facts or not file.facts["routes"]:
            continue
        channels = {one["name"]: one["kinds"] for one in file.facts["receivers"]}
        silent = []
        for alert in alerts:
            if str(alert["severity"]).lower() not in PAGING:
                continue
            found = reached(file.facts["routes"], {**alert["labels"], "alertname": alert["name"]})
            if found and all(channels.get(name) == [] for name in found):
                silent.append(alert["name"])
        if silent:
            yield rules.SILENT.at(count=len(silent), names=few(silent))
