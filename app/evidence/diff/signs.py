"""What a changed line is a sign of: state kept outside the process or inside it, endpoints, a gentle end.

The table is `signs.toml`; what is not in it is not said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST = 400
READY = re.compile(
    r"(?P<path>/(?:-/)?(?:health/|actuator/health/)?ready(?:z|ness)?)\b"
    r"|(?<=[\"'^])(?P<route>ready(?:z|ness)?)(?=/?\$?[\"'])"
    r"|(?P<spring>management\.endpoint\.health\.probes)",
    re.IGNORECASE,
)
OF_SPRING = "/actuator/health/readiness"
LIVE = re.compile(
    r"(?P<path>/(?:-/)?(?:healthz|livez|live(?:ness)?|health(?:/live(?:ness)?)?|actuator/health/liveness))\b",
    re.IGNORECASE,
)
_COMMENTS = ("#", "//", "*", "/*", "<!--")


@dataclass(frozen=True, slots=True)
class Sign:
    """`what` a line is about and `how` a person would name it."""

    what: str
    how: str
    pattern: re.Pattern[str]


class Signs:
    """Some rows of the table; most lines hold none of their words and cost one look."""

    def __init__(self, rows: list[dict[str, str | list[str]]]) -> None:
        self._signs = [Sign(str(row["what"]), str(row.get("how", "")), _any(row["words"])) for row in rows]
        self._any = re.compile("|".join(sign.pattern.pattern for sign in self._signs), re.IGNORECASE)

    def of(self, text: str) -> Iterator[Sign]:
        """The signs in one line; a comment is none."""
        text = text[:LONGEST]
        if self._any.search(text) and not text.lstrip().startswith(_COMMENTS):
            yield from (sign for sign in self._signs if sign.pattern.search(text))


def path_of(match: re.Match[str]) -> str:
    """The address that a sign of READY or LIVE stands for; a route is written without its first slash in Django."""
    said = match.groupdict()
    if said.get("spring"):
        return OF_SPRING
    return said.get("path") or f"/{said['route']}"


def _any(words: str | list[str]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_TABLE = tomllib.loads((Path(__file__).parent / "signs.toml").read_text(encoding="utf-8"))
OUTSIDE, INSIDE, DRAIN, CONTRACTING = (
    Signs(_TABLE[name]) for name in ("outside", "inside", "drain", "contracting")
)
