"""Deploys that a person wrote down in a list: `1. 2026-11-20 10:00 deployed v1.4.2 (took 3 min)`.

The day may stand in a line above: `- 10:00–10:03 v1.4.2 ok`. A line with one moment tells the end where it says that
something is deployed, and the begin otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence import dated, times
from app.evidence.deploy_timeline.deploys import DONE, FAILED, MOST, Deploy, version_in

FEWEST = 2
DAY_S = 86_400
_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?)( ?(?:Z|UTC|[+-]\d\d:?\d\d)\b)?[*_`\])]{0,3}", re.ASCII
)  # fmt: skip
_UNTIL = re.compile(
    r" ?(?:-|–|—|→|->|to|until|bis) ?(\d{4}-\d\d-\d\d[T ])?(\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"( ?(?:Z|UTC|[+-]\d\d:?\d\d)\b)?"
)
_DEPLOY = re.compile(
    r"\b(?:deploy(?:ed|ing|s|ment)?|roll(?:ed|ing) out|released?|shipped|ausgeliefert)\b", re.I
)
_IS_OVER = re.compile(r"\b(?:deployed|rolled out|released|shipped|live|done|finished|ausgeliefert)\b", re.I)
_FAILED = re.compile(
    r"\b(?:fail(?:ed|ure)|aborted|rolled back|reverted|cancel(?:l)?ed|fehlgeschlagen|abgebrochen)\b", re.I
)
_NOT_FAILED = re.compile(
    r"\b(?:(?:no|0|zero|nothing|none|without|keine?|nichts) (?:\w{1,12} ){0,2}fail(?:ed|ures?)|fail(?:ed|ures?): ?0\b)"
    r"|\b(?:0|keine?|nichts) (?:\w{1,12} ){0,2}fehlgeschlagen",
    re.I,
)
_TOOK = re.compile(
    r"\b(?:took|in|for|duration:?|dauer:?|dauerte) (?=\d)(?:(\d{1,3}) ?(?:min|m|minutes?|minuten)\b)? ?"
    r"(?:(\d{1,5}) ?(?:s|sec|seconds?|sekunden)\b)?", re.I | re.A,
)  # fmt: skip


def of_lines(lines: Sequence[str]) -> list[Deploy]:
    """Every line with a moment, a version, and a second moment or a word for a deploy; two at least."""
    numbered = enumerate(dated.whole(lines), 1)
    found = [deploy for number, line in numbered if (deploy := _of_line(line[:400], number))]
    return found[:MOST] if len(found) >= FEWEST else []


def _of_line(line: str, number: int) -> Deploy | None:
    stamp = _STAMP.match(line)
    until = _UNTIL.match(line, stamp.end()) if stamp else None
    zone = (stamp[2] if stamp else None) or (until[3] if until else None) or ""
    first = times.first(stamp[1] + zone) if stamp else None
    if stamp is None or first is None:
        return None
    said = line[until.end() if until else stamp.end() :]
    version = version_in(said)
    if not (version and (until or _DEPLOY.search(said) or _IS_OVER.search(said))):
        return None
    start, end = _span(first.at, _last(stamp, until, zone), said)
    state = FAILED if _FAILED.search(_NOT_FAILED.sub(" ", said)) else DONE
    return Deploy(number, version, start, end, state, has_zone=first.has_zone)


def _last(stamp: re.Match[str], until: re.Match[str] | None, zone: str) -> float | None:
    """The second moment of a line, on the day of the first where it names none; seconds since 1970."""
    if until is None:
        return None
    day = until[1] or f"{stamp[1][:10]} "
    found = times.first(f"{day}{until[2]}{until[3] or zone}")
    return found.at if found else None


def _span(first: float, last: float | None, said: str) -> tuple[float | None, float | None]:
    """Begin and end; midnight may lie between them."""
    if last is not None:
        return first, last if last >= first else last + DAY_S
    took = _TOOK.search(said)
    length = 60.0 * int(took[1] or 0) + int(took[2] or 0) if took else 0.0
    if _IS_OVER.search(said):
        return (first - length if length else None), first
    return first, (first + length if length else None)
