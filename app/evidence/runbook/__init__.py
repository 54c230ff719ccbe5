"""Runbooks: Markdown pages for the person an alert wakes, one page for each alert or one for several.

Facts:
  title         the first heading of the highest level
  alerts        names of alerts it says it answers: names in capitals in headings, front matter and `Alert:` lines
  sections      titles of the headings, at most 200
  subjects      what the sections are about: meaning, impact, diagnosis, mitigation, verification, rollback, escalation
  has_commands  whether there is code to run; `commands` counts it
  links         addresses, at most 100
  placeholders  what was left to be filled in, at most 20
  words         of prose, lists and tables
  names         words of the commands with a sign inside (`payments.live`, `pg_stat_activity`), at most 200
  command_words every word of the commands in small letters, at most 400
  body          a hash of the words without the names of alerts; equal for two pages that say the same
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.objectives.rules import IN_SENTENCES
from app.evidence.patterns import lazy
from app.evidence.runbook import between, rules
from app.evidence.source import Source

NAME = "runbook"
_HEADING = lazy(
    r"^#{1,6} {1,3}([^\n]{1,200})|^\*\*([^*\n]{1,80})\*\*|^([^\n]{1,120})\n[=-]{3,80}$|^([A-Z][A-Za-z ]{2,30}): ",
    re.MULTILINE,
)
_CALLED = lazy(r"\b(?:run ?book|play ?book)s?\b", re.IGNORECASE)
_PARTS = {
    "find": lazy(
        r"diagnos|triage|investigat|troubleshoot|debug|find out|\bchecks?\b|ursache|eingrenz|look at|where to look",
        re.IGNORECASE,
    ),
    "mend": lazy(
        r"mitigat|remediat|resol|\bfix|recover|roll ?back|first|what to do|workaround|immediate"
        r"|beheb|maßnahme|was tun|lösung",
        re.IGNORECASE,
    ),
    "means": lazy(
        r"^(?:what (?:it|this) )?mean|impact|users see|symptom|^bedeut|auswirkung|sehen$", re.IGNORECASE
    ),
    "after": lazy(
        r"escalat|verif|it worked|if it does not|whom? to call|contacts?\b|eskal|geholfen", re.IGNORECASE
    ),
}
_INCIDENT = lazy(
    r"incident commander|post-?mortem|action items|lessons|declar|severity levels|timeline|what went well"
    r"|ausrufen|schweregrad|einsatzleitung|^rollen$|zeitleiste|zeitverlauf|nachbereitung|gut lief",
    re.IGNORECASE,
)
_DOCUMENT = lazy(r"^---[ ]{0,3}$", re.MULTILINE)
_CONFIG = lazy(r"^(?:apiVersion|groups|route|slos|openslo|BEGIN:|diff |@@ -|--- a/|[{\[<])")

_FIRST = lazy(r"\[[\w .:-]{1,60}\]\s{0,20}$|FROM \S{1,200}(?: AS \S{1,60})?\s{0,20}$", re.ASCII)
_KEY = lazy(r"[a-z][\w.-]{0,60}:(?:\s|$)", re.ASCII)
_OPENING = lazy(r"[a-z][\w.-]{0,60}:\s{0,20}(?:#.{0,200})?$", re.ASCII)
_YAML = lazy(r"\s{0,60}(?:- |-$|[\w.\"'/<-]{1,80}:(?:\s|$))", re.ASCII)
MOSTLY = 0.8


def sniff(source: Source) -> float:
    """Headings for finding out and for mending; a page about incidents has others."""
    head = source.head[:32_000]
    if _CONFIG.match(head.lstrip()[:40]) or _is_configuration(head):
        return 0.0
    titles = ["".join(found) for found in _HEADING.findall(head)[:100]]
    kinds = {part for part, known in _PARTS.items() if any(known.search(title) for title in titles)}
    about_incidents = sum(1 for title in titles if _INCIDENT.search(title))
    sure = 0.85 if len(kinds) >= 3 else 0.75 if {"find", "mend"} <= kinds else 0.0
    if titles and _CALLED.search(titles[0]):
        sure = max(sure, 0.75)
    if not sure and len(kinds) == 2:
        sure = 0.45
    return min(sure, 0.35) if about_incidents >= 3 else sure


def _is_configuration(head: str) -> bool:
    """A script, sections of an INI file, a Dockerfile, or YAML: what looks like headings there are comments.

    YAML begins with `---`, without a second one that would end a page's front matter, or has keys all the way.
    """
    if head.startswith("#!"):
        return True
    if _DOCUMENT.match(head) is not None and _DOCUMENT.search(head, 4) is None:
        return True
    lines = [line[:300] for line in head.split("\n") if line.strip() and line.lstrip()[0] != "#"]
    if lines and _FIRST.match(lines[0]):
        return True
    if not lines or not _KEY.match(lines[0]) or not any(_OPENING.match(line) for line in lines):
        return False
    return sum(1 for line in lines if _YAML.match(line)) >= MOSTLY * len(lines)


def inspect(source: Source) -> Report:
    """Read the page and say what a person woken at night would miss. Raises `Unreadable`."""
    from app.evidence.runbook.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Runbook"),
    sniff,
    inspect,
    (*rules.SINGLE, *rules.BETWEEN, *IN_SENTENCES),
    together=between.together,
)
