"""What a column or a line of a calendar of drills is about."""

from __future__ import annotations

import re

from app.evidence.documents.wording import Subjects
from app.evidence.findings import phrase
from app.evidence.patterns import lazy

GROUPS = {"chaos-mesh.org": "chaos mesh", "litmuschaos.io": "litmus"}
"""The tools whose manifests are read, by the group of their API."""
FIELDS = Subjects({
    "hypothesis": (
        "hypothese", "erwartung",
        "hypothesis", "expectation", "expected", "prediction", "we expect", "steady state",
    ),
    "radius": (
        "wirkungskreis", "reichweite", "umfang",
        "blast radius", "radius", "scope", "what it touches", "affected", "limit", "impact",
    ),
    "abort": (
        "abbruchbedingung", "abbruch", "abbruch wenn",
        "abort condition", "abort", "abort criteria", "stop condition", "stop if", "stop when", "abort if",
    ),
    "owner": (
        "verantwortlich", "leitung",
        "owner", "led by", "lead", "leader", "responsible", "organizer", "organiser", "team", "who",
    ),
    "alert": ("alert", "alerts", "alert it sets off", "expected alert", "page", "fires", "alarm"),
    "result": ("result", "outcome", "what happened", "observed", "learned", "findings", "ergebnis"),
    "day": ("date", "day", "when", "planned for", "month", "start", "datum", "tag"),
    "quarter": ("quarter", "quartal"),
    "scenario": (
        "szenario", "übung", "störung",
        "scenario", "drill", "experiment", "fault", "what", "summary", "title", "name", "failure", "action", "exercise",
        "game day",
    ),
})  # fmt: skip
STOPS = lazy(
    r"\b(?:(?:we )?(?:abort|stop|end)(?: it)? (?:when|if|as soon as|at)|abbruch,? (?:wenn|bei|ab)) [^.;|]{3,200}",
    re.IGNORECASE,
)
"""What ends a drill, in a sentence without a label."""
NEEDED: dict[str, str] = {
    "hypothesis": phrase("the hypothesis"),
    "radius": phrase("the blast radius"),
    "abort": phrase("the abort condition"),
    "owner": phrase("the owner"),
}
