"""Claims as people type them: spaces, a decimal comma, thousands, words; never guessed when it could be two."""

import math
import re

from app.words import _

LONGEST = 40
LONGEST_TEXT = 200
LARGEST = 1e15
PLAIN = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,2})?|\.\d+([eE][+-]?\d{1,2})?")
COMMA_GROUPS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
POINT_GROUPS = re.compile(r"[1-9]\d{0,2}((\.\d{3}){2,}(,\d+)?|\.\d{3},\d+)")
TWO_WAYS = re.compile(r"[1-9]\d{0,2},\d{3}")
THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")
SPACES = re.compile(r"[\s'’_]")
COUNT = "count"
SIGNS: dict[str, tuple[str, ...]] = {  # how people write a unit behind or before its number, longest first
    "%": ("percent", "prozent"),
    "ms": ("milliseconds", "msec"),
    "s": ("seconds", "sekunden", "sec", "sek"),
    "days": ("days", "day", "tage", "tag", "d"),
    "USD": ("us$", "usd", "$"),
    "x": ("×",),
    "requests/s": ("requests/s", "anfragen/s", "req/s", "r/s", "rps", "/s"),
}


class Unclear(ValueError):
    """The text is no number, or two numbers; the message says what to type."""


def read_number(typed: str, *, unit: str = "") -> float | None:
    """The number meant by `typed`, None when nothing was typed; Unclear with a sentence otherwise.

    Its own `unit` may stand beside it. What is counted has no fraction, so there 1.234 and 1,234 are both 1234.
    """
    text = _without_unit(SPACES.sub("", typed), unit)
    if not text:
        return None
    if unit == COUNT and THOUSANDS.fullmatch(text):
        text = re.sub("[.,]", "", text)
    if len(text) > LONGEST or not text.isascii():
        raise _no_number(unit)
    if text.startswith("-"):
        raise Unclear(_("Type a number of 0 or more."))
    if TWO_WAYS.fullmatch(text):
        whole = text.replace(",", "")
        raise Unclear(
            _(
                "“%(strip)s” can be read as %(whole)s or as %(replace)s. Type the one you mean.",
                strip=typed.strip(),
                whole=whole,
                replace=text.replace(",", "."),
            )
        )
    return _value(_plain(text), unit)


def read_text(typed: str) -> str | None:
    """The words typed, on one line; None when nothing was typed. Unclear when they are too many."""
    text = " ".join(typed.split())
    if len(text) > LONGEST_TEXT:
        raise Unclear(_("Type at most %(longest_text)s characters.", longest_text=LONGEST_TEXT))
    return text or None


def shown(value: float | None, text: str | None) -> str:
    """A claim as it is typed back into its box."""
    return text or "" if value is None else show_number(value)


def show_number(value: float) -> str:
    """The number as it is typed back into a box: no needless zeros, no rounding that a person would notice."""
    if value == int(value) and abs(value) < LARGEST:
        return str(int(value))
    text = f"{value:.12f}".rstrip("0")
    return text if float(text) == value else repr(value)


def _plain(text: str) -> str:
    """One decimal point and no thousands."""
    if COMMA_GROUPS.fullmatch(text):
        return text.replace(",", "")
    if POINT_GROUPS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _without_unit(text: str, unit: str) -> str:
    for sign in SIGNS.get(unit, ()) + ((unit.lower(),) if unit else ()):
        if text.lower().endswith(sign):
            return text[: -len(sign)]
        if text.lower().startswith(sign):
            return text[len(sign) :]
    return text


def _value(text: str, unit: str) -> float:
    if not PLAIN.fullmatch(text):
        raise _no_number(unit)
    value = float(text)
    if not math.isfinite(value) or value > LARGEST:
        raise Unclear(_("That number is too large to be measured. Check its unit."))
    return value


def _no_number(unit: str) -> Unclear:
    if unit in ("", COUNT, "x"):
        return Unclear(_("Type a number, such as 96.5, without its unit."))
    return Unclear(_("Type a number in %(unit)s, such as 96.5.", unit=unit))
