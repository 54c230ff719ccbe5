"""How much of a profile is read, and what is said when a file is of a known format and cannot be read."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from app.evidence import parser_words
from app.evidence.findings import phrase

DEEPEST = 1_000
"""Frames of one stack that are kept; recursion without end makes longer ones, and its end says nothing new."""
MOST_NODES = 250_000
MOST_FRAMES = 100_000
MOST_ROWS = 3_000_000
LONGEST_LINE = 64 * 1024
LONGEST_NAME = 200


class Refused(Exception):
    """The file names itself as of this format and breaks its rules; the message is half a sentence."""


def loads(text: str) -> Any:
    """JSON without NaN; raise `Refused` for what is none or is nested without end."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise Refused(phrase("its JSON is nested too deeply")) from None
    except json.JSONDecodeError as error:
        raise Refused(
            phrase(
                "its JSON breaks off on line {lineno}: {msg}",
                lineno=error.lineno,
                msg=parser_words.of_json(error.msg),
            )
        ) from None
    except ValueError as error:
        raise Refused(
            phrase("its JSON holds a number that is none: {error}", error=str(error)[:60])
        ) from None


def finite(value: object) -> float:
    """The number, or zero for what is no number that can be added. Some traces write numbers as text."""
    if isinstance(value, str) and len(value) < 30 and value.replace(".", "", 1).isdecimal():
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if abs(value) < 1e18 and math.isfinite(value) else 0.0


def whole(value: object) -> int:
    """The index or line, or -1 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else -1


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _refuse_constant(name: str) -> NoReturn:
    raise Refused(phrase("its JSON holds {name}, which is no number", name=name))
