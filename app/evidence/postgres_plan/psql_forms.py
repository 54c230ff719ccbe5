"""What psql prints in its other formats: tables of HTML, LaTeX, troff and asciidoc, and one record a line."""

from __future__ import annotations

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import SPACES, Line

_LATEX = (
    ("\\textgreater{}", ">"), ("\\textless{}", "<"), ("\\textbar{}", "|"), ("\\^{}", "^"), ("\\~{}", "~"), ("\\_", "_"),
    ("\\#", "#"), ("\\$", "$"), ("\\%", "%"), ("\\&", "&"), ("\\{", "{"), ("\\}", "}"),
    ("\\textbackslash{}", "\\"), ("\\backslash", "\\"),
)  # fmt: skip
_FEWEST_TITLES = 3
_TITLED = lazy(r"QUERY PLAN(?: ?[|,;]|[\t ](?=\s*\S))")
_RECORD = lazy(r"(?:[-─+|┌├╔╠]{0,3}\[ )[^\]]{1,20}[0-9]{1,7} \]")


def html_cells(lines: list[Line]) -> list[Line]:
    """The cells of psql's HTML table, one line each."""
    if not any("<td" in line.lower() for _, line in lines[:200]):
        return lines
    import html

    text = "\n".join(line for _, line in lines)
    found: list[Line] = []
    at, number = 0, 1
    for cell in _cells(text):
        number += text.count("\n", at, cell[0])
        at = cell[0]
        broken = cell[1].replace("<br />\n", "\n").replace("<br />", "\n").replace("<br>", "\n")
        content = html.unescape(broken).translate(SPACES)
        found += [(number, line) for line in content.split("\n")]
    return found


def _cells(text: str) -> list[tuple[int, str]]:
    """Where each `<td>` starts and what it holds; a cell that is never closed ends the search."""
    found: list[tuple[int, str]] = []
    lower, at = text.lower(), 0
    while (start := lower.find("<td", at)) >= 0:
        opened, end = lower.find(">", start), lower.find("</td>", start)
        if opened < 0 or end < opened:
            break
        found.append((start, text[opened + 1 : end]))
        at = end
    return found


def latex(lines: list[Line]) -> list[Line]:
    """psql's LaTeX table: a row and a line of a cell end in two backslashes, signs with a meaning are escaped."""
    if not any(line.startswith("\\begin{") for _, line in lines[:200]):
        return lines
    found = []
    for number, line in lines:
        if line.startswith("\\hline"):
            continue
        line = line.rstrip().removeprefix("\\raggedright{").removesuffix("} \\tabularnewline")  # longtable
        for part in line.removesuffix("\\\\").split("\\\\"):
            for escaped, sign in _LATEX:
                part = part.replace(escaped, sign)
            found.append((number, part))
    return found


def troff(lines: list[Line]) -> list[Line]:
    """psql's troff table writes a backslash as `\\(rs`."""
    return [(number, line.replace("\\(rs", "\\")) for number, line in lines]


def asciidoc(lines: list[Line]) -> list[Line]:
    """psql's asciidoc table: a bar before each cell, whose other lines have none."""
    return [(number, line[1:] if line.startswith("|") else line) for number, line in lines if line != "|===="]


def records(lines: list[Line]) -> list[Line]:
    """psql's expanded form: one record a line, its name before the bar."""
    if not any(_RECORD.match(line.lstrip()) for _, line in lines[:200]):
        return lines
    found = []
    for number, line in lines:
        if not _RECORD.match(line.lstrip()):
            boxed = line.startswith(("|", "│", "║"))
            bar = min((at for mark in "|│" if (at := line.find(mark, 2)) > 0), default=-1)
            start = bar + 1 if line[bar + 1 : bar + 2] in (".", "…") else bar + 2  # a wrapped cell goes on
            cell = line[start:] if bar >= 0 else line
            found.append((number, cell.rstrip()[:-1] if boxed else cell))
    return found


def untitled(lines: list[Line]) -> list[Line]:
    """Lines that each begin with the column's title: psql's expanded form without frames, in CSV and in HTML."""
    if sum(_TITLED.match(line) is not None for _, line in lines[:200]) < _FEWEST_TITLES:
        return lines
    return [(number, _TITLED.sub("", line, count=1)) for number, line in lines]
