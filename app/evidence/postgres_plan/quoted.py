"""Lines of a plan in quotes: cells of CSV, as DBeaver, pgAdmin, psql and logs in CSV print them."""

from __future__ import annotations

import re

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import Line

_LOGGED_CELL = lazy(r',"(?=[^"\n]{0,300}duration: [0-9.]{1,20} ms  plan:)')


def unquoted_csv(lines: list[Line]) -> list[Line]:
    """Lines that are one quoted CSV cell, and a whole plan inside one cell."""
    if (plain_quotes := _requoted(lines)) is not None:
        return plain_quotes
    if not any(line.lstrip().startswith('"') or _opens_a_logged_cell(line) for _, line in lines):
        return lines
    found: list[Line] = []
    inside = False
    for number, line in lines:
        text = line.strip()
        if not inside and len(text) > 1 and text[0] == '"' and text[-1] == '"' and _is_cell(text[1:-1]):
            line = text[1:-1].replace('""', '"')
        elif not inside and text.startswith('"') and _opens_a_cell(text):
            inside, line = True, text[1:].replace('""', '"')
        elif not inside and (opened := _opens_a_logged_cell(line)):
            inside, line = True, line[opened.end() :].replace('""', '"')
        elif inside:
            closed = line.replace('""', "").find('"')
            inside = closed < 0
            line = line.replace('""', "\x01")
            line = (line if inside else line[: line.index('"')]).replace("\x01", '"')
        found.append((number, line))
    return found


def _opens_a_logged_cell(line: str) -> re.Match[str] | None:
    return _LOGGED_CELL.search(line) if ',"' in line else None


def _requoted(lines: list[Line]) -> list[Line] | None:
    """Lines in single quotes, and lines of which only the first quote was copied; None for all others."""
    filled = [line for _, line in lines if line.strip()]
    most = len(filled) // 2
    if sum(line.startswith(("'", '"')) for line in filled) <= most:
        return None
    if sum(len(line) > 1 and line[0] == line[-1] == "'" for line in filled) > most:
        return [
            (n, line[1:-1].replace("''", "'") if line[:1] == line[-1:] == "'" else line) for n, line in lines
        ]
    if sum(line.startswith('"') and line.count('"') % 2 == 1 for line in filled) > most:
        return [(number, line.removeprefix('"')) for number, line in lines]
    return None


def _opens_a_cell(text: str) -> bool:
    """The first line of a plan whose cell goes on below."""
    return text.count('"') % 2 == 1 and (
        "(cost=" in text or text.startswith(('"- Plan:', '"<explain', '"Query Text:'))
    )


def _is_cell(inner: str) -> bool:
    """True if every quote inside is doubled."""
    return '"' not in inner.replace('""', "")
