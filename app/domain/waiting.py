"""Honest waiting: how long work waits for a rating, counting the work that still waits.

The median of finished waits flatters: whatever has waited longest is not in it. Work that still waits is known
to wait at least so long, which is what the product-limit estimate is for (Kaplan and Meier, 1958).
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

KEEPS_PLACE = timedelta(days=1)
"""Work sent again so soon after it was withdrawn keeps its place: mending a file costs nobody their turn."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A quantile of waits; `at_least` when so much still waits that the true value can only be longer."""

    length: timedelta
    at_least: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """The usual wait and the long one; `sample` counts the pieces of work they are made from."""

    p50: Wait
    p90: Wait
    sample: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier version of the same work, newest first: was it withdrawn, when, and since when did it queue."""

    withdrawn: bool
    queued_at: datetime | None
    closed_at: datetime | None


def waits(*, finished: Collection[float], waiting: Collection[float]) -> Waits | None:
    """p50 and p90 over finished waits and waits so far, in seconds; None when there is nothing to say."""
    if not finished:
        return None
    ended, still = sorted(finished), sorted(waiting)
    left, longest = _surviving(ended, still), max(ended[-1:] + still[-1:])
    return Waits(_quantile(left, 0.5, longest), _quantile(left, 0.9, longest), len(ended) + len(still))


def queue_time(earlier: Iterable[Earlier], *, now: datetime) -> datetime:
    """Since when a version sent `now` queues: the older time of versions withdrawn within the last day, else now."""
    queued = now
    for version in earlier:
        if not version.withdrawn or version.closed_at is None or now - version.closed_at > KEEPS_PLACE:
            break
        queued = min(queued, version.queued_at or queued)
    return queued


def _surviving(ended: list[float], still: list[float]) -> list[tuple[float, float]]:
    """After each finished wait the share of all work that waits longer: the product-limit estimate. Both are sorted."""
    steps, share = [], 1.0
    for position, length in enumerate(ended):
        at_risk = len(ended) - position + len(still) - bisect_left(still, length)
        share *= 1 - 1 / at_risk
        steps.append((length, share))
    return steps


def _quantile(surviving: list[tuple[float, float]], share: float, longest: float) -> Wait:
    """The shortest wait by which `share` of all work was rated."""
    for length, left in surviving:
        if left <= 1 - share + 1e-9:
            return Wait(timedelta(seconds=length), at_least=False)
    return Wait(timedelta(seconds=longest), at_least=True)
