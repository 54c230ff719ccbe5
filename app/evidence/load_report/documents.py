"""A JSON report: read with limits, and asked for numbers by path. Paths are the places that findings name."""

from __future__ import annotations

import json
import re
from typing import Any

from app.evidence.findings import Unreadable, phrase
from app.evidence.load_report.figures import Reading, figure, is_sane
from app.evidence.load_report.rules import NOT_READ

_START = re.compile(r"^[ \t]{0,20}[{\[]", re.MULTILINE)


def load(text: str) -> Any:
    """The first JSON value of the text; lines that a tool printed before or after it are passed over."""
    start = _START.search(text)
    if start is None:
        raise Unreadable(NOT_READ.at(reason=phrase("it holds no JSON")))
    try:
        found, _ = json.JSONDecoder(parse_constant=_no_number).raw_decode(text, start.end() - 1)
    except json.JSONDecodeError as error:
        reason = phrase("its JSON breaks off or is broken on line {lineno}", lineno=error.lineno)
        raise Unreadable(NOT_READ.at(reason=reason)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            NOT_READ.at(reason=phrase("its JSON is nested too deeply or holds no true numbers"))
        ) from error
    return found


def at(value: Any, *path: str) -> Any:
    """What stands at a path of keys, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def number(value: Any) -> float | None:
    """A finite number, also when it is written as text (Gatling, Prometheus)."""
    if isinstance(value, str):
        found = figure(value)
        return None if found is None else found.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if is_sane(value) else None
    except OverflowError:
        return None


def reading(value: Any, *path: str, scale: float = 1.0, step: float = 0.0) -> Reading | None:
    """The number at a path. Without a `step` it was written with all its digits."""
    found = number(at(value, *path))
    if found is None or not is_sane(found * scale):
        return None
    return Reading(float(f"{found * scale:.12g}"), step, ".".join(path))


def count(value: Any) -> int:
    """A count, zero when it is none."""
    found = number(value)
    return int(found) if found is not None and 0 < found < 1e15 else 0


def counts(value: Any) -> dict[str, int]:
    """A table of counts, such as status code -> answers."""
    return {str(key)[:80]: count(each) for key, each in value.items()} if isinstance(value, dict) else {}


def _no_number(name: str) -> float:
    raise ValueError(phrase("{name} is no number", name=name))
