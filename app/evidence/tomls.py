"""TOML of configuration files, with its places: the same tree as `yamls` gives, every scalar text as it was typed.

The parser of the standard library does not say where a table stands. Its heads and keys are looked for as text; what
is not found there has the line of what it stands in.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from app.evidence import parser_words, yamls
from app.evidence.findings import phrase

LONGEST_LINE = 2000  # brackets and dotted keys cost the square of their number
DEEPEST = 50
LONGEST_KEY = 200
_HEAD = re.compile(r"[ \t]{0,20}\[{1,2}([^\[\]#\n]{1,200})\]{1,2}[ \t]{0,20}(?:#|$)")
_PART = re.compile(r"\"[^\"]{0,200}\"|'[^']{0,200}'|[^.\s\"']{1,200}")
_SEVERAL_LINES = ('"""', "'''")

Path = tuple[str, ...]


class BadToml(ValueError):
    """The text is no TOML, or more than is read; the message is half a sentence, the line counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def plain(text: str) -> dict[str, Any]:
    """The document as the standard library gives it, numbers with a point as typed; raises `BadToml`."""
    for number, row in enumerate(text.split("\n"), start=1):
        if len(row) > LONGEST_LINE:
            raise BadToml(
                phrase("a line is longer than {longest_line:,} characters", longest_line=LONGEST_LINE), number
            )
    try:
        return tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadToml(*parser_words.of_toml(str(error))) from error


def document(text: str) -> yamls.Map:
    """The document with the line of every table; raises `BadToml`."""
    root = plain(text)
    return _map(root, (), 1, _places(text), 0)


def _map(
    table: dict[str, Any], path: Path, line: int, places: dict[Path, list[int]], depth: int
) -> yamls.Map:
    found = yamls.Map(line)
    for key, value in table.items():
        own = (*path, key)
        found.lines[key] = next(iter(places.get(own, ())), line)
        found[key] = _value(value, own, found.lines[key], places, depth + 1)
    return found


def _value(value: Any, path: Path, line: int, places: dict[Path, list[int]], depth: int) -> Any:
    if isinstance(value, dict | list) and depth > DEEPEST:
        raise BadToml(phrase("it nests too deeply"), line)
    if isinstance(value, dict):
        return _map(value, path, line, places, depth)
    if isinstance(value, list):
        heads = places.get(path, [])
        found = yamls.Seq(line)
        found.lines = [heads[at] if at < len(heads) else line for at in range(len(value))]
        found += [
            _value(one, path, at, places, depth + 1) for one, at in zip(value, found.lines, strict=True)
        ]
        return found
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _places(text: str) -> dict[Path, list[int]]:
    """The lines on which each table is headed, and each key first stands."""
    found: dict[Path, list[int]] = {}
    here: Path = ()
    quote = ""
    for number, row in enumerate(text.split("\n"), start=1):
        if quote:
            quote = "" if quote in row else quote
            continue
        if head := _HEAD.match(row):
            here = _names(head[1])
            found.setdefault(here, []).append(number)
        elif "=" in row[:LONGEST_KEY] and not row.lstrip().startswith("#"):
            found.setdefault((*here, *_names(row.partition("=")[0])), []).append(number)
        quote = next((mark for mark in _SEVERAL_LINES if row.count(mark) % 2), "")
    return found


def _names(path: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(path[:LONGEST_KEY]))
