"""How a column tells the time: dates in a known form, seconds since 1970 in any unit, or seconds since the start."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.evidence.latency_table.numbers import (
    ISO,
    SCALES,
    Writing,
    decimals,
    median,
    moment,
    number,
    time_format,
    writing_of,
)

_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d|[+-]\d\d)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric column: how it is written and what one unit of it is worth (ms for latencies, s for times)."""

    column: int
    writing: Writing
    scale: float
    unit: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A column of times: either a number of `unit`s or a date in `form`."""

    column: int
    number: Number | None
    form: str | None
    is_epoch: bool
    resolution_s: float
    has_zone: bool = True

    @property
    def unit(self) -> str:
        """What its numbers count; a date is read in milliseconds."""
        return "ms" if self.number is None else self.number.unit


def clock_of(column: int, cells: Sequence[str], unit: str | None) -> Clock | None:
    """How a column tells the time, or None when it does not; `unit` is what small numbers count."""
    writing = writing_of(cells)
    if writing is None or writing is Writing.WITH_UNIT:
        return _calendar(column, cells)
    values = [value for cell in cells if (value := number(cell, writing)) is not None]
    if not values:
        return None
    unit, is_epoch = _time_unit(values, unit)
    scale = SCALES[unit] / 1000
    resolution = float(scale * 10.0 ** -decimals(cells, writing))
    return Clock(column, Number(column, writing, scale, unit), None, is_epoch, resolution, is_epoch)


def _calendar(column: int, cells: Sequence[str]) -> Clock | None:
    form = time_format(cells)
    if form is None:
        return None
    fractions = {round(value % 1, 6) for cell in cells if (value := moment(cell, form)) is not None}
    digits = (
        decimals([cell[10:].replace(",", ".") for cell in cells], Writing.PLAIN) if fractions - {0.0} else 0
    )
    has_zone = form.endswith(("%z", "GMT", "UTC")) or (
        form == ISO and all(_ZONE.search(cell) for cell in cells)
    )
    return Clock(column, None, form, True, 10.0 ** -min(digits, 6), has_zone)


def _time_unit(values: Sequence[float], named: str | None) -> tuple[str, bool]:
    """Seconds since 1970 are recognised by their size; small numbers count from the start of the test."""
    middle = median(values)
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if 1e9 * scale <= middle < 3e9 * scale:
            return unit, True
    if named is not None:
        return named, False
    span = max(values) - min(values)
    has_fraction = any(value != math.floor(value) for value in values)
    return ("s", False) if has_fraction or span < len(values) / 4 else ("ms", False)


def looks_like_epoch(value: float) -> bool:
    """Between 2001 and 2065 in s, ms, us or ns."""
    return any(1e9 * scale <= value < 3e9 * scale for scale in (1, 1e3, 1e6, 1e9))
