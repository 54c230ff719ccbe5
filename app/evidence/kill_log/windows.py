"""The time around each kill, what failed in it, and which log is believed about it.

A window runs from one second before a kill, since requests that were running then are lost with it, to ten seconds
after the instance was back. Where windows overlap, a failure belongs to the kill before it, and counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.evidence.deploy_timeline import traffic as deploys
from app.evidence.deploy_timeline.traffic import Count, Span
from app.evidence.kill_log import traffic
from app.evidence.kill_log.alignment import Aligned, Death, is_inside
from app.evidence.kill_log.names import Aliases, match
from app.evidence.kill_log.traffic import Run

BEFORE_S, AFTER_S = 1.0, 10.0
UNKNOWN_S = 30.0
NEAR_S = 30.0
MOST = 200


@dataclass(frozen=True, slots=True)
class Window:
    """A kill inside the traffic; `back` is told by the kill log, seen in a request log, or assumed."""

    kill: Death
    back: float
    is_told: bool

    @property
    def span(self) -> Span:
        return self.kill.at - BEFORE_S, self.back + AFTER_S

    @property
    def down(self) -> Span:
        return self.kill.at, self.back


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request, or as many as a step holds; `code` is None without an answer."""

    at: float
    code: int | None
    n: int = 1


def windows(kills: Sequence[Death], logs: Sequence[Aligned], also: Aliases) -> list[Window]:
    """The kills that lie inside any of the logs."""
    inside = [kill for kill in kills if any(is_inside(log.run, kill.at) for log in logs)]
    return [_window(kill, logs, also) for kill in inside[:MOST]]


def _window(kill: Death, logs: Sequence[Aligned], also: Aliases) -> Window:
    if kill.back is not None:
        return Window(kill, kill.back, is_told=True)
    for log in logs:
        name = match(kill.name, log.run.names, also) if kill.name else None
        least = 2 * log.run.log.step
        gap = None if name is None else traffic.silence(log.run, name, kill.at, within=NEAR_S, least=least)
        if gap is not None and kill.at < gap[1] < log.run.log.end:
            return Window(kill, gap[1], is_told=False)
    return Window(kill, kill.at + UNKNOWN_S, is_told=False)


def worse(logs: Sequence[Aligned], spans: Sequence[Span]) -> tuple[list[Run], Count]:
    """The logs of servers or those of clients, whichever saw more fail; both tell of the same requests."""
    groups = [[log.run for log in logs if log.run.log.is_server is side] for side in (False, True)]
    counted = [
        (group, deploys.counted([run.log for run in group], deploys.merged(spans)))
        for group in groups
        if group
    ]
    return max(counted, key=lambda pair: (pair[1].broken, pair[1].requests))


def by_kill(
    runs: Sequence[Run], found: Sequence[Window]
) -> tuple[list[tuple[Window, list[Failure]]], list[Failure]]:
    """The failures of each window, each once, and those outside all windows; in the order of time."""
    of: dict[int, list[Failure]] = {}
    slack = max((run.log.step if run.log.broken is None else _clock(run) for run in runs), default=0.0)
    for one in sorted((one for run in runs for one in failures(run)), key=lambda one: one.at):
        fits = [
            place for place, window in enumerate(found) if window.span[0] - slack < one.at <= window.span[1]
        ]
        of.setdefault(fits[-1] if fits else -1, []).append(one)
    return [(window, of.get(place, [])) for place, window in enumerate(found)], of.get(-1, [])


def failures(run: Run) -> Iterator[Failure]:
    """One by one where the log lists all of them, else by its steps."""
    if run.log.broken is not None:
        yield from (Failure(at, code) for at, code in run.log.broken)
        return
    for at, _, fives, unanswered, _ in run.log.points:
        if fives:
            yield Failure(at, 500, fives)
        if unanswered:
            yield Failure(at, None, unanswered)


def _clock(run: Run) -> float:
    """A clock of whole seconds may be up to one early."""
    return min(float(run.facts.get("clock_resolution_s") or 0.0), 1.0)
