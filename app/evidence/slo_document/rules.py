"""What is said of a document of objectives alone; all else is in app.evidence.objectives.rules."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

TOO_LONG = Rule(
    "A11",
    Severity.BLOCK,
    "The document is not read: {reason}.",
    "Objectives that nobody reads to the end protect nobody.",
    "Send the document alone, without logs or exports pasted into it.",
    example="an export of a wiki in one line",
)
SUM = Rule(
    "A11",
    Severity.WARN,
    "{text} = {recomputed}, you wrote {written}.",
    "Alerts and policies are made from these numbers.",
    "Compute it again; write every factor and unit into the line.",
    example="14.4 x 0.001 = 0.144",
)
