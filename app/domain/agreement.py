"""How alike two people rate: exact and near agreement, and Cohen's kappa, which takes out what chance alone would give.

    kappa = (observed - expected) / (1 - expected)

after Cohen (1960), Educational and Psychological Measurement 20(1), 37-46. The weighted one counts a disagreement by
how many levels lie between the two (linear weights), after Cohen (1968), Psychological Bulletin 70(4), 213-220.
Where one side gave one and the same level every time, nothing is left that chance could be told from: no kappa.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

FEW = 10
"""Fewer pairs than this are shown as too few to say anything."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `pairs` ratings, how many are equal and how many at most one level apart; kappa None where it is undefined."""

    pairs: int
    equal: int
    near: int
    kappa: float | None
    weighted: float | None

    @property
    def is_few(self) -> bool:
        return self.pairs < FEW

    @property
    def equal_share(self) -> float:
        return self.equal / self.pairs if self.pairs else 0.0

    @property
    def near_share(self) -> float:
        return self.near / self.pairs if self.pairs else 0.0


def agreement(counts: Mapping[tuple[int, int], int]) -> Agreement:
    """From how often each pair of levels was given (the first rater's place in the rubric, the second's)."""
    pairs = sum(counts.values())
    apart: Counter[int] = Counter()
    for (first, second), times in counts.items():
        apart[abs(first - second)] += times
    return Agreement(
        pairs=pairs,
        equal=apart[0],
        near=apart[0] + apart[1],
        kappa=_kappa(counts, weighted=False),
        weighted=_kappa(counts, weighted=True),
    )


def _kappa(counts: Mapping[tuple[int, int], int], *, weighted: bool) -> float | None:
    """One minus the disagreement there is over the disagreement that chance would give; both forms are this."""
    rows, columns = _margins(counts)
    if len(rows) < 2 or len(columns) < 2:
        return None
    pairs = sum(counts.values())
    there = sum(
        _weight(first, second, weighted=weighted) * times for (first, second), times in counts.items()
    )
    chance = sum(
        _weight(first, second, weighted=weighted) * rows[first] * columns[second]
        for first in rows
        for second in columns
    )
    return 1 - there * pairs / chance


def _margins(counts: Mapping[tuple[int, int], int]) -> tuple[Counter[int], Counter[int]]:
    """How often each side gave each level."""
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    for (first, second), times in counts.items():
        if times:
            rows[first] += times
            columns[second] += times
    return rows, columns


def _weight(first: int, second: int, *, weighted: bool) -> int:
    """What a disagreement costs: the levels between the two, or 1 however far apart they are."""
    distance = abs(first - second)
    return distance if weighted else min(distance, 1)
