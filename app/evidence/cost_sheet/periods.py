"""Periods of bills and counts: their words and their length in seconds."""

from __future__ import annotations

import re

from app.evidence.cost_sheet import german
from app.evidence.findings import phrase

SECONDS: dict[str, float] = {
    phrase("second"): 1.0,
    phrase("minute"): 60.0,
    phrase("hour"): 3600.0,
    phrase("day"): 86_400.0,
    phrase("week"): 604_800.0,
    phrase("month"): 2_629_800.0,
    phrase("quarter"): 7_889_400.0,
    phrase("year"): 31_557_600.0,
}
"""A month is a twelfth of 365.25 days, 730.5 hours; bills use 28 to 31 days, which `SLACK` covers."""

SLACK = {"month": 0.085, "quarter": 0.025}
"""How far a real month may be from the mean one: 28 days are 8 % less."""

WORDS = {
    "s": "second", "sec": "second", "secs": "second", "second": "second", "seconds": "second",
    "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "hourly": "hour",
    "d": "day", "day": "day", "days": "day", "daily": "day",
    "week": "week", "weeks": "week", "weekly": "week", "wk": "week",
    "mo": "month", "mon": "month", "month": "month", "months": "month", "monthly": "month", "mth": "month",
    "30d": "month", "quarter": "quarter", "quarterly": "quarter",
    "yr": "year", "year": "year", "years": "year", "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip
ALONE = frozenset(WORDS) - {"s", "h", "d", "min", "mo", "mon"}
"""Words that name a period without `per` before them."""


def named(value: float, unit: str) -> str:
    """The name of so many units: 30 days and 730 hours are a month; 180 seconds are a 180-second period."""
    seconds = value * SECONDS[unit]
    if seconds <= 0:
        return ""
    near = [
        name for name, length in SECONDS.items() if abs(seconds - length) <= SLACK.get(name, 0.003) * length
    ]
    return near[0] if near else f"{value:g}-{unit} period"


def seconds_in(period: str) -> float | None:
    """The length of a period by its name; None when it has none."""
    count, _, unit = period.removesuffix(" period").partition("-")
    if period in SECONDS:
        return SECONDS[period]
    return float(count) * SECONDS[unit] if unit in SECONDS and re.fullmatch(r"[\d.e+]{1,20}", count) else None


def period_of(word: str) -> str:
    """The period a word names, in English or in German, or nothing."""
    plain = word.strip().lower().rstrip(".")
    return WORDS.get(plain) or ("day" if plain == "tag" else WORDS.get(german.in_english((plain,))[0], ""))
