"""A plan from the first user to 100,000: Markdown, DOCX or PDF with text; every sum in it is done again.

Facts:
  format      markdown | docx | pdf
  title, words, sections
  parts       {start, milestones, arithmetic, first, wrong, objectives: line or null}
  stages      [{users, stage, line, rates: [requests/s], peaks: [requests/s], costs: [a month]}]; numbers of the prose
  tables      [what capacity_table describes as stages], of the plan's own tables
  sums        [{text, written, written_text, recomputed, agrees, unit, line}]  what was written, beside what it gives
  sum_count, wrong_sums
  items       {first: number or null, wrong: number or null}; null when they are not a list
  objectives  [{layer, target, line, text}]; layer is availability, latency or empty
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.launch_plan import claims, rules
from app.evidence.objectives.rules import IN_SENTENCES
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "launch_plan"
_HEADING = lazy(r"^(?:#{1,6} |\*\*)[^\n]{1,200}$", re.MULTILINE)
_TITLE = lazy(
    r"^#{0,6} {0,3}[^\n]{0,80}(?:(?:launch|capacity|scaling|growth) plan|startplan|kapazitätsplan)",
    re.IGNORECASE | re.MULTILINE,
)
_STAGE = lazy(r"(?<![\d.,])(100|1[,. ]?000|1k|10[,. ]?000|10k|100[,. ]?000|100k)(?![\d,.]?\d)", re.IGNORECASE)
_MARKS = str.maketrans("", "", ",. ")
_PART = lazy(r"\b(?:milestones?|capacity|kapazität|meilensteine?)\b", re.IGNORECASE)
_PEOPLE = lazy(r"\b(?:users|DAU|visitors|customers|nutzer|benutzer|kunden)\b", re.IGNORECASE)


def sniff(source: Source) -> float:
    """Headings that name the milestones or their part, or a title; other documents, which no other kind reads."""
    start = source.head_bytes[:4096]
    if start.startswith(b"%PDF-") or (start.startswith(b"PK\x03\x04") and b"word/" in source.head_bytes):
        return 0.6
    head = source.head[:48_000]
    headings = _HEADING.findall(head)
    if not headings or not _PEOPLE.search(head):
        return 0.0
    if len(_stages("\n".join(headings))) >= 3:
        return 0.9
    parts = any(_PART.search(heading) for heading in headings) and len(_stages(head)) >= 3
    return 0.7 if parts or _TITLE.search(head[:600]) else 0.0


def _stages(text: str) -> set[str]:
    return {hit[0].lower().replace("k", "000").translate(_MARKS) for hit in _STAGE.finditer(text)}


def inspect(source: Source) -> Report:
    """Read the plan and do its sums again. Raises `Unreadable`."""
    from app.evidence.launch_plan.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Launch plan"),
    sniff,
    inspect,
    rules.RULES + IN_SENTENCES,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    together=claims.together,
)
