"""Plans as a program prints what the database gave it: rows, one long string, or the object it made of JSON."""

from __future__ import annotations

import json
import re
from itertools import islice

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import MAX_LINES, Line, apart, placed

FEWEST_CELLS = 3
_FIGURES = ("(cost=", "(actual ", '"Plan', "- Plan:", "<explain")
_STRING = r"(?:\"((?:[^\"\\\n]|\\.){0,4000})\"|'((?:[^'\\\n]|\\.){0,4000})')"
_CELL = lazy(
    rf"QUERY PLAN[\"']?\s{{0,3}}(?:=>|:)\s{{0,40}}{_STRING}|\({_STRING},\)|\[QUERY PLAN\] => ([^\n]{{0,4000}})"
)
"""A row as Python, Ruby, PHP and JavaScript print it."""
_LONG_STRING = lazy(r"(?m)^[\[({=> \t]{0,40}(?:\"QUERY PLAN\": )?([\"'])(?=[A-Z]|[\[{-]|<explain)")
_ESCAPED = lazy(r"\\(.)")
_SIGNS = {"n": "\n", "t": "\t"}
_OBJECT = lazy(
    r"(?:\bPlan|[\"']Plan[\"'])\s{0,4}(?::|=>)\s{0,4}\{\s{0,400}['\"]Node Type['\"]\s{0,4}(?::|=>)"
)
_TOKEN = lazy(rf"{_STRING}|\b([A-Za-z_]\w{{0,60}})\b(?=\s{{0,4}}:)|\b(True|False|None|nil|undefined)\b|(=>)")
_WORDS = {"True": "true", "False": "false", "=>": ":"}


def printed(text: str) -> str | None:
    """What the program was given, each row where it stood; None where nothing was printed like that."""
    cells = list(islice(_CELL.finditer(text), MAX_LINES))
    if len(cells) >= FEWEST_CELLS:
        return _rows(text, cells)
    if is_object(text):
        return _TOKEN.sub(_as_json, text)
    for start in _LONG_STRING.finditer(text) if "\\n" in text else ():
        end = text.find("\n", start.end())
        line = text[start.end() : end if end >= 0 else len(text)]
        if "\\n" in line and any(map(line.replace('\\"', '"').__contains__, _FIGURES)):
            return text[: start.start()] + unescaped(line[: max(0, line.rfind(start[1]))] or line)
    return None


def is_object(text: str) -> bool:
    """True for JSON of a plan that Python, Ruby or JavaScript printed in its own words."""
    return "Node Type" in text and '"Plan":' not in text and _OBJECT.search(text) is not None


def unescaped(text: str) -> str:
    """The text a string stands for."""
    return _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), text) if "\\" in text else text


def _rows(text: str, cells: list[re.Match[str]]) -> str:
    lines: list[Line] = []
    at, number = 0, 1
    for cell in cells:
        number += text.count("\n", at, cell.start())
        at = cell.start()
        lines.append((number, unescaped(next(filter(None, cell.groups()), ""))))
    return placed(apart(lines))


def _as_json(token: re.Match[str]) -> str:
    """A string, a key or a word as JSON has it."""
    double, single, key, word, arrow = token.groups()
    if double is not None or single is not None:
        return json.dumps(unescaped(double if double is not None else single))
    return json.dumps(key) if key else _WORDS.get(word or arrow, "null")
