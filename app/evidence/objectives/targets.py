"""Targets as they are written: percentages, shares, nines in words; and times a request may take."""

from __future__ import annotations

import re

from app.evidence.patterns import lazy

_PERCENT = lazy(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,7})?)\s{0,2}(?:%|percent\b|per cent\b)", re.IGNORECASE)
_SHARE = lazy(r"(?<![\d.,])0[.,]\d{1,8}(?![\d.,]|\s{0,2}(?:%|s\b|ms\b|sec))", re.IGNORECASE)
_NINES = lazy(r"\b(two|three|four|five)[\s-]nines\b", re.IGNORECASE)
_COUNT = {"two": 2, "three": 3, "four": 4, "five": 5}
_TIME = lazy(r"(?<![\d.,])(\d{1,6}(?:[.,]\d{1,4})?)\s{0,2}(ms|milliseconds?|s|sec|seconds?)\b", re.IGNORECASE)
LEAST = 0.5
"""A percentage below is no objective of a service: it is an error rate, a share of traffic or a budget."""


def share(text: str) -> tuple[float, str] | None:
    """The first target in a text as a share, and as it is written; None when there is none."""
    text = text[:2000]
    for match in _PERCENT.finditer(text):
        value = round(float(match[1].replace(",", ".")) / 100, 12)
        if LEAST <= value <= 1:
            return value, match[0]
    nines = _NINES.search(text)
    if nines is not None:
        return round(1 - 10.0 ** -_COUNT[nines[1].lower()], 12), nines[0]
    for match in _SHARE.finditer(text):
        value = float(match[0].replace(",", "."))
        if value >= LEAST:
            return value, match[0]
    return None


def percentages(text: str) -> list[tuple[float, str, int]]:
    """Every target of a text: share, as written, where."""
    found = [
        (round(float(m[1].replace(",", ".")) / 100, 12), m[0], m.start())
        for m in _PERCENT.finditer(text[:4000])
    ]
    return [one for one in found if LEAST <= one[0] <= 1]


def milliseconds(text: str) -> float | None:
    """The first time in a text that a request may take: `300 ms`, `0.5 s`."""
    match = _TIME.search(text[:2000])
    if match is None:
        return None
    value = float(match[1].replace(",", "."))
    return value if match[2].lower().startswith("m") else value * 1000


def percent(value: float) -> str:
    """A share as percent, with every digit it has: 99.9 %, 99.95 %."""
    return f"{value * 100:.7f}".rstrip("0").rstrip(".") + " %"
