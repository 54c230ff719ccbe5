"""A line of an access log as tokens: bare words, "quoted", [bracketed], {captured}, each perhaps with a `name=` before.

Two readings that must agree: `tokens` in Python for the sample, by hand and in one pass, and `piece` as a pattern for
the engine, whose RE2 takes linear time. Lists that nginx writes of several upstreams (`0.004, 0.012`) are one token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_TOKENS = 80
LONGEST = 8 * 1024

_NAME = re.compile(r"([A-Za-z_$][\w.$-]{0,40})[=:](?=\S)", re.ASCII)
_BARE = r"[^ ,]+(?:,+ ?[^ ,]+)*"
_INNER = {
    '"': r'[^"\\]*(?:\\.[^"\\]*)*',
    "[": r"[^\]]*",
    "{": r"[^}]*",
}
_ENDS = {'"': '"', "[": "]", "{": "}"}


class Shape(StrEnum):
    """What a token starts with; bare ones are named by a letter."""

    BARE = "b"
    QUOTED = '"'
    BRACKETED = "["
    BRACED = "{"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is without quotes and name; `lead` is the name with its sign, empty when there is none."""

    shape: Shape
    lead: str
    text: str

    @property
    def name(self) -> str:
        return self.lead[:-1]

    @property
    def kind(self) -> tuple[Shape, str]:
        return self.shape, self.lead


def tokens(line: str) -> tuple[Token, ...] | None:
    """All tokens of a line; None when it is too long or has too many of them."""
    found: list[Token] = []
    at = 0
    if len(line) > LONGEST:
        return None
    while at < len(line) and len(found) < MOST_TOKENS:
        if line[at] == " ":
            at += 1
            continue
        token, at = _token(line, at)
        found.append(token)
    return tuple(found) if at >= len(line) else None


def _token(line: str, at: int) -> tuple[Token, int]:
    """The token that starts here and where it ends."""
    lead = _lead(line, at)
    start = at + len(lead)
    if line[start] in _ENDS and (end := _closed(line, start)) is not None:
        return Token(Shape(line[start]), lead, line[start + 1 : end]), end + 1
    end = _word_end(line, start)
    while line[end - 1] == "," and end + 1 < len(line) and line[end + 1] not in " ,":
        end = _word_end(line, end + 1)
    return Token(Shape.BARE, lead, line[start:end]), end


def _lead(line: str, at: int) -> str:
    """`name=` or `name:` before a value; a word such as `http://host` or `10.0.0.1:80` has none."""
    match = _NAME.match(line, at)
    if match is None:
        return ""
    is_value = match[0].endswith("=") or line[match.end()] in _ENDS
    return match[0] if is_value else ""


def _closed(line: str, start: int) -> int | None:
    """Where a quote or bracket closes, when a space or the end follows; a backslash hides a quote."""
    end = line.find(_ENDS[line[start]], start + 1)
    while end > 0 and line[start] == '"' and _is_escaped(line, end):
        end = line.find('"', end + 1)
    return end if end > 0 and line[end + 1 : end + 2] in ("", " ") else None


def _is_escaped(line: str, at: int) -> bool:
    before = at
    while line[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _word_end(line: str, start: int) -> int:
    end = line.find(" ", start)
    return len(line) if end < 0 else end


def piece(kind: tuple[Shape, str], *, is_wanted: bool, inner: str = "") -> str:
    """The pattern of one token, with a group around its text when it is wanted; `inner` has its own group."""
    shape, lead = kind
    text = inner or _group(_BARE if shape is Shape.BARE else _INNER[shape], is_wanted=is_wanted)
    if shape is not Shape.BARE:
        text = re.escape(shape) + text + re.escape(_ENDS[shape])
    return re.escape(lead) + text


def _group(pattern: str, *, is_wanted: bool) -> str:
    return f"({pattern})" if is_wanted else pattern
