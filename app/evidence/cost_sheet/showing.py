"""Amounts and counts in sentences: $0.0000300, $412, 38.2M."""

from __future__ import annotations

import math

from app.evidence.findings import phrase
from app.evidence.units import plainly

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "": "$"}


def money(value: float, currency: str) -> str:
    """An amount with three digits that count, never in powers of ten; whole cents from a dollar on."""
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{'-' if value < 0 else ''}{sign}{_digits(abs(value))}"


def _digits(value: float) -> str:
    if value >= 1:
        text = f"{value:,.2f}"
        return text.removesuffix(".00")
    if value == 0 or value < 1e-15:
        return "0"
    places = 2 - math.floor(math.log10(value))
    return f"{value:.{places}f}"


def count(value: float) -> str:
    """A number of requests: 31.1M, 518M, 5,250."""
    for size, letter in ((1e9, "B"), (1e6, "M")):
        if value >= size:
            return f"{value / size:.3g}{letter}" if value / size < 1000 else f"{value / size:,.0f}{letter}"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def ratio(before: float, after: float) -> str:
    """How an amount changed: 45 % less, 3.2 times as much, the same."""
    if before <= 0 or abs(after - before) <= 0.001 * before:
        return phrase("the same")
    if after > 2 * before:
        return phrase("{factor} times as much", factor=plainly(after / before, 2))
    share = abs(after - before) / before * 100
    return (
        f"{share:.2g} % {'less' if after < before else 'more'}"
        if share < 99.5
        else phrase("{percent:.1f} % less", percent=share)
    )


def plain(value: float) -> str:
    """A number of a cell with six digits."""
    return plainly(value, 6)


def rate(value: float) -> str:
    """Requests a second with three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
