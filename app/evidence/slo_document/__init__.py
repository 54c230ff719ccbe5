"""Objectives in prose: a Markdown document with a section or a row of a table for each.

Facts:
  title         the document's first heading
  objectives    what app.evidence.objectives describes; owner, policy, window and source of the whole document count for
                every objective that names none of its own
  has_policy    whether a section or field says what happens when a budget is spent
  tables, sections   how many there are
  traffic       {per_s, written, line}: the highest rate of requests that the text names, or null
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.objectives import claims
from app.evidence.objectives.rules import RULES
from app.evidence.patterns import lazy
from app.evidence.slo_document.rules import SUM, TOO_LONG
from app.evidence.source import Source

NAME = "slo_document"
_HEADING = lazy(r"^#{1,6} [^\n]{1,200}$|^[^\n]{1,200}\n(?:={3,80}|-{3,80})$", re.MULTILINE)
_ABOUT = lazy(
    r"\bSLOs?\b|\bSLIs?\b|service[ -]level|\bobjectives?\b|error budgets?\b|\b(?:dienst)?ziele\b|fehlerbudget",
    re.IGNORECASE,
)
_STRONG = lazy(
    r"\bSLOs?\b|\bSLIs?\b|service[ -]level (?:objective|indicator)|error budget|fehlerbudget|\bzielwert",
    re.IGNORECASE,
)
_WORDS = ("slo", "sli", "service level", "service-level", "error budget", "fehlerbudget", "zielwert")
_TARGET = lazy(r"\b(?:9\d|100)(?:[.,]\d{1,5})? {0,2}(?:%|percent)|\b0\.9\d{1,5}\b")
_ROW = lazy(
    r"^\|[^\n]{0,200}\b(?:target|objective|SLO|SLI|indicator|zielwert)\b", re.MULTILINE | re.IGNORECASE
)
_COMMENTS = lazy(r"\A(?:#[^\n]{0,300}\n\s{0,20}){1,20}")
"""Comments above configuration look like headings; what follows them tells the two apart."""
_CONFIG = lazy(
    r"^(?:apiVersion|groups|route|receivers|slos|version):|^[{\[]|^(?:diff |@@ -|--- a/|<)", re.MULTILINE
)


def sniff(source: Source) -> float:
    """A heading about objectives and a target; the title says most. Configuration and markup are none."""
    if not any(word in source.lowered for word in _WORDS):
        return 0.0
    head = source.head[:32_000]
    if not _STRONG.search(head) or not _TARGET.search(head):
        return 0.0
    headings = _HEADING.findall(head)
    start = _COMMENTS.sub("", head.lstrip()[:2000], count=1)[:400]
    if _CONFIG.match(start) or (not headings and not _ROW.search(head)):
        return 0.0
    if headings and _ABOUT.search(headings[0]):
        return 0.85
    named = sum(1 for heading in headings if _ABOUT.search(heading))
    if named and named * 3 >= len(headings):
        return 0.7
    return 0.5 if _ROW.search(head) and not headings else 0.35 if named or _ROW.search(head) else 0.0


def inspect(source: Source) -> Report:
    """Read every objective; raises `Unreadable` when there is none."""
    from app.evidence.slo_document.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Document of objectives (SLOs)"),
    sniff,
    inspect,
    (*RULES, SUM, TOO_LONG),
    measures=claims.MEASURES,
    why_not=claims.why_not,
)
