"""Units people type beside a number, and how finely a typed number was meant."""

from __future__ import annotations

import re
from decimal import Decimal

BASES: dict[str, dict[str, float]] = {
    "time": {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "sec": 1e3, "min": 6e4, "": 1.0},
    "rate": {
        "": 1.0, "rps": 1.0, "/s": 1.0, "req/s": 1.0, "requests/s": 1.0, "1/s": 1.0, "qps": 1.0,
        "/min": 1 / 60, "rpm": 1 / 60, "requests/min": 1 / 60, "krps": 1000.0,
    },
    "share": {"": 1.0, "%": 0.01, "percent": 0.01, "ratio": 1.0, "ppm": 1e-6, "‰": 0.001},
    "span": {"": 1.0, "d": 1.0, "day": 1.0, "days": 1.0, "min": 1 / 1440, "h": 1 / 24, "hours": 1 / 24, "weeks": 7.0},
    "count": {"": 1.0, "count": 1.0, "requests": 1.0, "errors": 1.0, "k": 1e3, "M": 1e6},
    "ratio": {"": 1.0, "x": 1.0, "×": 1.0},
    "size": {"": 1.0, "GB": 1.0, "MB": 1e-3, "TB": 1e3, "kB": 1e-6, "KB": 1e-6},
    "money": {
        **dict.fromkeys(("", "usd", "us$", "$", "dollar", "dollars", "eur", "€", "euro", "euros"), 1.0),
        **dict.fromkeys(("cent", "cents", "¢", "ct", "us cents", "usd cents", "euro cents"), 0.01),
    },
}  # fmt: skip
REQUESTS = {
    **dict.fromkeys(("", "1"), 1.0),
    **dict.fromkeys(("1k", "k", "1000", "thousand"), 1e3),
    **dict.fromkeys(("10k", "10000"), 1e4),
    **dict.fromkeys(("1m", "million", "1 million", "1000000", "mio"), 1e6),
}
"""For how many requests an amount may be: `USD/request`, `$ per 1,000 requests`, `cents/million`."""


def in_base(value: float, unit: str, quantity: str) -> float | None:
    """The value in ms, requests a second, a share, days, a count or whole dollars; None when the unit does not fit."""
    scales = BASES[quantity]
    scale = scales.get(unit.strip(), scales.get(unit.strip().lower()))
    if scale is None and quantity == "money":
        scale = _each(unit)
    return None if scale is None else value * scale


def _each(unit: str) -> float | None:
    """Whole dollars a request, of an amount that names what it is for."""
    amount, _, count = re.sub(r"\bper\b", "/", unit.lower()).partition("/")
    words = [
        word for word in count.replace(",", "").split() if not re.fullmatch(r"req(uest)?s?|calls?", word)
    ]
    one, many = BASES["money"].get(amount.strip()), REQUESTS.get(" ".join(words))
    return None if one is None or many is None or not count.strip() else one / many


def rounding(value: Decimal | float) -> float:
    """Half a unit of the last digit typed: 120 may have been 119.5 to 120.5, and 1.2 was 1.15 to 1.25."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    exponent = (
        number.normalize().as_tuple().exponent
        if not isinstance(value, Decimal)
        else number.as_tuple().exponent
    )
    return 0.5 * 10.0 ** min(int(exponent), 0) if isinstance(exponent, int) else 0.5


def with_unit(number: str, unit: str) -> str:
    """A number with its unit as people read it: a count has none."""
    return number if unit in ("", "count") else f"{number} {unit}"


def shown(value: float) -> str:
    """Four digits for reading; what is very small, a cost per request, not in powers of ten."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return plainly(value, 4)


def plainly(value: float, digits: int) -> str:
    """So many digits, not in powers of ten unless it is out of all proportion: 0.00003, 1230."""
    short = f"{value:.{digits}g}"
    return format(Decimal(short), "f") if "e" in short and 1e-12 < abs(value) < 1e15 else short


def percent(share: float) -> str:
    """A share of one in percent, without the sign: whole from ten on, else with one decimal."""
    return f"{share * 100:.0f}" if share >= 0.0995 else f"{share * 100:.1f}"
