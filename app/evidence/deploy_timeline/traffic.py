"""Requests inside the windows of deploys, out of the facts of access logs.

A window runs from ten seconds before a deploy starts to sixty after it has ended. Several logs of balancers add up; the
log of a client tells of the same requests as the balancer's, so that the two are counted apart and the worse is said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.evidence import times
from app.evidence.claims import Facts, FileFacts

BEFORE_S, AFTER_S = 10.0, 60.0
MOST_WINDOWS = 200
OF_BALANCER = frozenset((502, 503, 504))
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Log:
    """A log as far as it counts here; times in seconds since 1970."""

    name: str
    begin: float
    end: float
    step: float
    points: Sequence[tuple[float, int, int, int, int]]
    broken: Sequence[tuple[float, int | None]] | None
    is_server: bool
    has_zone: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Requests in whole steps, in all steps a window reaches into, and with the one that begins as it ends; 5xx by
    status; without an answer; given up."""

    least: int = 0
    requests: int = 0
    most: int = 0
    codes: Mapping[int, int] = field(default_factory=dict)
    unanswered: int = 0
    aborted: int = 0
    first: float | None = None
    longest_gap: float = 0.0
    is_exact: bool = True

    @property
    def fives(self) -> int:
        return sum(self.codes.values())

    @property
    def broken(self) -> int:
        return self.fives + self.unanswered


def logs(files: Iterable[FileFacts]) -> list[Log]:
    """The access logs and request tables that have times and statuses."""
    return [log for file in files if (log := _log(file)) is not None]


def _log(file: FileFacts) -> Log | None:
    moments, first = file.facts.get("moments"), file.facts.get("first_time")
    start = times.first(str(first)) if first else None
    if file.kind != "latency_table" or not moments or start is None:
        return None
    epoch = start.at - float(file.facts.get("first_start_s") or 0.0)
    step, points = float(moments["step_s"]), [tuple(point) for point in moments["points"]]
    if not points:
        return None
    shifted = [(epoch + at, *counts) for at, *counts in points]
    listed = file.facts.get("broken")
    told = sum(fives + unanswered for _, _, fives, unanswered, _ in points)
    broken = None if listed is None or len(listed) < told else [(epoch + at, code) for at, code, _ in listed]
    last = times.first(str(file.facts.get("last_time") or ""))
    end = max(shifted[-1][0] + (0.0 if last else step), last.at if last else 0.0)
    return Log(
        name=file.name,
        begin=max(shifted[0][0], start.at),
        end=end,
        step=step,
        points=shifted,
        broken=broken,
        is_server=bool(file.facts.get("is_server_log")),
        has_zone=bool(file.facts.get("clock_has_zone", True)),
    )


def windows(facts: Facts) -> list[tuple[Mapping[str, Any], Span]]:
    """Each deploy of a timeline that has a time, with its window."""
    found = []
    for deploy in facts.get("deploys", ())[:MOST_WINDOWS]:
        known = [at for at in (deploy["start_s"], deploy["end_s"]) if at is not None]
        if known:
            found.append((deploy, (min(known) - BEFORE_S, max(known) + AFTER_S)))
    return found


def merged(spans: Iterable[Span]) -> list[Span]:
    """Windows that overlap as one, so that no request counts twice."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def counted(given: Sequence[Log], spans: Sequence[Span]) -> Count:
    """All that lies in the spans, by the logs of servers or by those of clients, whichever saw more fail."""
    groups = [[log for log in given if log.is_server], [log for log in given if not log.is_server]]
    apart = merged(spans)
    counts = [_of_group(group, apart) for group in groups if group]
    return max(counts, key=lambda count: (count.broken, count.requests), default=Count())


def _of_group(group: Sequence[Log], spans: Sequence[Span]) -> Count:
    least = requests = ending = unanswered = aborted = 0
    codes: Counter[int] = Counter()
    firsts: list[float] = []
    for log in group:
        for at, n, fives, silent, gone in _touched(log, spans):
            requests += n
            least += n if _is_inside(at, at + log.step, spans) else 0
            aborted += gone
            if log.broken is None:
                codes[500] += fives
                unanswered += silent
                firsts += [at] if fives + silent else []
        ending += sum(point[1] for point in log.points if any(point[0] == end for _, end in spans))
        for at, code in _within(log.broken or (), spans):
            firsts.append(at)
            if code is not None and 500 <= code <= 599:
                codes[code] += 1
            else:
                unanswered += 1
    return Count(
        least, requests, requests + ending, dict(sorted(codes.items())), unanswered, aborted, min(firsts, default=None),
        max((_gap(group, span) for span in spans), default=0.0), all(log.broken is not None for log in group),
    )  # fmt: skip


def _touched(log: Log, spans: Sequence[Span]) -> Iterator[tuple[float, int, int, int, int]]:
    """The steps of a log that the spans, which do not overlap, reach into."""
    for begin, end in spans:
        first = bisect_right(log.points, begin - log.step, key=_at)
        yield from log.points[first : bisect_left(log.points, end, key=_at)]


def _at(point: tuple[float, ...]) -> float:
    return point[0]


def _is_inside(begin: float, end: float, spans: Sequence[Span]) -> bool:
    return any(low <= begin and end <= high for low, high in spans)


def _within(
    broken: Sequence[tuple[float, int | None]], spans: Sequence[Span]
) -> list[tuple[float, int | None]]:
    """A clock of whole seconds may be up to one early."""
    return [pair for pair in broken if any(begin - 1 < pair[0] <= end for begin, end in spans)]


def _gap(group: Sequence[Log], span: Span) -> float:
    """The longest time inside the span in which no log has a request."""
    busy = sorted(
        (point[0], point[0] + log.step) for log in group for point in _touched(log, [span]) if point[1]
    )
    longest, free = 0.0, span[0]
    for begin, end in busy:
        longest = max(longest, begin - free)
        free = max(free, end)
    return max(longest, span[1] - free)


def rate(given: Sequence[Log]) -> float:
    """Requests a second over all that the logs cover."""
    length = sum(max(log.end - log.begin, log.step) for log in given)
    return sum(point[1] for log in given for point in log.points) / length if length else 0.0


def is_covered(given: Sequence[Log], span: Span) -> bool:
    """Whether the logs together reach from before the span to after it; the slack is a few requests' time."""
    slack = min(max(2.0, 5 / max(rate(given), 0.01)), 15.0)
    reach = span[0] + slack
    for log in sorted(given, key=lambda log: log.begin):
        if log.begin <= reach:
            reach = max(reach, log.end + max(slack, log.step))
    return reach >= span[1] - slack


def zone_slip(given: Sequence[Log], spans: Sequence[Span]) -> float | None:
    """The half hours by which the windows would have to move to be covered; None when no such slip fits."""
    slips = sorted((half * 1800.0 for half in range(-28, 29) if half), key=abs)
    return next(
        (
            slip
            for slip in slips
            if all(is_covered(given, (begin + slip, end + slip)) for begin, end in spans)
        ),
        None,
    )
