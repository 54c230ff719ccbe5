"""Prose as tokens: numbers with their signs, operators, equals, words; all else parts one chain from the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
_PLAIN = str.maketrans({
    "×": "*", "·": "*", "∙": "*", "⋅": "*", "✕": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/", "−": "-", "≃": "≈",
    "≅": "≈", "∼": "~", "≒": "≈", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "＝": "=", "“": '"', "”": '"',
})  # fmt: skip
_FORMULA = re.compile(r"(?<!\\)\$")
_LATEX = (
    (re.compile(r"\\(?:times|cdot|ast)\b"), "*"),
    (re.compile(r"\\div\b"), "/"),
    (re.compile(r"\\(?:approx|simeq|sim)\b"), "≈"),
    (re.compile(r"\\d?frac\{([^{}]{1,80})\}\{([^{}]{1,80})\}"), r"((\1) / (\2))"),
    (re.compile(r"\\(?:text|mathrm|textbf)\{([^{}]{0,80})\}"), r" \1 "),
    (re.compile(r"\\[,;:! ]"), " "),
    (re.compile(r"\\([$%_])"), r"\1"),
)
_TOKEN = re.compile(
    r"""
    (?P<skip>https?://\S{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|<[^<>\s]{1,80}>)
  | (?P<odd>(?!\d{1,3}(?:\.\d{3}){2,6}(?![.\d]))\d{1,9}(?:[-/.:]\d{1,9}){2,8}\b(?!\s{0,2}[=≈])
      |\d{1,6}:\d{1,6}|\d{41,9999}|(?:\d{1,40})?[.,]\d{41,9999}|0[xX][0-9a-fA-F]{2,40}|\b24/7\b|\#\d{1,12})
  | (?P<range>(?<![\w.])\d{1,12}(?:[.,]\d{1,40})?\s?(?:–|—|-|\.\.)\d{1,12}(?:[.,]\d{1,40})?)(?![\w.,]?\d)
  | (?P<number>(?<![\w])(?:\d{1,3}(?:[,'_\x20]\d{3}){1,6}(?:\.\d{1,40})?(?![,']?\d)
      |\d{1,3}(?:\.\d{3}){2,6}(?:,\d{1,40})?(?!\d)
      |\d{1,40}(?:[.,]\d{1,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3}(?!\w))?)
  | (?P<power>\^|\*\*(?=\s?\d))
  | (?P<compare>[<>!:+*/-]=|={2,9}>?|=>|->|→|⇒|[<>≤≥≠±])
  | (?P<equals>=\s?[~≈]|[=≈~])
  | (?P<times>\*)
  | (?P<slash>/)
  | (?P<plus>\+)
  | (?P<minus>(?<=\s)-(?=\s))
  | (?P<open>\()
  | (?P<close>\))
  | (?P<percent>%)
  | (?P<money>[$€£¢])
  | (?P<comma>,)
  | (?P<word>[^\W\d_][\w'’.-]{0,60})
  | (?P<break>[^\s])
    """,
    re.VERBOSE,
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a name of the expression above; `start` and `end` are places in the plain text."""

    kind: str
    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """One spelling of every sign; formulas as people would type them."""
    text = _RAISED.sub(lambda hit: f"^{hit[0].translate(_SUPERSCRIPTS)}", text[:MOST_CHARACTERS])
    text = text.translate(_PLAIN)
    if "\\" in text:
        text = _FORMULA.sub(" ", text)
        for known, instead in _LATEX:
            text = known.sub(instead, text)
    return text


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a plain text; an x is a sign to multiply only between what can be multiplied."""
    last = ""
    for hit in _TOKEN.finditer(text):
        kind, said = hit.lastgroup or "break", hit[0]
        if kind == "word" and said in ("x", "X"):
            kind = "times"
        elif kind == "word" and ((said[0] in "xX" and said[1:].isdigit()) or said.endswith(".")):
            yield from _parted(hit)
            last = said
            continue
        if kind == "number" and last == "^":
            kind = "exponent"
        yield Token(kind, said, hit.start(), hit.end())
        last = "^" if kind == "power" else said


def _parted(hit: re.Match[str]) -> Iterator[Token]:
    """`x6` as a sign and a number, and the point that ends a sentence apart from its last word."""
    said, start, end = hit[0], hit.start(), hit.end()
    if said[0] in "xX" and said[1:].isdigit():
        yield Token("times", said[0], start, start + 1)
        yield Token("number", said[1:], start + 1, end)
        return
    word = said.rstrip(".")
    yield Token("times" if word in ("x", "X") else "word", word, start, start + len(word))
    yield Token("break", ".", start + len(word), end)
