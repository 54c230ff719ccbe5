"""Budgets in sentences: `99.9 % over 30 days is 43.2 minutes`, wherever a page or a rule's annotation says one.

A sentence counts when nothing but words of this arithmetic stands between target, window and time; what a request may
take (`99.9 % over 30 days are faster than 2 s`) is none. Formula: (1 - target) x window, as in Google's SRE workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.evidence.findings import Finding, Where
from app.evidence.objectives import rules
from app.evidence.objectives.durations import amount, said, window
from app.evidence.objectives.objective import Objective
from app.evidence.objectives.targets import percent

MOST, LONGEST = 2_000, 600
SLACK, ABOUT = 0.01, 0.1
"""How far a written budget may be off beside its rounding; with `about` before it, more."""
LEAST_TARGET, MOST_LOST = 90.0, 10.0  # percent
_SHARE = r"(?P<share>(?<![\d.,])\d{1,3}(?:[.,]\d{1,7})?)\s{0,2}(?:%|percent\b|per cent\b|prozent\b)"
_UNIT = (
    r"(?:seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|h|days?|d|weeks?|w"
    r"|sekunden?|minuten?|stunden?|std|tage?n?|wochen?)"
)
_WINDOW = (
    r"(?P<window>(?:(?:\d{1,4}|one|two|three|four|six|seven|twelve|thirty|ninety|every|each|a|per|the|calendar|pro|im"
    r"|einen?|jede[ns]?)[\s-]{1,2}){1,3}(?:days?|d|weeks?|w|months?|quarters?|years?|hours?|h|tage?n?|wochen?|monate?n?"
    r"|monats|quartale?|jahre?n?)|\d{1,4}(?:d|w|h)|week|month|quarter|year|day|woche|monat|quartal|jahr|tag)(?![a-z0-9])"
)
_BETWEEN = (
    r"(?:[\s,(/:]{1,3}(?:availability|uptime|success|target|objective|slo|of|all|requests|time|over|in|per|a|an|the|any"
    r"|rolling|within|window|for|each|every|measured|für|über|auf|pro|im|innerhalb|von|verfügbarkeit)){0,8}[\s,(/:]{1,3}"
)
_IS = (
    r"(?:[\s,)-]{0,3}(?:window|period|zeitraum|fenster))?[\s,)]{0,3}(?P<is>=|≈|~|:|→|->|=>|⇒|\b(?:is|are|equals?|leaves?"
    r"|gives?|allows?|means?|makes|permits?|grants?|comes? to|amounts? to|works out (?:at|as|to)|translates? (?:in)?to"
    r"|corresponds? to|sind|ist|ergibt|ergeben|erlaubt|erlauben|lässt|lassen|bedeutet|bedeuten|entspricht"
    r"|entsprechen)\b)"
)
_FILLER = (
    r"(?P<filler>(?:[\s,*_`]{1,3}(?:a|an|the|its|us|you|error|budget|downtime|outage|of|about|roughly|around"
    r"|approximately|ca|circa|some|nearly|almost|only|just|exactly|at most|up to|total|full|monthly|allowed|ein|eine"
    r"|einem|einen|fehlerbudget|ausfall|ausfallzeit|etwa|rund|ungefähr|genau|höchstens|bis zu|von)\.?){0,8}"
    r"[\s,*_`~≈]{0,4})"
)
_TIME = (
    rf"(?P<time>\d{{1,6}}(?:[.,]\d{{1,4}})?\s{{0,2}}{_UNIT}(?![a-z/0-9])"
    rf"(?:[\s,]{{1,2}}(?:(?:and|und)\s)?\d{{1,6}}(?:[.,]\d{{1,4}})?\s{{0,2}}{_UNIT}(?![a-z/0-9])){{0,3}}"
    r"|(?:\d{1,6}(?:d|h|m|s)){2,4}(?![a-z0-9]))"
)
_FORWARD = re.compile(_SHARE + _BETWEEN + _WINDOW + _IS + _FILLER + _TIME, re.IGNORECASE)
_BACKWARD = re.compile(
    _TIME + r"(?:\sof\s(?:downtime|errors?|error budget|budget|outage|unavailability))?[\s,(]{1,3}"
    r"(?:per|in|over|every|each|a|pro|im|in einem)\s(?:a\s|the\s)?"
    + _WINDOW
    + r"[\s,(]{1,3}(?:at|for|with|from|by|bei|für|mit)\s(?:a\s|an\s|the\s)?(?:target\sof\s|objective\sof\s|slo\sof\s)?"
    + _SHARE,
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|roughly|around|approximately|ca|circa|some|nearly|almost|etwa|rund|ungefähr)\b|[~≈]", re.I
)


def findings(texts: Iterable[tuple[int, str]], known: Iterable[Objective] = ()) -> Iterator[Finding]:
    """Each sentence with its line, computed again; a budget that an objective was read with is said there already."""
    there = {(one.target, one.budget_written.strip()) for one in known if one.budget_written}
    for _, (line, text) in zip(range(MOST), texts, strict=False):
        if "%" not in text and "cent" not in text and "rozent" not in text:
            continue
        plain = text[:LONGEST].replace("\u00a0", " ").replace("\u202f", " ")
        for pattern in (_FORWARD, _BACKWARD):
            for match in pattern.finditer(plain):
                yield from _computed(match, line, there)


def _computed(match: re.Match[str], line: int, there: set[tuple[float | None, str]]) -> Iterator[Finding]:
    share = float(match["share"].replace(",", "."))
    span, written = window(match["window"]), amount(match["time"])
    if span is None or written is None or not (0 < share <= MOST_LOST or LEAST_TARGET <= share < 100):
        return
    lost = round((100 - share if share >= LEAST_TARGET else share) / 100, 12)
    target = round(1 - lost, 12)
    if any(target == one and match["time"] in budget for one, budget in there):
        return
    groups = match.groupdict()
    is_about = _ABOUT.search(f"{groups.get('is') or ''} {groups.get('filler') or ''}") is not None
    slack = ABOUT if is_about else SLACK
    fits = written.high * (1 + slack) >= lost * span.low and written.low * (1 - slack) <= lost * span.high
    numbers = {
        "target": percent(target), "window": said(span.seconds), "budget": said(lost * span.seconds),
        "written": match["time"],
    }  # fmt: skip
    yield (rules.STATED_FITS if fits else rules.STATED).at(Where(line=line), **numbers)
