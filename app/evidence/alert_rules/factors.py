"""Which multiple of the budget an alert waits for, by its window.

The factor is (part of the budget) x (period) / (window): 2 % of 30 days in one hour is 14.4, 5 % in six hours 6, 10 %
in one day 3 and in three days 1 (Google, Site Reliability Workbook, chapter 5, table 5-8).
"""

from __future__ import annotations

import math

from app.evidence.objectives.durations import DAY

PARTS = {3600.0: 0.02, 6 * 3600.0: 0.05, DAY: 0.10, 3 * DAY: 0.10}
"""Which part of the budget may be gone before the alert of each long window fires."""
FACTORS = {14.4: 3600.0, 6.0: 6 * 3600.0, 3.0: DAY}
"""The factors of 30 days and the window each belongs to; 1 is left out, it means the whole budget for any window."""


PERIODS = (30 * DAY, 28 * DAY, 7 * DAY, 14 * DAY, 90 * DAY)
"""Windows that objectives have, the usual one first."""
ROUND_PARTS = (0.01, 0.02, 0.05, 0.10)
CLOSE = 0.005


def expected(window: float, period: float) -> float | None:
    """The factor of a long window for a period; None for a window the table has not."""
    part = PARTS.get(window)
    return None if part is None else part * period / window


def period_of(factor: float, window: float) -> float:
    """The period a factor was made for: one of which it takes a round part over its window, else 30 days."""
    for period in PERIODS:
        part = factor * window / period
        if any(math.isclose(part, round_one, rel_tol=CLOSE) for round_one in ROUND_PARTS):
            return period
    return PERIODS[0]
