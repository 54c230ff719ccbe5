"""Plans that something else carries: a line a container or a log's shipper set its name before, strings of a program.

Asked only when a text could not be read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import MAX_LINES, Line, apart, counted, placed, plain
from app.evidence.postgres_plan.printed import printed

MOST = 0.5
MOST_PREFIXES = 3
_FIGURES = ("(cost=", "(actual ", "plan:", '"Plan"')
_STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.,]{8,20}(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_PREFIX = lazy(
    rf"[ \t]{{0,8}}(?:[\w.-]{{1,60}} {{1,30}}\| ?|{_STAMP}[ \t](?:std(?:out|err) [FP] )?|\[pod/[^\]\n]{{1,200}}\] |"
    r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:.]{8,15} |"
    r"(?:[A-Z][a-z]{2} [ 0-9]?[0-9] [0-9:]{8} )?(?:[\w.-]{1,60} )?[\w./-]{1,60}\[[\w.]{1,20}\]: "
    r"(?:\[[A-Z]{1,20}\] )?(?:\[[0-9]{1,9}-[0-9]{1,9}\] )?)"
)
"""docker compose, Kubernetes (CRI and `kubectl logs --prefix`), Go's log, syslog, the journal, Heroku."""


def freed(text: str) -> str | None:
    """The text without what carries it, each line as far down as it stood; None where nothing does."""
    text = plain(text)
    if text.lstrip()[:1] in ("{", "[") and (found := _from_strings(text)) is not None:
        return found
    if (found := printed(text)) is not None:
        return found
    lines = counted(text)
    kept = lines
    for _ in range(MOST_PREFIXES):
        kept = _unprefixed(kept)
    return None if kept == lines else placed(kept).replace("#011", "\t")  # syslog's way to write a tab


def _unprefixed(lines: list[Line]) -> list[Line]:
    """Without the names and times before most lines; a fence and words stand around a log that was pasted."""
    filled = [line for _, line in lines if line.strip()]
    if sum(_PREFIX.match(line) is not None for line in filled) < max(1.0, MOST * len(filled)):
        return lines
    return [(number, _PREFIX.sub("", line, count=1)) for number, line in lines]


def _from_strings(text: str) -> str | None:
    """The strings of those keys of a JSON file of which one holds a plan."""
    found = [pair for document in _documents(text) for pair in _strings(document)]
    wanted = {key for key, value in found if any(map(value.__contains__, _FIGURES))}
    lines: list[Line] = []
    at, number = 0, 1
    for value in (value for key, value in found if key in wanted):
        start = text.find(json.dumps(value)[:20].split("\\", 1)[0], at)
        if start >= 0:
            number += text.count("\n", at, start)
            at = start
        lines += [(number, line) for line in value.rstrip("\n").split("\n")]
    return placed(apart(lines)) if lines else None


def _documents(text: str) -> list[Any]:
    """The whole file, else its lines one by one."""
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        pass
    found = []
    for line in text.split("\n", MAX_LINES)[:MAX_LINES]:
        try:
            found.append(json.loads(line) if line.startswith("{") else None)
        except (ValueError, RecursionError):
            continue
    return found


def _strings(document: Any) -> Iterator[tuple[str, str]]:
    """Key and text of every string, in the order of the file."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            waiting += reversed(list(value.items()))
        elif isinstance(value, list):
            waiting += [(key, one) for one in reversed(value)]
