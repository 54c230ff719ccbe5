"""Rows of a plan as programs print them: objects with the column before each value, in the signs of any language."""

from __future__ import annotations

from collections.abc import Iterator

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import Line

MOST_ROWS = 5_000
_PAIR = lazy(
    r"""[\"']?\b([A-Za-z_]{2,13})[\"']?\s{0,4}(?::|=>)\s{0,4}(?:\"((?:[^\"\\]|\\.){0,4000})\"|"""
    r"""'((?:[^'\\]|\\.){0,4000})'|([0-9.]{1,30}|null|None|nil|NULL)(?![\w.]))"""
)
_FIRST = "id"
_NOTHING = ("null", "None", "nil")


def objects(lines: list[Line], columns: frozenset[str]) -> Iterator[list[tuple[int, dict[str, str]]]]:
    """The rows of each list, with the line each began on; a row begins with its `id`, a bracket ends a list."""
    rows: list[tuple[int, dict[str, str]]] = []
    for number, text in lines:
        for pair in _PAIR.finditer(text):
            name = pair[1].lower()
            if name == _FIRST and len(rows) < MOST_ROWS:
                rows.append((number, {}))
            if rows and name in columns:
                value = next((value for value in pair.groups()[1:] if value is not None), "")
                rows[-1][1][name] = "NULL" if value in _NOTHING else value
        if rows and text.lstrip().startswith("]"):
            yield rows
            rows = []
    if rows:
        yield rows
