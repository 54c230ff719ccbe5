"""Records of a rollback drill: when it was decided and done, and which version came back.

Facts:
  format        markdown | csv | json | lines (a log, or YAML) | session (of a shell)
  moments       {start, decision, first, done: {at_s, time, line} or null}; seconds since 1970, and ISO 8601 in UTC
  duration_s    from the decision (else the start) to done, null without both
  since         decision | start | empty: what the duration is counted from
  written_s     the duration the record writes itself, null without one; written_line
  before, after {version, line} or null: the version that was taken back, and the one that came back
  has_zone      whether every moment says its zone; one without counts as UTC
"""

from __future__ import annotations

import re

from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.rollback_record import between, claims, rules
from app.evidence.source import Source

NAME = "rollback_record"
_TITLE = lazy(
    r"\s{0,9}(?:#{1,3} |\*\*)?[^\n]{0,80}\b(?:roll(?:ed|ing)?[ -]?backs?|reverts?)\b", re.IGNORECASE
)
_DECIDED = lazy(r"\b(?:decision|decided|decided_at|entscheidung|entschieden|beschlossen)\b", re.IGNORECASE)
_DONE = lazy(
    r"\b(?:done|finished|completed|done_at|finished_at|all instances|ended|fertig|beendet|abgeschlossen|ende"
    r"|alle instanzen)\b",
    re.IGNORECASE,
)
_BACK = lazy(
    r"roll(?:ed|ing)?[ _-]?back|version[ _-]?(?:after|before|vorher|nachher)|\brevert|zurückgerollt"
    r"|(?:from|to|bad|good|broken|restored|target)[ _]version",
    re.IGNORECASE,
)
_RAN = lazy(
    r"^[^$#%❯➜>\n]{0,80}[$#%❯➜>] [^\n]{0,120}\b"
    r"(?:kubectl [^\n]{0,80}rollout undo|(?:helm|kamal|nomad job) (?:rollback|revert))\b",
    re.MULTILINE,
)
MOST_ROWS = 40  # of a table: a longer one lists deploys
_CLOCK = lazy(r"\d\d:\d\d", re.ASCII)
_NOT = lazy(r"^(?:diff |@@ -|--- a/|apiVersion|on:|jobs:|stages:|#!)")


def sniff(source: Source) -> float:
    """A rollback by its title or its words, with a decision, an end and times of day."""
    head = source.head[:16_000]
    if _NOT.match(head.lstrip()[:40]) or not _CLOCK.search(head) or not _BACK.search(head):
        return 0.0
    if _RAN.search(head):
        return 0.85
    is_titled = _TITLE.match(head) is not None
    if _DECIDED.search(head) and _DONE.search(head):
        return 0.95 if _is_table(head) else 0.9 if is_titled or len(head) < 2_000 else 0.5
    return 0.7 if is_titled else 0.0


def _is_table(head: str) -> bool:
    """A short CSV: nothing else has a column or a row of the decision."""
    lines = [line for line in head.split("\n") if line.strip()]
    mark = max(",;\t", key=lines[0].count)
    return len(lines) <= MOST_ROWS and all(0 < line.count(mark) < 20 for line in lines)


def inspect(source: Source) -> Report:
    """Read the moments and versions and count again. Raises `Unreadable` without any moment."""
    from app.evidence.rollback_record.inspection import report

    return report(source)


KIND = Kind(
    NAME,
    phrase("Record of a rollback"),
    sniff,
    inspect,
    rules.SINGLE + rules.BETWEEN,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    together=between.together,
)
