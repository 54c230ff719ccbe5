"""Axes: where a value lies, and which values are worth a line and a label."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

FEWEST_DECADES = 2.2
"""Below it powers of ten are too few to read by, and their halves and fifths are labelled too."""
MOST_DECADES = 9
"""Labels of more would stand on each other."""
MOST_NINES = 6.0
PERCENTS = ("0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %")


@dataclass(frozen=True, slots=True)
class Log:
    """A logarithmic axis from `low` (at `start`) to `high` (at `end`); what lies outside sits on its border.

    Without ticks there was no positive value to make it for, and all there is is zero and sits on its foot.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        share = math.log(inside / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Linear:
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def log_axis(values: Iterable[float], start: float, end: float) -> Log:
    """An axis that holds the positive values and ends on a 1, 2 or 5 of its decade; zeros sit on its foot."""
    found = [value for value in values if value > 0]
    if not found:
        return Log(1.0, 10.0, start, end, ())
    least, most = max(min(found), 1e-6), max(*found, 1e-6)
    powers = range(math.floor(math.log10(least)) - 1, math.ceil(math.log10(most)) + 2)
    marks = [mantissa * 10.0**power for power in powers for mantissa in (1, 2, 5)]
    low = max(mark for mark in marks if mark <= least * (1 + 1e-9))
    high = min(mark for mark in marks if mark >= most * (1 - 1e-9) and mark > low)
    decades = math.log10(high / low)
    labelled = marks if decades < FEWEST_DECADES else marks[:: 3 * math.ceil(decades / MOST_DECADES)]
    return Log(low, high, start, end, tuple(mark for mark in labelled if low <= mark <= high))


def nines(percentile: float) -> float:
    """Where a percentile lies on an axis of nines: 0 at 0, 1 at 90, 2 at 99, 3 at 99.9 percent."""
    return -math.log10(max(1 - percentile / 100, 10**-MOST_NINES))


def time_step(span: float) -> float:
    """The distance of round times that gives four to nine labels on a span of seconds."""
    rounds = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200)
    return next((step for step in rounds if span / step <= 7), 86400 * math.ceil(span / 7 / 86400))
