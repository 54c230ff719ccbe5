"""The words in a column's header or a record's key, and the column that is called by one of several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.latency_table.numbers import UNIT_WORDS


def name_of(header: str) -> tuple[str, str | None]:
    """`Response-Time (ms)`, `Response time in ms` -> (`response time`, `ms`); camel case and `_` part words too."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?(?:(?![A-Z\d_])\w)+|\d+", header[:80])
    lower = [word.lower() for word in words]
    if len(lower) > 1 and lower[-1] in UNIT_WORDS:
        named = lower[:-2] if lower[-2] in ("in", "en") else lower[:-1]
        return " ".join(named), UNIT_WORDS[lower[-1]]
    if len(lower) == 1 and lower[0] in UNIT_WORDS:
        return lower[0], UNIT_WORDS[lower[0]]
    return " ".join(lower), None


def name_of_key(path: str) -> tuple[str, str | None]:
    """The words and the unit of a key inside records: `res.responseTime` is a `response time`."""
    return name_of(path.rsplit(".", 1)[-1])


def find(names: Sequence[tuple[str, str | None]], words: Sequence[str], taken: set[int]) -> int | None:
    """The first free column whose name is one of the words, the earlier word first; it is then taken."""
    for word in words:
        for column, (name, _) in enumerate(names):
            if name == word and column not in taken:
                taken.add(column)
                return column
    return None
