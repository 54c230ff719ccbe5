"""How finely time is counted: the steps of the series, the short steps of instances, what counts as a gap."""

from __future__ import annotations

from dataclasses import dataclass

MOST_POINTS = 600
MOST_SHARES = 3600
SHORTEST_GAP_S = 0.25
GAPS_LONG = 50
WIDTHS_S = (1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600, 86400)


@dataclass(frozen=True, slots=True)
class Grid:
    """`limit_s` is how long nothing must start before it counts as a gap: 250 ms and fifty ordinary gaps at least."""

    width_s: float
    share_s: float
    limit_s: float

    def serves(self, needed: Grid) -> bool:
        """Whether what was counted on this grid is what the other would have given; its ticks may be finer."""
        same = (self.width_s, self.share_s) == (needed.width_s, needed.share_s)
        return same and needed.limit_s / 2 < self.limit_s <= needed.limit_s * 1.2


def grid_of(first: float | None, last: float | None, n: int) -> Grid:
    """The grid for so many requests between two moments, either of which may be unknown."""
    span = 0.0 if first is None or last is None else last - first
    limit = max(SHORTEST_GAP_S, GAPS_LONG * span / n) if n else SHORTEST_GAP_S
    return Grid(_width(span, MOST_POINTS), _width(span, MOST_SHARES), limit)


def _width(span: float, most: int) -> float:
    """The smallest round step that needs no more than so many points."""
    return next((width for width in WIDTHS_S if span / width < most), max(span, 1) / (most - 1))
