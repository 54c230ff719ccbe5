"""loadtest for Node: the text it prints, since version 6 bare, before with the time and INFO before each line.

Sources: loadtest 8 run on loopback; outputs of 2 to 5 in public notes. Whole milliseconds; the rate is rounded too.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled

FIRST = "Target URL:"
_LABELS = {
    "Completed requests:": "n",
    "Total errors:": "errors",
    "Total time:": "duration_s",
    "Mean latency:": "mean",
    "Effective rps:": "throughput",
    "Requests per second:": "throughput",
    "Concurrent clients:": "connections",
    "Concurrency level:": "connections",
}


def read(rows: Sequence[Line]) -> Summary:
    """One run; of two rates the second is the one that was reached."""
    rows = [Line(row.number, row.text.rpartition("INFO ")[2]) for row in rows]
    found: dict[str, Reading] = {}
    for label, row, rest in labelled(rows, *_LABELS):
        if rest and (reading := figure(rest.split()[0], row.where)):
            found[_LABELS[label]] = reading
    levels = _levels(rows)
    is_paced = any(True for _ in labelled(rows, "Target rps:")) or _count(rows, "Requests per second:") > 1
    if is_paced:
        found.pop("connections", None)
    return Summary(
        tool="loadtest",
        form=phrase("loadtest's output"),
        levels={level: reading for level, reading in levels.items() if level < 100},
        numbers=found | known(max=levels.get(100.0), requests=found.get("n"), n=found.get("n")),
        is_closed_loop=not is_paced,
        target=next((rest[:200] for _, _, rest in labelled(rows, FIRST)), ""),
    )


def _count(rows: Sequence[Line], label: str) -> int:
    return sum(1 for _ in labelled(rows, label))


def _levels(rows: Sequence[Line]) -> dict[float, Reading]:
    """Lines such as `  99%      102 ms`; the hundredth is the longest request."""
    found: dict[float, Reading] = {}
    for row in rows:
        words = row.words
        if len(words) >= 3 and words[0].endswith("%") and words[2] == "ms":
            level, value = figure(words[0][:-1]), figure(words[1], row.where)
            if level and value and 0 < level.value <= 100:
                found[level.value] = value
    return found
