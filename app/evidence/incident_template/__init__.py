"""Incident templates: the page people open when something breaks, from declaring to the review after it.

Facts:
  title       the first heading of the highest level
  sections    titles of the headings, at most 200
  parts       which of declare, commander, communication, timeline, review it has
  severities  names of levels it uses (S1, SEV2, P1), at most 10
  has_times   whether messages have times: first within, then every so many minutes
  words       of prose, lists and tables
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.incident_template import rules
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "incident_template"
_HEADING = lazy(
    r"^#{1,6} {1,3}([^\n]{1,200})|^\*\*([^*\n]{1,80})\*\*|^([^\n]{1,120})\n[=-]{3,80}$", re.MULTILINE
)
_CALLED = lazy(
    r"\bincidents?\b|post-?mortem|after[ -]action|vorf(?:all|äll)|\bSEV[- ]?[_\dNX]", re.IGNORECASE
)
_PARTS = tuple(
    lazy(words, re.IGNORECASE)
    for words in (
        r"declar|severit|when to open|ausruf|schweregrad|dringlichkeit",
        r"\broles?\b|command|who leads|responders|\blead\b|\brollen?\b|leitung|wer leitet",
        r"communicat|\bcomms\b|messag|status page|stakeholder|updates?\b|announce"
        r"|kommunikation|nachrichten|statusseite",
        r"timeline|log of events|chronolog|what happened|zeitleiste|zeitverlauf|zeitachse|was (?:ist )?passiert",
        r"post-?mortem|\breview|retrospective|lessons|action items|follow[ -]?up|went well|root cause|contributing"
        r"|nachbereitung|nachbetrachtung|rückblick|maßnahmen|massnahmen|ursachen?\b|lehren|gut lief",
    )
)
_CONFIG = lazy(r"^(?:apiVersion|groups|route|slos|openslo|BEGIN:|diff |@@ -|--- a/|[{\[<])")


def sniff(source: Source) -> float:
    """Headings of at least two of the five parts; the title says most."""
    head = source.head[:32_000]
    if _CONFIG.match(head.lstrip()[:40]):
        return 0.0
    titles = ["".join(found) for found in _HEADING.findall(head)[:150]]
    parts = sum(1 for part in _PARTS if any(part.search(title) for title in titles))
    is_called = any(_CALLED.search(title) for title in titles[:2])
    if is_called:
        return 0.9 if parts >= 3 else 0.7
    return 0.75 if parts >= 4 else 0.6 if parts == 3 else 0.0


def inspect(source: Source) -> Report:
    """Read the template and say which part an incident would lack. Raises `Unreadable`."""
    from app.evidence.incident_template.inspection import report

    return report(source)


KIND = Kind(NAME, phrase("Incident template"), sniff, inspect, rules.RULES)
