"""Requests a second out of sentences such as "about 1,200 requests a day"; of several rates the highest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LONGEST = 2000
_RATE = re.compile(
    r"(?<![\w.,])(\d{1,12}(?:[.,]\d{1,3}){0,3})[ \u00a0]?(k|thousand|m|million)?\s(?:\w{1,12}\s)?requests?\s?"
    r"(?:a|an|per|each|every|/)\s?(second|s|minute|min|hour|h|day|week|month)\b",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_SECONDS = {
    "second": 1.0, "s": 1.0, "minute": 60.0, "min": 60.0, "hour": 3600.0, "h": 3600.0, "day": 86_400.0,
    "week": 604_800.0, "month": 30 * 86_400.0,
}  # fmt: skip


def stated(texts: Iterable[tuple[int, str]]) -> dict[str, Any] | None:
    """The highest rate of these (line, text), as {per_s, written, line}; None when none is written."""
    found: list[dict[str, Any]] = [
        {"per_s": _per_second(match), "written": match[0].strip(), "line": line}
        for line, text in texts
        for match in _RATE.finditer(text[:LONGEST])
    ]
    return max(found, key=lambda one: one["per_s"], default=None)


def _per_second(match: re.Match[str]) -> float:
    digits = match[1]
    if _GROUPED.fullmatch(digits):
        value = float(digits.replace(",", "").replace(".", ""))
    else:
        whole, _, rest = digits.replace(",", ".").partition(".")
        value = float(f"{whole}.{rest.replace('.', '') or 0}")
    return value * _TIMES.get((match[2] or "").lower(), 1.0) / _SECONDS[match[3].lower()]
