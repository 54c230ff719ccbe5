"""The units that numbers in plans bear: time, size and money, with what they are worth; rates are units a time."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400.0
TIMES: dict[str, float] = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunde", "sekunden"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "hourly", "stunde", "stunden", "std"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "daily", "tag", "tage", "tagen", "täglich"), DAY),
    **dict.fromkeys(("week", "weeks", "weekly", "woche", "wochen", "wöchentlich"), 7 * DAY),
    **dict.fromkeys(
        ("mo", "month", "months", "monthly", "monat", "monate", "monaten", "monatlich"), 30 * DAY
    ),
    **dict.fromkeys(("yr", "year", "years", "yearly", "jahr", "jahre", "jahren", "jährlich"), 365 * DAY),
}
RATES: dict[str, float] = {
    **dict.fromkeys(("rps", "qps", "tps", "wps", "hz"), 1.0),
    **dict.fromkeys(("rpm", "qpm"), 60.0),
}
_LETTERS = ("", "k", "m", "g", "t", "p")
SIZES: dict[str, tuple[int, int]] = {
    **{f"{letter}b": (power, 1) for power, letter in enumerate(_LETTERS) if letter},
    **{f"{letter}ib": (power, 1) for power, letter in enumerate(_LETTERS) if letter},
    **{f"{letter}bit": (power, 8) for power, letter in enumerate(_LETTERS)},
    **{f"{letter}bps": (power, 8) for power, letter in enumerate(_LETTERS) if letter},
    **dict.fromkeys(("byte", "bytes"), (0, 1)),
    **dict.fromkeys(("kilobyte", "kilobytes"), (1, 1)),
    **dict.fromkeys(("megabyte", "megabytes"), (2, 1)),
    **dict.fromkeys(("gigabyte", "gigabytes", "gig"), (3, 1)),
    **dict.fromkeys(("terabyte", "terabytes"), (4, 1)),
    "bits": (0, 8),
}
"""Unit: its power of a thousand, and how many of it make eight bits when it counts bits."""
MONEY = {"$", "€", "£", "usd", "eur", "gbp", "dollar", "dollars", "euro", "euros"}
CENTS = {"¢", "ct", "cent", "cents"}
SCALES: dict[str, float] = {
    **dict.fromkeys(("k", "thousand", "tsd", "tausend"), 1e3),
    **dict.fromkeys(("m", "mio", "million", "millions", "millionen", "mn"), 1e6),
    **dict.fromkeys(("bn", "billion", "billions", "mrd", "milliarden"), 1e9),
    **dict.fromkeys(("trillion",), 1e12),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands: `value` with thousands, millions and percent applied; `other` by the other comma.

    `step` is one of its last digit written. `times` are the lengths in seconds of the units of time in its words,
    `sizes` the units of size, `is_rate` says that it is so many in a time. `per` is how many it is for: a million in
    `0.95 € per million requests`.
    """

    text: str
    value: float
    other: float
    step: float
    words: tuple[str, ...] = ()
    times: tuple[float, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()
    is_rate: bool = False
    is_money: bool = False
    is_cents: bool = False
    is_percent: bool = False
    is_billion_or_bytes: bool = False
    is_about: bool = False
    high: float | None = None
    per: float = 1.0

    @property
    def unit(self) -> str:
        """What it is: rate, size, money, time, percent or nothing that is known."""
        if self.is_rate and self.sizes:
            return "size"
        names = (
            ("money", self.is_money or self.is_cents), ("size", bool(self.sizes)), ("rate", self.is_rate),
            ("time", bool(self.times)), ("percent", self.is_percent),
        )  # fmt: skip
        return next((name for name, holds in names if holds), "")


def ratios(left: set[float], right: set[float]) -> set[float]:
    """What turns so many a first unit of time into so many a second one, with months of every length."""
    pairs = {
        first / second
        for one in left
        for other in right
        for first in _lengths(one)
        for second in _lengths(other)
    }
    return pairs | {1 / pair for pair in pairs}


def _lengths(seconds: float) -> tuple[float, ...]:
    if seconds == 30 * DAY:
        return (30 * DAY, 365 * DAY / 12, 31 * DAY, 28 * DAY)
    return (365 * DAY, 360 * DAY) if seconds == 365 * DAY else (seconds,)


def size_factors(operands: list[tuple[int, int]], result: tuple[int, int] | None) -> set[float]:
    """What turns the product of sizes into the unit of the result, in thousands and in 1,024s."""
    if not operands and result is None:
        return set()
    start, bits = operands[0] if operands else (0, result[1] if result else 1)
    ends = [result] if result else [(power, bits) for power in range(6)]
    turns = {
        _turn(start - end, base) * end_bits / bits for end, end_bits in ends for base in (1000.0, 1024.0)
    }
    if result and not operands:
        turns |= {base**power for power in range(-5, 1) for base in (1000.0, 1024.0)}
    return turns


def _turn(power: int, base: float) -> float:
    return float(base**power)
