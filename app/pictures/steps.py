"""The series of a recording as steps of equal length: requests, errors and p99 of each, and where nothing was sent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.pictures.numbers import at, items, number, positive

MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """What started between `start` and `start + length`; of several steps in one, the worst p99."""

    start: float
    requests: float
    errors: float
    p99: float | None


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps in order of time. Those without a request are absent and show as gaps."""

    length: float
    steps: tuple[Step, ...]

    @property
    def start(self) -> float:
        return self.steps[0].start

    @property
    def end(self) -> float:
        return self.steps[-1].start + self.length

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """From and to of each stretch without a request."""
        return [
            (one.start + self.length, other.start)
            for one, other in pairwise(self.steps)
            if other.start - one.start > 1.5 * self.length
        ]

    @property
    def pieces(self) -> list[list[Step]]:
        """Runs of steps that follow each other."""
        found: list[list[Step]] = []
        for step in self.steps:
            if found and step.start - found[-1][-1].start <= 1.5 * self.length:
                found[-1].append(step)
            else:
                found.append([step])
        return found

    def merged(self, most: int) -> "Steps":
        """The same in at most so many steps, each a whole number of the old ones."""
        spanned = round((self.end - self.start) / self.length)
        factor = math.ceil(spanned / most)
        if factor <= 1:
            return self
        length = self.length * factor
        groups: dict[int, list[Step]] = {}
        for step in self.steps:
            groups.setdefault(math.floor((step.start - self.start) / length + 1e-9), []).append(step)
        return Steps(
            length, tuple(_joined(self.start + index * length, groups[index]) for index in sorted(groups))
        )


def steps_of(facts: Mapping[str, Any]) -> Steps | None:
    """The series of a latency table; None without one, or with one that no clock could have made."""
    length = positive(at(facts, "series", "step_s"))
    found = {step.start: step for point in items(at(facts, "series", "points")) if (step := _step(point))}
    steps = tuple(found[start] for start in sorted(found))
    if not length or length < 1e-6 or not steps:
        return None
    span = steps[-1].start - steps[0].start
    return Steps(length, steps) if span / length <= MOST_STEPS else None


def _step(point: object) -> Step | None:
    cells = items(point)
    if len(cells) < 4:
        return None
    start, requests = number(cells[0]), positive(cells[1])
    if start is None or requests is None:
        return None
    return Step(start, requests, positive(cells[2]) or 0.0, positive(cells[3]))


def _joined(start: float, steps: list[Step]) -> Step:
    known = [step.p99 for step in steps if step.p99 is not None]
    return Step(
        start,
        sum(step.requests for step in steps),
        sum(step.errors for step in steps),
        max(known, default=None),
    )
