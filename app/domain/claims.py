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
SPACES = re.compile(r"[\s'’_]")


class Unclear(ValueError):
    """The text is no number, or two numbers; the message says what to type."""


def read_number(typed: str) -> float | None:
    """The number meant by `typed`, None when nothing was typed; Unclear with a sentence otherwise."""
    text = SPACES.sub("", typed)
    if not text:
        return None
    if len(text) > LONGEST or not text.isascii():
        raise Unclear(_("Type a number, such as 96.5."))
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
    return _value(_plain(text))


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


def _value(text: str) -> float:
    if not PLAIN.fullmatch(text):
        raise Unclear(_("Type a number, such as 96.5, without its unit."))
    value = float(text)
    if not math.isfinite(value) or value > LARGEST:
        raise Unclear(_("That number is too large to be measured. Check its unit."))
    return value
