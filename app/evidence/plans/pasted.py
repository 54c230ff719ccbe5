"""What mail, terminals and word processors do to any text, undone; line numbers stay those of the file."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from operator import and_, itemgetter

Line = tuple[int, str]

MAX_LINES = 200_000

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]")
_NUMBERED = re.compile(r" {0,8}([0-9]{1,6})(?:[:|.),]?(?:\t| │ ?|(?= ))|[,;\t](?=[\"'])|[:-])")
_NUMBERS, _FEWEST_NUMBERS = 20, 3
_ARROWS = ("-> ", "|--", "`--")
_MOST_TITLES = 3
"""Lines above the first number: a column's title, a heading."""
_QUOTES = ((">", 3), ("-- ", 2), ("# ", 2), ("// ", 2), ("• ", 2))
"""What mails and comments set before every line, or before one of so many: mails break lines that they have quoted."""
_MARKS = tuple(mark for mark, _ in _QUOTES)
_SIGNS, _DIGITS = frozenset(">#/•"), frozenset("0123456789")
_TEXT, _ONE, _FOUR = itemgetter(1), itemgetter(slice(1)), itemgetter(slice(4))
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"))
SPACES = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
TYPOGRAPHIC = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


def numbered(text: str) -> list[Line]:
    """The lines with their numbers, without what mails, comments and grids set before each."""
    text = plain(text)
    lines = undoubled(unquoted_mail(counted(text)))
    is_tree = any(map(text.__contains__, _ARROWS)) and "select_type" not in text
    return unnumbered(lines) if is_tree else lines


def counted(text: str) -> list[Line]:
    """The lines with their numbers, as they stand; no more than are read."""
    return list(enumerate(text.split("\n", MAX_LINES)[:MAX_LINES], start=1))


def plain(text: str) -> str:
    """Without colours, invisible characters and spaces that only look like spaces."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if not text.isascii():
        text = text.translate(SPACES | _INVISIBLE)
        if "'" not in text and '"' not in text:
            text = text.translate(TYPOGRAPHIC)
    return text


def unprefixed(text: str, lines: list[Line]) -> tuple[list[Line], set[str]]:
    """The lines of the text without what mails, comments, grids and editors set before each, and how they begin."""
    heads = _heads(lines)
    if not heads.isdisjoint(_SIGNS) or ("--" in text and "-- " in text):
        lines = unquoted_mail(lines)
        heads = _heads(lines)
    if not heads.isdisjoint(_DIGITS):
        lines = unnumbered(lines)
        heads = _heads(lines)
    return lines, heads


def _heads(lines: list[Line]) -> set[str]:
    """The first sign and the first four of each line, spaces left out."""
    heads = set(map(_FOUR, map(str.lstrip, map(_TEXT, lines))))
    heads.update(map(_ONE, heads.copy()))
    return heads


def unquoted_mail(lines: list[Line]) -> list[Line]:
    """Drop `> `, or what makes a line a comment, where most lines carry it."""
    lines = _at_the_margin(lines)
    for mark, part in _QUOTES:
        bare = mark.rstrip()
        filled = [line for _, line in lines if line.strip()]
        while filled and sum(line.startswith(mark) or line == bare for line in filled) * part > len(filled):
            lines = [(n, _unmarked(line, mark, bare)) for n, line in lines]
            filled = [line for _, line in lines if line.strip()]
    return lines


def _at_the_margin(lines: list[Line]) -> list[Line]:
    """Without the spaces that stand before every line, where marks follow them."""
    filled = [line for _, line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip(" ")) for line in filled), default=0)
    if not margin or not any(line.startswith(_MARKS, margin) for line in filled):
        return lines
    return [(number, line[margin:]) for number, line in lines]


def _unmarked(line: str, mark: str, bare: str) -> str:
    if not line.startswith(mark) and line != bare:
        return line
    return line.removeprefix(bare).removeprefix(" ")


def unnumbered(lines: list[Line]) -> list[Line]:
    """Drop the numbers `cat -n`, a grid or an editor set before every line; they rise."""
    lines = _without_numbers_alone(lines)
    counted: list[int] = []
    filled = [line for _, line in lines if line.strip()]
    first = next((at for at, line in enumerate(filled[: _MOST_TITLES + 1]) if _NUMBERED.match(line)), 0)
    for line in islice(filled, first, first + _NUMBERS):
        match = _NUMBERED.match(line)
        if match is None:
            return lines
        counted.append(int(match[1]))
    if len(counted) < _FEWEST_NUMBERS or any(after <= before for before, after in pairwise(counted)):
        return lines
    return [(number, _NUMBERED.sub("", line, count=1)) for number, line in lines]


def undoubled(lines: list[Line]) -> list[Line]:
    """Without the empty lines of a text in which one follows every line."""
    if len(lines) > 1 and lines[0][1].strip() and lines[1][1].strip():
        return lines
    filled = [bool(line.strip()) for _, line in lines]
    if sum(filled) < _FEWEST_NUMBERS or any(map(and_, filled, filled[1:])):
        return lines
    return [(number, line) for number, line in lines if line.strip()]


def _without_numbers_alone(lines: list[Line]) -> list[Line]:
    """Drop lines that only count the others, as a grid of a page is copied."""
    filled = [line.strip() for _, line in lines if line.strip()]
    counts = [int(line) for line in filled if line.isdecimal() and len(line) < 7]
    rises = all(after == before + 1 for before, after in pairwise(counts))
    if len(counts) < _FEWEST_NUMBERS or not rises or len(counts) * 3 < len(filled):
        return lines
    return [(number, line) for number, line in lines if not line.strip().isdecimal()]


def placed(lines: list[Line]) -> str:
    """The lines joined, each as far down as it stood in the file."""
    texts: list[str] = []
    for number, line in lines:
        texts += [""] * (number - 1 - len(texts))
        texts.append(line)
    return "\n".join(texts)


def apart(lines: list[Line]) -> list[Line]:
    """Lines of one string share a line of the file; below each other they need one each."""
    found: list[Line] = []
    for number, line in lines:
        found.append((max(number, found[-1][0] + 1) if found else number, line))
    return found


def number_lines(
    text: str, span: tuple[int, int], mark: re.Pattern[str], nodes: list[dict[str, object]]
) -> None:
    """Give each node the line of its mark between two places of the text, when there are as many marks as nodes."""
    start, end = span
    marks = [match.start() for match in mark.finditer(text, start, end)]
    if len(marks) != len(nodes):
        return
    line, at = text.count("\n", 0, start) + 1, start
    for node, place in zip(nodes, marks, strict=True):
        line += text.count("\n", at, place)
        node["line"] = node["last_line"] = line
        at = place
