"""k6: the summary it prints at the end, before version 1.0 and since. Units stand behind each number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.findings import Finding, Where, phrase
from app.evidence.generic import TRUNCATED
from app.evidence.load_report.figures import Reading, duration, figure, percent, rate, seconds
from app.evidence.load_report.k6 import LEVEL
from app.evidence.load_report.rules import DROPPED
from app.evidence.load_report.summary import Summary, known, named
from app.evidence.load_report.text import Line, continued

FIRST = "execution: local"
_TIMES = {"avg": "mean", "min": "min", "max": "max"}
_RUNNING = re.compile(r"running \((\S{1,20})\)")
_METRIC = re.compile(r"[\s✓✗│█]{0,20}\S.{0,110}?\.{2,90}: ")
_OPEN = re.compile(r"\d iterations/s\b")
_CLOSED = re.compile(r"looping VUs|iterations (?:for each of|shared among)")


def read(rows: Sequence[Line]) -> Summary:
    """One run; of a metric printed twice (total and by scenario) the first counts."""
    metrics = _metrics(rows)
    times, numbers = metrics.get("http_req_duration"), _numbers(rows, metrics)
    expected = metrics.get("{ expected_response:true }")
    return Summary(
        tool="k6",
        form="k6's summary",
        levels={} if times is None else _levels(times),
        numbers=numbers | ({} if times is None else _pairs(times)),
        succeeded=named(_levels(expected)) if expected is not None and _failed(metrics) else {},
        is_closed_loop=_loop(rows),
        said=(*_said(metrics), *_cut(rows, metrics)),
    )


def _metrics(rows: Sequence[Line]) -> dict[str, Line]:
    """Name -> the line without its name. A line is `http_reqs......: 45 6.56/s`; dots lead to the colon."""
    found: dict[str, Line] = {}
    for row in continued(rows, _METRIC):
        name, colon, rest = row.text.partition(": ")
        if colon and ".." in name[-8:] + "." and len(name) < 120:
            found.setdefault(name.strip(" .✓✗│█"), Line(row.number, rest))
    return found


def _numbers(rows: Sequence[Line], metrics: dict[str, Line]) -> dict[str, Reading]:
    made = metrics.get("http_reqs")
    words = [] if made is None else made.words
    failed, users = _failed(metrics), metrics.get("vus_max")
    place = "" if made is None else made.where
    return known(
        n=figure(words[0], place) if words else None,
        requests=figure(words[0], place) if words else None,
        throughput=rate(words[1], place) if len(words) > 1 else None,
        errors=failed,
        duration_s=_duration(rows) or _derived(words, place),
        connections=None if users is None or not users.words else figure(users.words[0], users.where),
    )


def _failed(metrics: dict[str, Line]) -> Reading | None:
    """`0.39%  ✓ 349  ✗ 531` before 1.0 (the tick counts failures), `0.39% 349 out of 880` since."""
    line = metrics.get("http_req_failed")
    if line is None:
        return None
    words = line.words
    place = words.index("✓") + 1 if "✓" in words else 1
    found = figure(words[place], line.where) if place < len(words) else None
    made = metrics.get("http_reqs")
    total = figure(made.words[0]) if found is None and made is not None and made.words else None
    if total is None or not words or (share := percent(words[0])) is None:
        return found
    return Reading(round(share.value * total.value), max(1.0, share.step * total.value), line.where)


def _pairs(line: Line) -> dict[str, Reading]:
    return known(
        **{name: duration(value, line.where) for key, value in _parts(line) if (name := _TIMES.get(key))}
    )


def _levels(line: Line) -> dict[float, Reading]:
    found: dict[float, Reading] = {}
    for key, text in _parts(line):
        level, value = LEVEL.fullmatch(key), duration(text, line.where)
        if value is not None and (key == "med" or level is not None):
            found[50.0 if level is None else float(level[1])] = value
    return found


def _parts(line: Line) -> Iterator[tuple[str, str]]:
    for word in line.words:
        key, sign, value = word.partition("=")
        if sign:
            yield key, value


def _duration(rows: Sequence[Line]) -> Reading | None:
    """The last progress line, `running (1m00.2s), 00/10 VUs, ...`."""
    found = [
        seconds(duration(run[1], row.where))
        for row in rows
        if (run := _RUNNING.search(row.text[:400])) is not None
    ]
    return found[-1] if found else None


def _derived(words: Sequence[str], place: str) -> Reading | None:
    made, per_second = (figure(words[0]), rate(words[1])) if len(words) > 1 else (None, None)
    if made is None or per_second is None or per_second.value <= 0:
        return None
    return Reading(made.value / per_second.value, 0.01, place)


def _loop(rows: Sequence[Line]) -> bool | None:
    """Closed when users wait for answers, open when iterations start at a rate; unknown when the head is missing."""
    heads = [row.text for row in rows if row.text.lstrip().startswith("* ")]
    if any(_OPEN.search(text) for text in heads):
        return False
    return True if any(_CLOSED.search(text) for text in heads) else None


def _cut(rows: Sequence[Line], metrics: dict[str, Line]) -> Iterator[Finding]:
    """The times of requests come before their number; without it the end of the summary is missing."""
    made = metrics.get("http_reqs")
    if "http_req_duration" in metrics and (made is None or not made.words):
        yield TRUNCATED.at(
            Where(line=rows[-1].number if rows else None),
            detail=phrase(
                "k6's last lines, with `http_reqs`, are missing, and with them the number of requests"
            ),
        )


def _said(metrics: dict[str, Line]) -> Iterator[Finding]:
    dropped = metrics.get("dropped_iterations")
    count = figure(dropped.words[0]) if dropped is not None and dropped.words else None
    if count is not None and count.value > 0:
        yield DROPPED.at(count=int(count.value))
