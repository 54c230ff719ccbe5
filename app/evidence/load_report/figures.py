"""Numbers as tools print them: `17.78ms`, `1m2.5s`, `1,234`, `99.50%`, `4.5/sec`; and the step of the last digit."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from app.evidence.patterns import lazy

UNITS: dict[str, float] = {
    "ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "sec": 1e3, "secs": 1e3, "m": 6e4, "min": 6e4,
    "h": 3.6e6, "nanoseconds": 1e-6, "microseconds": 1e-3, "milliseconds": 1.0, "millis": 1.0, "msec": 1.0,
    "seconds": 1e3, "second": 1e3,
}  # fmt: skip
"""What one of each is in ms."""
_PART = lazy(r"(\d{1,15}(?:\.\d{1,12})?)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_NUMBER = lazy(r"[+-]?\d{1,20}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = lazy(r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?", re.ASCII)
LONGEST = 60
LEAST, MOST = 1e-15, 1e18
LARGEST_POWER = 100


class Reading(NamedTuple):
    """A printed number. The true one may lie half a `step` to either side; `where` is a line, a column or a path."""

    value: float
    step: float = 0.0
    where: str = ""


def figure(text: str, where: str = "", scale: float = 1.0) -> Reading | None:
    """A plain number times `scale`; None for `N/A`, `-`, words and what is not finite."""
    plain = text.strip()[:LONGEST]
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return None
    value, step = float(plain) * scale, _step(plain) * scale
    return Reading(_tidy(value), step, where) if is_sane(value) and step < MOST else None


def is_sane(value: float) -> bool:
    """Whether a number can be one of a load test: its products and quotients with others stay finite."""
    return value == 0 or LEAST <= abs(value) <= MOST


def duration(text: str, where: str = "") -> Reading | None:
    """A time with its units, in ms: `17.78ms`, `1.02m`, `1m2.5s`."""
    plain = text.strip()[:LONGEST].replace(" ", "")
    parts = _PART.findall(plain)
    if not parts or "".join(map("".join, parts)) != plain:
        return None
    value = sum(float(number) * UNITS[unit] for number, unit in parts)
    number, unit = parts[-1]
    if not is_sane(value):
        return None
    return Reading(_tidy(value), _step(number) * UNITS[unit], where)


def percent(text: str, where: str = "") -> Reading | None:
    """`3.25%` as a share of one; a bare number is percent too."""
    return figure(text.strip().removesuffix("%"), where, 0.01)


def rate(text: str, where: str = "") -> Reading | None:
    """Requests a second: `4.5/sec`, `12.3/min`, `3.0/hour`, `6.56/s` or a bare number."""
    number, _, per = text.strip().partition("/")
    scales = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 1 / 60, "min": 1 / 60, "h": 1 / 3600, "hour": 1 / 3600}
    scale = scales.get(per.strip().lower())
    return None if scale is None else figure(number, where, scale)


def seconds(reading: Reading | None) -> Reading | None:
    """A time in ms as a duration in s."""
    return None if reading is None else Reading(reading.value / 1000, reading.step / 1000, reading.where)


def significant(value: float, digits: int) -> float:
    """The step of a number that was rounded to so many significant digits, never finer than one."""
    if value <= 0:
        return 1.0
    return float(max(1.0, 10.0 ** (math.floor(math.log10(value)) - digits + 1)))


def _step(number: str) -> float:
    mantissa, _, exponent = number.lower().partition("e")
    power = min(int(exponent), LARGEST_POWER) if exponent else 0
    return float(10.0 ** (power - len(mantissa.partition(".")[2])))


def _tidy(value: float) -> float:
    """Twelve digits: 0.0158 s are 15.8 ms and not 15.800000000000001."""
    return float(f"{value:.12g}")
