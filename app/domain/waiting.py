"""Honest waiting: how long work waits for a rating, counting the work that still waits.

The median of finished waits flatters: whatever has waited longest is not in it. Work that still waits is known
to wait at least so long, which is what the product-limit estimate is for (Kaplan and Meier, 1958).
"""

from collections.abc import Iterable
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


def waits(*, finished: Iterable[timedelta], waiting: Iterable[timedelta]) -> Waits | None:
    """p50 and p90 over finished waits and waits so far; None when there is nothing to say."""
    ended = [(length, True) for length in finished]
    observed = sorted(ended + [(length, False) for length in waiting], key=lambda one: (one[0], not one[1]))
    if not ended:
        return None
    return Waits(_quantile(observed, 0.5), _quantile(observed, 0.9), len(observed))


def queue_time(earlier: Iterable[Earlier], *, now: datetime) -> datetime:
    """Since when a version sent `now` queues: the older time of versions withdrawn within the last day, else now."""
    queued = now
    for version in earlier:
        if not version.withdrawn or version.closed_at is None or now - version.closed_at > KEEPS_PLACE:
            break
        queued = min(queued, version.queued_at or queued)
    return queued


def _quantile(observed: list[tuple[timedelta, bool]], share: float) -> Wait:
    """The shortest wait by which `share` of all work was rated, by the product-limit estimate."""
    surviving = 1.0
    for position, (length, ended) in enumerate(observed):
        if ended:
            at_risk = len(observed) - position
            surviving *= 1 - 1 / at_risk
        if surviving <= 1 - share + 1e-9:
            return Wait(length, at_least=False)
    return Wait(observed[-1][0], at_least=True)
