"""hey: the text it prints (0.1.4, run on loopback). Seconds with four decimals; the histogram has three."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from app.evidence.findings import phrase
from app.evidence.load_report.figures import Reading, figure
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line, labelled
from app.evidence.quantiles import Distribution, Step

FIRST = "Summary:"
_BAR = re.compile(r"\s{0,8}(\d{1,9}\.\d{1,6})\s\[(\d{1,12})\]")
_COUNTED = re.compile(r"\s{0,8}\[(\d{1,12})\]\s{1,8}(\S.{0,200})")
_LABELS = {"Slowest:": "max", "Fastest:": "min", "Average:": "mean"}


def read(rows: Sequence[Line]) -> Summary:
    """One run. hey does not print how many connections it kept open."""
    numbers: dict[str, Reading] = {}
    for label, row, rest in labelled(rows, "Total:", "Requests/sec:", *_LABELS):
        if label == "Total:":
            numbers |= known(duration_s=figure(rest.removesuffix("secs"), row.where))
        elif label == "Requests/sec:":
            numbers |= known(throughput=figure(rest, row.where))
        else:
            numbers |= known(**{_LABELS[label]: figure(rest.removesuffix("secs"), row.where, 1000.0)})
    statuses, errors, where = _ends(rows)
    answered = sum(statuses.values())
    failed = sum(count for code, count in statuses.items() if code >= "400") + errors
    if where and not answered:
        numbers = {name: each for name, each in numbers.items() if name == "duration_s"}
    numbers |= known(
        n=Reading(float(answered), 1.0, where) if answered else None,
        requests=Reading(float(answered + errors), 1.0, where) if where else None,
        errors=Reading(float(failed), 1.0, where) if where else None,
    )
    return Summary(
        tool="hey",
        form=phrase("hey's output"),
        levels=_levels(rows),
        numbers=numbers,
        statuses=statuses if not errors else {},
        distribution=_histogram(rows),
        is_closed_loop=True,
        unit="s",
    )


def _levels(rows: Sequence[Line]) -> dict[float, Reading]:
    """Lines such as `  99% in 0.0470 secs`; older versions write `99%% in`."""
    found: dict[float, Reading] = {}
    for row in rows:
        words = row.words
        if len(words) == 4 and words[1] == "in" and words[3] == "secs":
            level, value = figure(words[0].rstrip("%")), figure(words[2], row.where, 1000.0)
            if level and value and 0 < level.value < 100:
                found[level.value] = value
    return found


def _ends(rows: Sequence[Line]) -> tuple[dict[str, int], int, str]:
    """(status -> answers, requests without one, where): `[200]  3844 responses` and `[3]  Get ...: refused`."""
    statuses: dict[str, int] = {}
    errors, where, section = 0, "", ""
    for row in rows:
        if row.text.endswith("distribution:"):
            section = row.text.strip()
            continue
        counted = _COUNTED.match(row.text)
        if counted is None:
            continue
        words = counted[2].split()
        if (
            section == "Status code distribution:"
            and len(words) == 2
            and words[0].isascii()
            and words[0].isdigit()
        ):
            statuses[counted[1]] = statuses.get(counted[1], 0) + int(words[0][:15])
        elif section == "Error distribution:":
            errors += int(counted[1])
        where = where or row.where
    return statuses, errors, where


def _histogram(rows: Sequence[Line]) -> Distribution | None:
    """Bars are named by their upper end; the first holds the fastest request alone."""
    bars = [
        (float(bar[1]) * 1000, int(bar[2]))
        for row in rows
        if "|" in row.text and (bar := _BAR.match(row.text)) is not None
    ]
    if len(bars) < 2 or any(one[0] > other[0] for one, other in itertools.pairwise(bars)):
        return None
    ends = [bars[0][0], *(end for end, _ in bars)]
    steps = [Step(ends[at], end, count) for at, (end, count) in enumerate(bars) if count]
    return Distribution(steps) if steps else None
