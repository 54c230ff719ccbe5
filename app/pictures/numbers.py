"""Numbers out of stored facts, and numbers as a reader wants them, in the reader's language.

What is absent, NaN or no number is None.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.pictures.words import _, written

SPACE = "\u00a0"
"""Between a number and its unit, so that no line ends there."""
LARGEST = 1e15
"""Beyond it nothing measured lies; a picture leaves it out rather than stretching to it."""
FINEST = 12
"""Decimals; what is finer is 0 for all that a picture can show."""
MILLION = 1e6
DAY = 86_400
MANIFOLD = 1.5
"""From here on a change is told in times, below it in percent."""


def number(value: object) -> float | None:
    """A finite number of a size that something measured can have."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= LARGEST else None


def positive(value: object) -> float | None:
    """A number that is not negative: a time, a count, a size."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def at(facts: object, *names: str) -> Any:
    """The value below these names; None as soon as one of them is absent."""
    for name in names:
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return facts


def items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def count(value: float | None) -> str:
    """Whole, with thousands grouped; a fraction (rows an execution, since PostgreSQL 18) keeps two digits."""
    if value is None:
        return "–"
    is_whole = value == int(value) or value >= 100
    return written(f"{value:,.0f}" if is_whole else f"{value:,.2f}".rstrip("0").rstrip("."))


def ms(value: float | None) -> str:
    """A time in the unit that keeps it short: 0.2 µs, 0.612 ms, 88.2 ms, 1.32 s, 75 s."""
    if value is None:
        return "–"
    if value >= 999.5:
        return f"{three(value / 1000)}{SPACE}s"
    if 0 < value < 0.0005:
        is_micro = value >= 0.0000005
        return f"{three(value * 1e3)}{SPACE}µs" if is_micro else f"{three(value * 1e6)}{SPACE}ns"
    return f"{three(value)}{SPACE}ms"


def three(value: float) -> str:
    """Three significant digits, never in powers of ten; below a thousandth one, so that what is there is never 0."""
    if 0 < value < 0.0005:
        finest = f"{value:.{min(-math.floor(math.log10(value)), FINEST)}f}"
        return written(finest.rstrip("0").rstrip("."))
    if value >= 99.95:
        return written(f"{value:,.0f}")
    digits = 1 if value >= 9.995 else 2 if value >= 0.9995 else 3
    text = f"{value:.{digits}f}"
    return written(text.rstrip("0").rstrip(".") if "." in text else text)


def share(value: float | None) -> str:
    """A share as percent: whole, with a decimal near the ends where it matters."""
    if value is None:
        return "–"
    percent = value * 100
    if 0 < percent < 0.1:
        return written(f"<0.1{SPACE}%")
    return written(f"{percent:.{1 if percent < 10 or 99 <= percent < 100 else 0}f}{SPACE}%")


def seconds(value: float) -> str:
    """A time on the axis: 12 s below two minutes, then 2:05 or 1:02:05, and days from the third on; fractions of short
    runs are kept."""
    if value < 120:
        return f"{three(value)}{SPACE}s"
    if value > 2 * DAY:
        return f"{three(value / DAY)}{SPACE}d"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def change(before: float | None, after: float | None) -> str:
    """How far apart two numbers are: 7.1 times lower, 12 % higher, the same; empty when one is not known."""
    if before is None or after is None:
        return ""
    if before == after:
        return _("the same")
    return _lower(before, after) if after < before else _higher(before, after)


def _lower(before: float, after: float) -> str:
    if after <= 0:
        return _("none left") if after == 0 else _("lower")
    if before / after >= MILLION:
        return _("over a million times lower")
    if before / after >= MANIFOLD:
        return _("%(times)s times lower", times=three(before / after))
    return _("%(percent)s %% lower", percent=three((before - after) / before * 100))


def _higher(before: float, after: float) -> str:
    if before <= 0:
        return _("none left") if after == 0 else _("higher")
    if after / before >= MILLION:
        return _("over a million times higher")
    if after / before >= MANIFOLD:
        return _("%(times)s times higher", times=three(after / before))
    return _("%(percent)s %% higher", percent=three((after - before) / before * 100))
