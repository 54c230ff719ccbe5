"""What mail, terminals and word processors do to any text, undone; line numbers stay those of the file."""

from __future__ import annotations

import re
from itertools import islice, pairwise

Line = tuple[int, str]

MAX_LINES = 200_000

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]")
_NUMBERED = re.compile(r" {0,8}([0-9]{1,6})[:|.)]?(?:\t| │ ?|(?= ))")
_NUMBERS, _FEWEST_NUMBERS = 20, 3
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"))
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000"), " ")
TYPOGRAPHIC = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


def numbered(text: str) -> list[Line]:
    """The lines with their numbers, without `> ` where mail set it."""
    lines = list(enumerate(plain(text).split("\n", MAX_LINES)[:MAX_LINES], start=1))
    return unquoted_mail(lines) if text.startswith(">") or "\n>" in text else lines


def plain(text: str) -> str:
    """Without colours, invisible characters and spaces that only look like spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if not text.isascii():
        text = text.translate(SPACES | _INVISIBLE)
        if "'" not in text and '"' not in text:
            text = text.translate(TYPOGRAPHIC)
    return text


def unquoted_mail(lines: list[Line]) -> list[Line]:
    """Drop `> ` where most lines carry it."""
    filled = [line for _, line in lines if line.strip()]
    while filled and sum(line.startswith(">") for line in filled) * 2 > len(filled):
        lines = [(n, line[2:] if line.startswith("> ") else line.removeprefix(">")) for n, line in lines]
        filled = [line for _, line in lines if line.strip()]
    return lines


def unnumbered(lines: list[Line]) -> list[Line]:
    """Drop the numbers `cat -n` or an editor set before every line; they rise by one."""
    counted: list[int] = []
    for line in islice((line for _, line in lines if line.strip()), _NUMBERS):
        match = _NUMBERED.match(line)
        if match is None:
            return lines
        counted.append(int(match[1]))
    if len(counted) < _FEWEST_NUMBERS or any(after <= before for before, after in pairwise(counted)):
        return lines
    return [(number, _NUMBERED.sub("", line, count=1)) for number, line in lines]


def placed(lines: list[Line]) -> str:
    """The lines joined, each as far down as it stood in the file."""
    texts: list[str] = []
    for number, line in lines:
        texts += [""] * (number - 1 - len(texts))
        texts.append(line)
    return "\n".join(texts)


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
