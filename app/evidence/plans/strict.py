"""JSON read strictly, and numbers as a server prints them: what cannot come from a database is refused in words.

Refused: NaN and infinities, one key twice, numbers no server prints, nesting no plan has, a file cut in the middle.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from app.evidence import parser_words
from app.evidence.findings import phrase

Raw = dict[str, Any]
Join = Callable[[str, Any, Any], Any]

MAX_DEPTH = 320
"""Nested steps; later readers may recurse that deep."""
MOST_STEPS = 10_000
"""Of one plan; a query over hundreds of partitions has some thousand."""


class Refused(ValueError):
    """The plan is there and cannot be trusted or read; the text says why."""


def decoder(join: Join | None = None) -> json.JSONDecoder:
    """A decoder that refuses; `join` may make one value of two under the same key, or return None."""
    return json.JSONDecoder(
        object_pairs_hook=lambda pairs: _object(pairs, join),
        parse_constant=_constant,
        parse_int=_whole,
        parse_float=_fraction,
    )


def decode(text: str, at: int, using: json.JSONDecoder) -> tuple[Any, int]:
    """The value that starts at `at` and where it ends. Raises `Refused`."""
    try:
        return using.raw_decode(text, at)
    except RecursionError as error:
        raise Refused(phrase("it nests deeper than {deepest} levels", deepest=MAX_DEPTH)) from error
    except Refused:
        raise
    except ValueError as error:
        raise Refused(_reason(error)) from error


def figure(text: str) -> int | float:
    """A number as JSON would give it: an integer unless it is written with a point or an exponent."""
    return _whole(text) if text.lstrip("-").isdigit() else _fraction(text)


def forbid_depth(root: Any, below: Callable[[Any], list[Any]], most: int = MAX_DEPTH) -> None:
    """Refuse trees that later steps, which recurse, could not walk, and trees larger than any plan."""
    level, steps = [root], 1
    for _ in range(most):
        level = [child for node in level for child in below(node)]
        steps += len(level)
        if not level:
            return
        forbid_more(steps)
    raise Refused(phrase("it nests deeper than {deepest} levels", deepest=most))


def forbid_more(steps: int) -> None:
    """Refuse more steps than any plan has."""
    if steps > MOST_STEPS:
        raise Refused(phrase("it has more than {most_steps:,} steps", most_steps=MOST_STEPS))


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return phrase(
            "{message} at line {line}, column {column}",
            message=parser_words.of_json(error.msg),
            line=error.lineno,
            column=error.colno,
        )
    return phrase("it holds a number that no server prints")


def _object(pairs: list[tuple[str, Any]], join: Join | None) -> Raw:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    joined: Raw = {}
    for key, item in pairs:
        if key not in joined:
            joined[key] = item
        elif join is None or (both := join(key, joined[key], item)) is None:
            raise Refused(phrase("the key “{key}” stands twice in one object", key=key[:60]))
        else:
            joined[key] = both
    return joined


def _constant(name: str) -> Any:
    raise Refused(phrase("it holds {name}, which is no number", name=name))


def _whole(text: str) -> int:
    if len(text) > 20:
        raise Refused(phrase("it holds a number that no server prints"))
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > 1e20:
        raise Refused(phrase("it holds a number that no server prints"))
    return value
