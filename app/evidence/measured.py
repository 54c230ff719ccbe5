"""A number recomputed from a file: its value, the band a claim agrees within, the interval of chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Measured(NamedTuple):
    """A recomputed number in base units (ms, requests a second, share, count).

    Within band_low..band_high a claim is the same number. low and high are where a repeat of the run could end.
    """

    value: float
    band_low: float
    band_high: float
    low: float | None
    high: float | None
    tolerance: str
    where: str
    basis: str = ""
    is_open_above: bool = False
    hint: Callable[[float], str] | None = None
    is_exact: bool = False
    """Whether no rounding of the claim is allowed for: 99.9 and 99.95 % are two objectives."""


class Confirmed(NamedTuple):
    """Whether a file bears out a claim that is no number, what it says itself, and where."""

    agrees: bool
    found: str
    where: str


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's score interval at 95 %; never below zero, and honest when nothing failed."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (middle - half) / scale), (middle + half) / scale
