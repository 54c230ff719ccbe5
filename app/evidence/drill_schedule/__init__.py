"""Calendars of drills: a table in Markdown or CSV, an iCalendar file, or the manifests of a tool that breaks things.

Facts:
  format     markdown | csv | ics | chaos mesh | litmus
  drills     [{day, scenario, hypothesis, radius, abort, owner, alert, result, line}], in the order of the days, at most
             400; `day` is ISO or null, what is not said is empty; a repeated event is one drill a date. Those of
             manifests have `repeats` too, as it is written there
  quarters   [{name, drills}] from the first drill's quarter, four or more
  first, last   the first and the last day (ISO), null without one
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from app.evidence.claims import Facts
from app.evidence.drill_schedule import between, rules
from app.evidence.findings import Finding, Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "drill_schedule"
_DAY = lazy(r"(?<!\d)20\d{2}[-/.]?\d{2}|20\d{2}[ /-]?Q[1-4]|Q[1-4][ /-]?20\d{2}")
_COLUMNS = lazy(
    r"hypothesis|blast[ _-]?radius|\babort|\bscenario\b|\bexperiment\b|\bdrill\b|hypothese|wirkungskreis"
    r"|abbruch|szenario",
    re.IGNORECASE,
)
_TITLE = lazy(
    r"\bdrills?\b|game ?days?\b|\bchaos\b[^\n]{0,60}\b(?:calendar|schedule|plan|days?|weeks?|year|quarters?|20\d\d)\b",
    re.IGNORECASE,
)
"""Pages about chaos engineering are many; a calendar says that it is one."""
_GUIDE = lazy(
    r"\b(?:guides?|references?|checklists?|templates?|how to|what is|framework|playbook|tutorial|materials?)\b",
    re.IGNORECASE,
)
_NOT = lazy(r"^(?:diff |@@ -|groups:|apiVersion|[{\[<])")
_MANIFEST = lazy(r"^ {0,8}\"?apiVersion\"?: {0,4}[\"']?(?:chaos-mesh\.org|litmuschaos\.io)/", re.MULTILINE)
_BREAKS = lazy(
    r"^ {0,8}\"?kind\"?: {0,4}[\"']?(?:Schedule|Workflow|ChaosEngine|ChaosSchedule|\w{2,20}Chaos)\b",
    re.MULTILINE,
)
_ONE_DRILL = lazy(r"\brollback\b", re.IGNORECASE)


def sniff(source: Source) -> float:
    """An iCalendar file; a table whose header has two of scenario, hypothesis, radius and abort; rows of drills."""
    head = source.head[:32_000]
    start = head.lstrip()[:400]
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return 0.95
    if _MANIFEST.search(head) and _BREAKS.search(head):
        return 0.95
    if _NOT.match(start):
        return 0.0
    lines = [line[:600] for line in head.split("\n")[:100] if sum(map(line.count, ",;|\t")) >= 2]
    best = max((len({word.lower() for word in _COLUMNS.findall(line)}) for line in lines), default=0)
    title = start.split("\n")[0]
    is_titled = _TITLE.search(title) is not None and not _ONE_DRILL.search(title)
    if best >= 2 and lines:
        return 0.9
    if not is_titled:
        return 0.0
    if _DAY.search(head):
        return 0.7 if lines else 0.55
    return 0.0 if _GUIDE.search(title) else 0.55


def inspect(source: Source) -> Report:
    """Read every drill with its day. Raises `Unreadable` without any."""
    from app.evidence.drill_schedule.inspection import report

    return report(source)


def on_day(facts: Facts, today: date) -> Iterator[Finding]:
    """A calendar whose last drill was before `today`; a day is allowed for time zones."""
    last = facts.get("last")
    if isinstance(last, str) and date.fromisoformat(last).toordinal() < today.toordinal() - 1:
        yield rules.OVER.at(count=len(facts["drills"]), last=last)


KIND = Kind(
    NAME,
    phrase("Calendar of drills"),
    sniff,
    inspect,
    rules.SINGLE + rules.BETWEEN,
    together=between.together,
    on_day=on_day,
)
