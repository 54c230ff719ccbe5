"""What a section of a runbook is about, and words that say the same without a section."""

from __future__ import annotations

import re

from app.evidence.documents.wording import Subjects

SUBJECTS = Subjects({
    "verification": (
        "prüfen ob es geholfen hat", "hat es geholfen", "erfolg prüfen", "überprüfung", "geklappt hat es",
        "hat geklappt", "gelöst wenn", "erledigt wenn", "woran man sieht",
        "know that it worked", "it worked", "it worked when", "verify", "verification", "validation", "validate",
        "how to know", "confirm recovery", "confirm the fix", "done when", "success criteria", "all clear",
    ),
    "escalation": (
        "eskalation", "wen anrufen", "anrufen", "ansprechpartner", "kontakt",
        "escalation", "escalate", "when to escalate", "whom to call", "who to call", "call", "contact", "contacts",
        "if it does not", "if this does not help", "if that fails", "on call", "need help", "getting help",
    ),
    "rollback": ("rollback", "roll back", "zurückrollen", "rolling back", "undo", "revert"),
    "diagnosis": (
        "ursachen", "ursache", "untersuchung", "prüfen", "eingrenzen", "fehlersuche", "nachsehen", "analyse",
        "diagnosis", "diagnose", "diagnostics", "diagnostic", "find out", "triage", "investigate", "investigation",
        "debug", "debugging", "troubleshooting", "troubleshoot", "check", "checks", "what to check", "possible causes",
        "causes", "common causes", "root cause", "where to look", "what to look at", "identify", "analysis", "queries",
        "is it us", "detection", "assessment",
    ),
    "mitigation": (
        "erste fünf minuten", "ersten fünf minuten", "ersten minuten", "erste schritte", "sofort", "abhilfe",
        "schaden begrenzen", "behebung", "beheben", "maßnahmen", "sofortmaßnahmen", "gegenmaßnahmen", "was tun",
        "lösung",
        "mitigation", "mitigate", "mitigations", "fix", "fixes", "how to fix", "remediation", "remediate", "resolution",
        "resolve", "resolving", "steps", "actions", "action", "first five minutes", "within five minutes", "first",
        "recovery", "recover", "restore", "what to do", "immediate actions", "stop the damage", "response", "procedure",
        "solution", "solutions", "workaround", "repair", "containment", "do this", "do now", "what we do",
    ),
    "impact": ("auswirkung", "auswirkungen", "nutzer sehen", "kunden sehen",
               "impact", "users see", "user impact", "what users see", "effect", "who is affected", "consequences"),
    "meaning": (
        "bedeutung", "was es bedeutet", "beschreibung", "symptome",
        "meaning", "means", "what it means", "what this means", "description", "summary", "overview", "symptoms",
        "symptom", "trigger", "when it fires", "background", "about this alert", "what is this",
    ),
})  # fmt: skip
"""Longer phrases win; of equal ones the subject that stands first."""
BOTH = re.compile(r"[(/&,:]| and ", re.IGNORECASE)
"""Between two subjects of one heading: `First five minutes (diagnosis)`, `Impact and mitigation`."""
ALONE = {
    "do": "mitigation",
    "act": "mitigation",
    "mend": "mitigation",
    "look": "diagnosis",
    "see": "diagnosis",
}
"""Words that say what a section is about only when they are the whole of its heading."""

ESCALATES = (
    "anrufen", "eskalation", "eskalieren",
    "escalate", "escalation", "call", "page the", "page ops", "page sre", "page on call", "page second line",
    "declare", "contact", "notify", "reach out", "hand over to",
    "ask the", "open a ticket", "open a case", "support",
)  # fmt: skip
VERIFIES = (
    "geholfen", "geklappt", "wieder normal", "gelöst wenn", "erledigt wenn", "zurückrollen", "rückgängig",
    "verify", "it worked", "confirm", "should return", "should show", "should be", "until", "back to normal",
    "recovers", "recovered", "resolved when", "check that", "make sure", "ensure", "rollback", "roll back",
    "revert", "undo",
)  # fmt: skip
