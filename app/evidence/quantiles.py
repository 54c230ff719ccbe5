"""Percentiles of a counted distribution, by every definition in use, with distribution-free confidence intervals.

Tools disagree about what a percentile is; on a few hundred requests the definitions differ by several percent. The
headline is the nearest rank; the others span the band within which a claim counts as the same number.

Definitions for n sorted values x1..xn and a share q:
  nearest rank   x[ceil(q n)]                          textbook, wrk, Prometheus' exact summaries
  linear         interpolated at 1 + q (n - 1)         k6, numpy, spreadsheets' PERCENTILE.INC
  Weibull        interpolated at q (n + 1)             JMeter's report (LEGACY), PERCENTILE.EXC
  one rank up    x[ceil(q n) + 1]                      hey

The interval [x_l, x_u] follows Hahn and Meeker, Statistical Intervals (1991), chapter 5: the ranks are binomial
quantiles, so nothing is assumed about the shape of the latencies, only that they are independent. Below 368 values
the 99th percentile has no upper bound at 95 % confidence.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple

LEVELS: dict[str, Fraction] = {
    "p50": Fraction(50, 100),
    "p90": Fraction(90, 100),
    "p95": Fraction(95, 100),
    "p99": Fraction(99, 100),
    "p999": Fraction(999, 1000),
}
CONFIDENCE = 0.95


class Step(NamedTuple):
    """`count` values that all lie between `low` and `high`; they are equal when the step is exact."""

    low: float
    high: float
    count: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks of a step


class Distribution:
    """Values in ascending steps. Ranks count from 1."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = sorted(steps, key=attrgetter("low"))
        self._upto = list(accumulate(step.count for step in self.steps))
        self.n = self._upto[-1] if self._upto else 0

    def step(self, rank: int) -> Step:
        """The step that holds the value of this rank."""
        return self.steps[bisect_left(self._upto, min(max(rank, 1), self.n))]

    def at(self, rank: int) -> float:
        """The value of this rank; the middle of its step when the step is not exact."""
        step = self.step(rank)
        return step.low if step.low == step.high else (step.low + step.high) / 2

    def above(self, limit: float) -> int:
        """How many values are larger than `limit`, by whole steps."""
        return sum(step.count for step in self.steps if step.low > limit)

    def quantile(self, q: Fraction) -> float:
        """The nearest-rank percentile."""
        return self.at(nearest_rank(self.n, q))


def nearest_rank(n: int, q: Fraction) -> int:
    """ceil(q n), in whole numbers so that 0.99 x 100 is 99 and not 100."""
    return max(1, -(-n * q.numerator // q.denominator))


def ranks_needed(n: int) -> set[int]:
    """Every rank the headline percentiles and their definitions touch: these must be exact."""
    needed: set[int] = set()
    for q in LEVELS.values():
        for position in _positions(n, q).values():
            needed |= {math.floor(position), math.ceil(position)}
    return {min(max(rank, 1), n) for rank in needed}


def summary(values: Distribution) -> dict[str, dict[str, Any]]:
    """For each level: the value, its interval (with ranks) and the other definitions. Ready for JSON."""
    return {name: _level(values, q) for name, q in LEVELS.items()}


def interval(n: int, q: Fraction, confidence: float = CONFIDENCE) -> tuple[int | None, int | None]:
    """The ranks between which the true percentile lies; `None` where n is too small for a bound."""
    tail = (1 - confidence) / 2
    lower = binomial_quantile(n, float(q), tail)
    while lower > 0 and binomial_cdf(lower - 1, n, float(q)) > tail:
        lower -= 1
    upper = binomial_quantile(n, float(q), 1 - tail) + 1
    return (lower if lower >= 1 else None), (upper if upper <= n else None)


def binomial_quantile(n: int, q: float, share: float) -> int:
    """The smallest k with P(X <= k) >= share, X binomial(n, q); walked to from the normal guess."""
    guess = n * q + math.copysign(1.96, share - 0.5) * math.sqrt(n * q * (1 - q))
    k = min(n, max(0, round(guess)))
    while k > 0 and binomial_cdf(k - 1, n, q) >= share:
        k -= 1
    while k < n and binomial_cdf(k, n, q) < share:
        k += 1
    return k


def binomial_cdf(k: int, n: int, q: float) -> float:
    """P(X <= k), summed from the end nearer to k until the terms no longer matter."""
    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    if k > n * q:
        return 1.0 - binomial_cdf(n - k - 1, n, 1 - q)
    term = math.exp(_log_choose(n, k) + k * math.log(q) + (n - k) * math.log1p(-q))
    total, odds = term, (1 - q) / q
    for i in range(k, 0, -1):
        term *= i / (n - i + 1) * odds
        total += term
        if term < total * 1e-16:
            break
    return total


def _level(values: Distribution, q: Fraction) -> dict[str, Any]:
    lower, upper = interval(values.n, q)
    definitions = {name: _tidy(_interpolated(values, at)) for name, at in _positions(values.n, q).items()}
    return {
        "value": definitions["nearest_rank"],
        "low": None if lower is None else _tidy(values.step(lower).low),
        "high": None if upper is None else _tidy(values.step(upper).high),
        "low_rank": lower,
        "high_rank": upper,
        "definitions": definitions,
    }


def _tidy(value: float) -> float:
    """Twelve digits: 0.1927 s are 192.7 ms and not 192.70000000000002."""
    return float(f"{value:.12g}")


def _positions(n: int, q: Fraction) -> dict[str, Fraction]:
    rank = nearest_rank(n, q)
    return {
        "nearest_rank": Fraction(rank),
        "linear": 1 + q * (n - 1),
        "weibull": min(max(q * (n + 1), Fraction(1)), Fraction(n)),
        "one_rank_up": Fraction(min(rank + 1, n)),
    }


def _interpolated(values: Distribution, position: Fraction) -> float:
    rank = math.floor(position)
    below = values.at(rank)
    share = float(position - rank)
    return below if share == 0 else below + share * (values.at(rank + 1) - below)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
