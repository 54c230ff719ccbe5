"""Request logs beside kills: who answered when, what failed when, as exactly as their facts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.evidence.claims import Facts, FileFacts
from app.evidence.deploy_timeline import traffic
from app.evidence.deploy_timeline.traffic import Log, Span
from app.evidence.latency_table.claims import MOST_LISTED, is_refused, user_errors

BEFORE_S = 30.0
LEAST_EXPECTED = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """A request log; its seconds count from `origin`, in seconds since 1970 by the clock of the kills."""

    log: Log
    facts: Facts
    origin: float

    def moved(self, by: float) -> Run:
        """The same with every time later by so much."""
        log = self.log
        points = [(point[0] + by, *point[1:]) for point in log.points]
        broken = None if log.broken is None else [(at + by, code) for at, code in log.broken]
        moved = replace(log, begin=log.begin + by, end=log.end + by, points=points, broken=broken)
        return replace(self, log=moved, origin=self.origin + by)

    @property
    def names(self) -> list[str]:
        """Who answered; without those that nobody named."""
        found = self.facts.get("seconds") or {}
        return [name for name in found.get("instances", ()) if name and name != "(others)"]

    @property
    def errors(self) -> int:
        """User-visible errors of the whole log."""
        return user_errors(self.facts)


def runs(files: Sequence[FileFacts]) -> list[Run]:
    """The logs that have times and statuses."""
    found = []
    for file in files:
        for log in traffic.logs([file]):
            origin = log.points[0][0] - float(file.facts["moments"]["points"][0][0])
            found.append(Run(_listed(log, file.facts, origin), file.facts, origin))
    return found


def _listed(log: Log, facts: Facts, origin: float) -> Log:
    """With the failures one by one, answers cut short included, where all of them are listed."""
    listed = facts.get("failures")
    if listed is None or len(listed) >= MOST_LISTED:
        return log
    return replace(log, broken=[(origin + at, code) for at, code, _ in listed if not is_refused(code)])


def answers(run: Run, name: str) -> Iterator[tuple[float, float, int]]:
    """Steps in which an instance answered: begin, end, how many; tries on it that failed are no answers."""
    seconds = run.facts.get("seconds") or {}
    if name not in seconds.get("instances", ()):
        return
    step, place = float(seconds["step_s"]), 5 + seconds["instances"].index(name)
    failed: dict[int, int] = {}
    for at, _, instance in run.facts.get("failures") or ():
        if instance == name:
            failed[int(at // step)] = failed.get(int(at // step), 0) + 1
    for point in seconds["points"]:
        n = int(point[place]) - failed.get(int(point[0] // step), 0)
        if n > 0:
            yield run.origin + point[0], run.origin + point[0] + step, n


def answered(run: Run, name: str, span: Span) -> int:
    """What an instance answered in the steps that lie wholly inside a span."""
    return sum(n for begin, end, n in answers(run, name) if begin >= span[0] and end <= span[1])


def expected(run: Run, name: str, at: float, length: float) -> float:
    """What it would have answered in so many seconds at its rate of the thirty before; too little says nothing."""
    begin = max(run.log.begin, at - BEFORE_S)
    return answered(run, name, (begin, at)) / max(at - begin, 1.0) * length if at > begin else 0.0


def silence(run: Run, name: str, near: float, *, within: float, least: float) -> Span | None:
    """The time without an answer of an instance that begins nearest to a moment; the log's edges bound it."""
    busy = [(begin, end) for begin, end, _ in answers(run, name)]
    edges = [(run.log.begin, run.log.begin), *busy, (run.log.end, run.log.end)]
    gaps = [(one[1], other[0]) for one, other in pairwise(edges)]
    known = [gap for gap in gaps if gap[1] - gap[0] >= least and abs(gap[0] - near) <= within]
    return min(known, key=lambda gap: abs(gap[0] - near), default=None)


def rate(run: Run, spans: Sequence[Span], *, is_inside: bool) -> tuple[float, float]:
    """Requests a second in the whole steps inside the spans, or outside all of them, and how many seconds that are."""
    log = run.log
    first, last = log.points[0][0], log.points[-1][0]
    requests = {round((point[0] - first) / log.step): point[1] for point in log.points}
    found = []
    for place in range(1, min(round((last - first) / log.step), 200_000)):
        begin = first + place * log.step
        touched = [span for span in spans if begin < span[1] and begin + log.step > span[0]]
        is_whole = any(begin >= span[0] and begin + log.step <= span[1] for span in touched)
        if is_whole if is_inside else not touched:
            found.append(requests.get(place, 0))
    seconds = len(found) * log.step
    return (sum(found) / seconds if seconds else 0.0), seconds
