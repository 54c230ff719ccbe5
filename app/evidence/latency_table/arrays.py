"""Requests as one JSON array, alone or under a key: `[{"timestamp": …, "duration_ms": …, "status": …}, …]`.

The head shows where the array begins and what its entries are called. For the engine the entries are written one a
line, piece by piece, so that no more than one of them and a megabyte of text is held at a time.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from app.evidence.findings import Unreadable, phrase
from app.evidence.latency_table.dialect import LONGEST_ENTRY
from app.evidence.latency_table.rules import NOT_COUNTED
from app.evidence.source import CHUNK, Source

DEEPEST = 3
MOST_KEYS = 200
LIMIT = 128 * CHUNK
LONGEST_HALF_WORD = 6
"""Of `false`, of `\\u00e9`: an error so near the end is the end."""
_BETWEEN = re.compile(r"[\s,]*")
_BREAK = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def starts(text: str) -> list[int]:
    """Where arrays of objects begin, each just after its bracket: the text itself, or what stands under its keys."""
    found: list[int] = []
    opening = _after_space(text, 0)
    with suppress(ValueError, RecursionError):  # the head ends here, or this is no JSON
        _walk(text, opening, found, DEEPEST)
    return found


def entries(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The entries of an array as they are written, each with the place behind it, as far as the text goes."""
    at = _next(text, start)
    while text[at : at + 1] == "{":
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield text[at:end], end
        at = _next(text, end)


def lines(source: Source, nth: int) -> Iterator[str]:
    """Every entry of the nth array on a line of its own; raise `Unreadable` where its JSON breaks in the middle."""
    pieces = _decoded(source)
    text = "".join(islice(pieces, 1))
    begins = starts(text)
    at = begins[nth] if nth < len(begins) else len(text)
    while True:
        for entry, end in entries(text, at):
            if len(entry) > LONGEST_ENTRY:
                raise _broken()
            yield _BREAK.sub(" ", entry) + "\n"
            at = end
        at = _next(text, at)
        if text[at : at + 1] == "]":
            return
        more = next(pieces, "")
        text, at = text[at:] + more, 0
        if not more or len(text) > 2 * CHUNK:
            if text and not _is_cut(text):
                raise _broken()
            return


def _is_cut(rest: str) -> bool:
    """Whether an entry is sound as far as it goes; that a file was cut is told elsewhere."""
    try:
        _DECODER.raw_decode(rest, 0)
    except json.JSONDecodeError as error:
        return (
            error.msg.startswith("Unterminated string") or error.pos >= len(rest.rstrip()) - LONGEST_HALF_WORD
        )
    except (ValueError, RecursionError):
        return False
    return False


def _broken() -> Unreadable:
    reason = phrase("an entry of its JSON is broken, or longer than a megabyte.")
    return Unreadable(NOT_COUNTED.at(reason=reason))


def _decoded(source: Source) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(source.encoding)(errors="replace")
    for piece in source.chunks(LIMIT):
        yield decoder.decode(piece).replace("\r", " ").removeprefix("\ufeff")


def _walk(text: str, at: int, found: list[int], depth: int) -> int:
    """Note the arrays of objects in one value; return its end. Raises `ValueError` where the text ends first."""
    if text[at : at + 1] == "[" and text[_after_space(text, at + 1) :][:1] == "{":
        found.append(at + 1)
    if text[at : at + 1] != "{" or depth == 0:
        return _DECODER.raw_decode(text, at)[1]
    at = _after_space(text, at + 1)
    for _ in range(MOST_KEYS):
        if text[at : at + 1] != '"':
            return at + 1
        _, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)
        at = _next(text, _walk(text, at, found, depth - 1))
    return len(text)


def _next(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return at if match is None else match.end()


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()
