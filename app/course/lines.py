"""Where things stand in a TOML file: tomllib gives values without lines, this gives the lines.

The scan splits a document into statements (headers and `key = value`), skipping over strings, comments and
brackets. It trusts that tomllib has accepted the document, and knows no lines inside arrays and inline
tables: those answer with the line of their key.
"""

import re
from collections import Counter
from collections.abc import Iterator

Where = tuple[str | int, ...]

PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # a multi-line string may end in two quotes of its own
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\"'\#\[\]{}\n]+",
    re.DOTALL,
)
KEY = re.compile(r"""\s*("(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)\s*(\.?)""")


def locate(text: str) -> dict[Where, int]:
    """The line of every header and key; the second table of `[[moves]]` is `("moves", 1)`."""
    found: dict[Where, int] = {}
    counts: Counter[Where] = Counter()
    table: Where = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            table = _header(statement, counts)
            found.setdefault(table[:-1] if isinstance(table[-1], int) else table, line)
            found.setdefault(table, line)
        else:
            _note_key(found, table + _parts(statement), len(table), line)
    return found


def line_of(lines: dict[Where, int], where: Where) -> int:
    """The line of `where`, or of the nearest thing around it; 1 for the document."""
    while where:
        if where in lines:
            return lines[where]
        where = where[:-1]
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    statement, depth, line, started = "", 0, 1, 1
    for match in PIECE.finditer(text + "\n"):
        piece = match.group()
        if piece == "\n" and depth == 0:
            if statement.strip():
                yield started, statement.strip()
            statement, started = "", line + 1
        elif not piece.startswith("#"):
            statement += piece
            depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")


def _parts(text: str) -> tuple[str, ...]:
    parts, position = [], 0
    while match := KEY.match(text, position):
        parts.append(match.group(1).strip("\"'"))
        position = match.end()
        if not match.group(2):
            break
    return tuple(parts)


def _header(statement: str, counts: Counter[Where]) -> Where:
    repeated = statement.startswith("[[")
    *above, last = _parts(statement.lstrip("["))
    where: Where = ()
    for part in above:
        where += (part,)
        if counts[where]:
            where += (counts[where] - 1,)
    where += (last,)
    if not repeated:
        return where
    counts[where] += 1
    return (*where, counts[where] - 1)


def _note_key(found: dict[Where, int], where: Where, inside: int, line: int) -> None:
    for depth in range(inside + 1, len(where) + 1):
        found.setdefault(where[:depth], line)
