"""Numbers as people write them in cost sheets: `$1,234.50`, `1.234,50 €`, `31.1M`, `0,00003`, `12 ¢`, `(5.00)`.

Whether a comma is a decimal sign is judged once for the whole file, by the cells that leave no doubt: `0,00003` and
`1.234,5` can only be decimal commas, `12.34` and `1,234.5` only points. Without such a cell `1,234` is a thousand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from app.evidence.cost_sheet import german
from app.evidence.cost_sheet.book import Amount
from app.evidence.cost_sheet.periods import period_of

LONGEST = 60
_GROUPS = "[\u0020\u00a0\u2007\u2009\u202f'’]"
_SIGNS = r"(?P<sign>[-+−]?)"
OTHERS = ("aud", "brl", "cad", "chf", "czk", "dkk", "gbp", "inr", "jpy", "nok", "nzd", "pln", "sek", "sgd")
_WORDS = {"rs": "Rs", "kr": "kr", "tkr": "kr", "mkr": "kr", "kč": "CZK", "zł": "PLN", "r$": "BRL"}
"""Rupees and crowns of several countries, which a sheet does not tell apart, keep their own word."""
_OTHERS = "|".join((*OTHERS, r"rs\.?", r"kr\.?", "kč", "zł", r"r\$"))
_DIGITS = r"(?P<digits>\d[\d.,]{0,38}|[.,]\d{1,38})"
_SHAPE = re.compile(
    rf"(?P<open>\(?) ?~?{_SIGNS} ?(?P<before>us\$|usd|eur|{_OTHERS}|[$€£₹¥])? ?(?P<sign2>[-−]?){_DIGITS}"
    r"(?P<power>e[-+]?\d{1,2})? ?"
    r"(?P<scale>million(?:s|en)?|mio\.?|mln|thousand|tausend|tsd\.?|billions?|mrd\.?|bn|k|m|b)?"
    r" ?(?P<after>us\$|usd|eur|euros?|dollars?|cents?|ct|" + _OTHERS + r"|[$€£¢%₹¥])?"
    r" ?(?P<close>\)?) ?(?:(?:/|per|pro|je|im) ?(?P<per>[a-z0-9., ]{1,30}))?",
    re.IGNORECASE | re.ASCII,
)
SCALES = {"k": 1e3, "thousand": 1e3, "tausend": 1e3, "tsd": 1e3, "m": 1e6, "mio": 1e6, "mln": 1e6, "million": 1e6,
          "millions": 1e6, "millionen": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9,
          "mrd": 1e9, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "tkr": 1e3, "mkr": 1e6}  # fmt: skip
CURRENCIES = {"us$": "USD", "usd": "USD", "$": "USD", "dollar": "USD", "dollars": "USD", "eur": "EUR", "€": "EUR",
              "euro": "EUR", "euros": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY",
              **_WORDS, **{code: code.upper() for code in OTHERS}}  # fmt: skip
CENTS = {"¢", "ct", "cent", "cents"}
HUNDREDTHS = {"paise", "paisa", "pence", "øre", "öre", "rappen", "grosz", "groszy"}
"""As cents, of other currencies."""
COMMA = re.compile(r"\d{1,3}(\.\d{3}){1,9},\d{1,12}|0?,\d{1,30}|\d{1,15},(\d{1,2}|\d{4,12})", re.ASCII)
POINT = re.compile(r"\d{1,3}(,\d{3}){1,9}\.\d{1,12}|0?\.\d{1,30}|\d{1,15}\.(\d{1,2}|\d{4,12})", re.ASCII)


def has_decimal_commas(cells: Iterable[str]) -> bool:
    """Whether the clear cells of a file write decimals with a comma, more of them than with a point."""
    commas = points = 0
    for cell in cells:
        shape = _shape(cell)
        if shape is not None:
            commas += bool(COMMA.fullmatch(shape["digits"]))
            points += bool(POINT.fullmatch(shape["digits"]))
    return commas > points


def amount(cell: str, *, decimal_commas: bool) -> Amount | None:
    """The number in a cell, or None when it is text. A percentage is a share of one."""
    shape = _shape(cell)
    if shape is None or bool(shape["open"]) != bool(shape["close"]) or (shape["sign"] and shape["sign2"]):
        return None
    plain = _plain(shape["digits"], decimal_commas=decimal_commas)
    period = period_of(shape["per"] or "")
    per = requests_meant(shape["per"]) if shape["per"] and not period else 1.0
    if plain is None or per is None:
        return None
    before, after = ((shape[name] or "").lower().rstrip(".") for name in ("before", "after"))
    factor = SCALES.get((shape["scale"] or "").lower().rstrip("."), 1.0)
    factor *= 0.01 if after == "%" else 1.0
    power = int((shape["power"] or "e0")[1:])
    value = float(f"{plain}e{power}") * factor
    minus = bool(shape["open"]) or "-" in (shape["sign"] + shape["sign2"]).replace("−", "-")
    if not math.isfinite(value):
        return None
    places = len(plain.partition(".")[2])
    currency = CURRENCIES.get(before, CURRENCIES.get(after, "USD" if after in CENTS else ""))
    step = 0.5 * 10.0 ** (power - places) * factor
    return Amount(-value if minus else value, step, currency, per, period, is_cents=after in CENTS)


def requests_meant(words: str) -> float | None:
    """The number of requests in `1,000 requests`, `million`, `request`; None when it is about something else."""
    parts = german.in_english(german.ungrouped(words).lower().replace(",", "").split())
    total, is_known = 1.0, False
    for part in parts:
        found = re.fullmatch(r"(\d{1,12})(k|m)?", part, re.ASCII)
        if found:
            total *= float(found[1]) * SCALES.get(found[2] or "", 1.0)
        elif part in SCALES:
            total *= SCALES[part]
        elif part not in ("request", "requests", "req", "reqs", "call", "calls"):
            return None
        is_known = True
    return total if is_known and 0 < total <= 1e12 else None


def _shape(cell: str) -> re.Match[str] | None:
    """The parts of a cell that is a number and its unit; digits parted by spaces or apostrophes are joined."""
    text = cell.strip()
    if not text or len(text) > LONGEST or not any("0" <= sign <= "9" for sign in text):
        return None
    joined = re.sub(rf"(?<=\d){_GROUPS}(?=\d{{3}}(?!\d))", "", text, flags=re.ASCII)
    return _SHAPE.fullmatch(re.sub(r"[\u00a0\u2007\u2009\u202f]", " ", joined))


def _plain(digits: str, *, decimal_commas: bool) -> str | None:
    """Digits with a decimal point; None when the signs between them fit no way of writing."""
    group, point = (".", ",") if decimal_commas else (",", ".")
    if digits.count(point) > 1 and group not in digits:
        group, point = point, group  # 31.100.000 can only be grouped
    whole, _, fraction = digits.partition(point)
    if group in fraction or point in fraction or (group in whole and not _is_grouped(whole, group)):
        return None
    return f"{whole.replace(group, '') or '0'}.{fraction}" if fraction else (whole.replace(group, "") or "0")


def _is_grouped(whole: str, group: str) -> bool:
    """By threes, or as in India: three digits at the end and two in each group before them."""
    first, *middle, last = whole.split(group)
    sizes = {len(part) for part in middle}
    return len(last) == 3 and 1 <= len(first) <= 3 and (sizes <= {3} or (sizes == {2} and len(first) <= 2))
