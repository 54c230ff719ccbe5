"""What a section of an incident template is about, and what its sentences show."""

from __future__ import annotations

import re

from app.evidence.documents.wording import Subjects
from app.evidence.findings import phrase

PARTS = Subjects({
    "review": (
        "post mortem", "postmortem", "review", "incident review", "retrospective", "lessons", "lessons learned",
        "action items", "actions", "follow up", "follow ups", "root cause", "root causes", "contributing factors",
        "what went well", "what went wrong", "after the incident", "afterwards", "learning",
        "nachbereitung", "nachbetrachtung", "rückblick", "massnahmen", "maßnahmen", "ursache", "ursachen", "lehren",
        "was gut lief", "was lief gut", "erkenntnisse", "nach dem vorfall",
    ),
    "declare": (
        "declare", "declared", "declaring", "declaration", "how to declare", "severity", "severity levels",
        "severities",
        "when to open", "opening", "open an incident", "start", "starting", "what is an incident", "detection",
        "trigger",
        "classification", "assess",
        "ausrufen", "vorfall ausrufen", "schweregrad", "schweregrade", "dringlichkeit", "wann ausrufen", "erkennung",
    ),
    "commander": (
        "commander", "incident commander", "roles", "role", "who leads", "responders", "incident lead", "lead",
        "command",
        "people", "responsibilities", "team",
        "rollen", "rolle", "einsatzleitung", "leitung", "wer leitet", "verantwortung", "beteiligte",
    ),
    "communication": (
        "communication", "comms", "communications", "communicate", "messages", "messages to users", "message",
        "messaging",
        "status page", "updates", "update", "announcements", "stakeholders", "who writes to the users", "customers",
        "notifications", "internal email", "external message", "channels",
        "kommunikation", "nachrichten", "nachricht", "statusseite", "meldungen", "wer schreibt an die nutzer", "kunden",
    ),
    "timeline": (
        "timeline", "time line", "log", "log of events", "chronology", "what happened", "events", "sequence",
        "zeitleiste", "zeitverlauf", "zeitachse", "chronologie", "was passiert ist", "was ist passiert", "ablauf",
    ),
})  # fmt: skip
NAMES: dict[str, str] = {
    "declare": phrase("how to declare, and the severities"),
    "commander": phrase("who leads, and what each role does"),
    "communication": phrase("who writes to whom, and when"),
    "timeline": phrase("the timeline"),
    "review": phrase("the review afterwards"),
}
SEVERITY = re.compile(r"\b(?:SEV|S|P)[ -]?[0-5]\b|\b(?:severity|schweregrad) [0-5]\b", re.IGNORECASE)
TIMES = re.compile(
    r"\b(?:every|within|after|next update (?:in|at)|each) {1,2}(?:\d{1,3}|ten|fifteen|twenty|thirty|half|hour"
    r"|an hour|the hour)\b"
    r"|\bnext update\b|\b\d{1,3} {0,2}(?:min|minutes|m|minuten|stunden?)\b",
    re.IGNORECASE,
)
OWNER = re.compile(
    r"\bowners?\b|\bassignees?\b|\bassigned\b|\bresponsible\b|\bwho\b|\bowned by\b|\bverantwortlich|\bzuständig"
    r"|\bperson(?:en)?\b|\bwer\b",
    re.IGNORECASE,
)
DUE = re.compile(
    r"\bdue\b|\bdates?\b|\bdeadline\b|\bby when\b|\bwhen\b|\buntil\b|\bbis\b|\bfrist\b|\bfällig|\bdatum\b|\btermin\b"
    r"|\b\d{4}-\d{2}-\d{2}\b",
    re.IGNORECASE,
)
CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d])")
