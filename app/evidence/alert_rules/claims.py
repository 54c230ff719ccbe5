"""How a package gives the number of alerts without a runbook: rules alone cannot, runbooks stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.evidence.alert_rules.runbooks import matched
from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import phrase
from app.evidence.measured import Measured


def without_runbook(_claim: Claim, files: Sequence[FileFacts]) -> Measured | None:
    """Different alerts for which the package holds no page; None before any runbook is there."""
    if not any(file.kind == "runbook" and file.facts for file in files):
        return None
    found = matched(files)
    if not found.total:
        return None
    without = [*found.missing, *found.elsewhere]
    count = float(len(without))
    names = f": {', '.join(without[:5])}" if without else ""
    basis = phrase(" (of {total} alerts{names})", total=found.total, names=names)
    return Measured(
        count,
        count,
        count,
        None,
        None,
        phrase("none: names are compared"),
        phrase("alerts and runbooks"),
        basis=basis,
    )


def alone(_claim: Claim, _facts: Facts) -> Measured | None:
    """One file of rules does not show it."""
    return None


def why_not(metric: str, facts: Facts) -> str:
    """Half a sentence on what is missing beside the rules."""
    if metric == "alerts_without_runbook" and facts.get("alert_count"):
        return phrase("no runbook that could be read stands beside it.")
    return phrase("it holds no alert.")


MEASURES: Mapping[str, Callable[[Claim, Facts], Measured | None]] = {"alerts_without_runbook": alone}
TOGETHER: Mapping[str, Callable[[Claim, Sequence[FileFacts]], Measured | None]] = {
    "alerts_without_runbook": without_runbook
}
