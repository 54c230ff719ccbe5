"""One alert: what it says, what its expression is made of, and both as facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.evidence.alert_rules import promql, symptoms
from app.evidence.alert_rules.burn import Burn, burns
from app.evidence.alert_rules.groups import RawRule
from app.evidence.alert_rules.promql import Node
from app.evidence.objectives.durations import compact

PAGING = frozenset(("critical", "page", "error", "high", "p1", "sev1", "emergency"))
SEVERITY_LABELS = ("severity", "priority", "level", "sev", "urgency")
RUNBOOK_KEYS = (
    "runbook_url",
    "runbook",
    "runbook_uri",
    "runbookurl",
    "runbook_link",
    "playbook",
    "playbook_url",
    "wiki",
    "sop_url",
)
_BURNING = re.compile(r"burn|budget|\bslo\b|slo:|error_?ratio", re.IGNORECASE)
MOST_NAMES = 30


@dataclass(slots=True)
class Alert:
    """An alert; `whole` is its tree with recorded series written out, `problem` says why there is no tree."""

    raw: RawRule
    tree: Node | None = None
    whole: Node | None = None
    problem: str = ""
    burns: list[Burn] = field(default_factory=list)
    about: str = "other"

    @property
    def name(self) -> str:
        return self.raw.name[:200]

    @property
    def for_s(self) -> float | None:
        return None if self.raw.written_for is None else compact(self.raw.written_for)

    @property
    def severity(self) -> str:
        """The label that says how loud it is, or empty."""
        labels = {key.lower(): value for key, value in self.raw.labels.items()}
        return next((labels[key] for key in SEVERITY_LABELS if labels.get(key)), "")

    @property
    def is_paging(self) -> bool:
        return self.severity.lower() in PAGING

    @property
    def runbook(self) -> str:
        """Annotation or label that links the runbook, or empty."""
        for place in (self.raw.annotations, self.raw.labels):
            known = {key.lower().replace("-", "_"): value for key, value in place.items()}
            if found := next((known[key] for key in RUNBOOK_KEYS if known.get(key, "").strip()), ""):
                return found.strip()
        return ""

    @property
    def words(self) -> str:
        """What it says to people: annotations without the runbook."""
        return " ".join(value for key, value in self.raw.annotations.items() if "runbook" not in key.lower())

    @property
    def is_burn(self) -> bool:
        """Whether it speaks of a budget that burns, or multiplies one."""
        told = f"{self.name} {' '.join(self.raw.labels.values())} {self.raw.expr}"
        return bool(self.burns) and (
            any(one.factor for one in self.burns) or _BURNING.search(told[:4000]) is not None
        )

    def facts(self) -> dict[str, Any]:
        """Ready for JSON; the fields are those of the package's docstring."""
        nodes = [] if self.tree is None else list(self.tree.walk())
        metrics = dict.fromkeys(
            one.name[:200] for one in nodes if one.sort in ("vector", "matrix") and one.name
        )
        windows = dict.fromkeys(one.window for one in nodes if one.window)
        return {
            "name": self.name,
            "group": self.raw.group[:200],
            "line": self.raw.line,
            "expr": " ".join(self.raw.expr.split())[:600],
            "for_s": self.for_s,
            "severity": self.severity[:60],
            "labels": _short(self.raw.labels),
            "annotations": _short(self.raw.annotations),
            "runbook": self.runbook[:500],
            "is_parsed": self.tree is not None,
            "metrics": list(metrics)[:MOST_NAMES],
            "windows_s": list(windows)[:MOST_NAMES],
            "burns": [
                {
                    "window_s": one.window,
                    "threshold": one.threshold,
                    "factor": one.factor,
                    "budget": one.budget,
                }
                for one in self.burns
            ]
            if self.is_burn
            else [],
            "about": self.about,
        }


def read(raw: RawRule) -> Alert:
    """The alert with its expression read; never raises."""
    alert = Alert(raw)
    try:
        alert.tree = promql.parse(raw.expr)
    except promql.NotRead as error:
        alert.problem = str(error)
    else:
        alert.whole = alert.tree
        alert.burns = burns(alert.tree)
    alert.about = symptoms.about(raw.name, raw.expr, alert.tree)
    return alert


def _short(texts: dict[str, str]) -> dict[str, str]:
    return {key[:80]: value[:300] for key, value in list(texts.items())[:12]}
