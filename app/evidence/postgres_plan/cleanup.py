"""From what people paste to the lines PostgreSQL printed: encodings, colours, quoting, psql's frames, HTML, CSV.

Every step looks for its own marks and leaves other text alone. Line numbers stay those of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from app.evidence.patterns import lazy
from app.evidence.plans.pasted import (
    TYPOGRAPHIC,
    Line,
    counted,
    placed,
    plain,
    undoubled,
    unprefixed,
)
from app.evidence.postgres_plan import psql_forms
from app.evidence.postgres_plan.quoted import unquoted_csv

Step = tuple[bool, str, tuple[str, ...], Callable[[list[Line]], list[Line]]]
"""Whether a line begins with the sign, else the text holds it; marks to look for then, which takes far longer; what is
done where one is found."""

_RULE_CHARACTERS = frozenset("-+=|─━═│┃║┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡╤╧ ")
_NOISE = lazy(
    r"```|~~~|QUERY PLAN|--- QUERY PLAN ---\Z|\([0-9]{1,7} [^\W\d]{1,20}\)\Z|"
    r"Time: [0-9.,]{1,20} |Timing is |Pager usage |Output format is |Tuples only is |Expanded display |"
    r"(?:\* )?Record [0-9]{1,7}\Z"
)
"""Markdown fences, the column's title, row counts, psql's chatter."""
_NOISY = frozenset(
    ("`", "~", "(", "QUER", "--- ", "Time", "Timi", "Page", "Outp", "Tupl", "Expa", "* Re", "Reco")
)
"""How such a line begins."""
_OPENED = lazy(
    r"\s{0,40}(?:`{1,3}|\{(?:noformat|code)[^}\n]{0,40}\})(?=[A-Z][^\n]{0,400}\((?:cost=|actual ))"
)
"""A fence that stands before the first line of a plan."""
_LOGGED = lazy(r':\s{0,2}("duration: [0-9.]{1,20} ms  plan:)')
_SIGN = r"[ -%'-;=-Z_a-z~]"
_UNTOUCHED = lazy(
    rf"(?: *+(?:-> {{1,2}}+)?+(?![EOPRT](?:xpanded|utput f|ager|ecord |ime: |iming|uples o))"
    rf"[A-PR-Z]{_SIGN}*+(?:<[ =>]{_SIGN}*+)*+(?<! )(?:\n|\Z))++"
)
"""Lines that begin like those of a plan, none of psql's own, of signs that no frame, page or mail is made of."""


def untouched(text: str) -> list[Line] | None:
    """The lines of a text on which no step has anything to do, as most are that a server printed; None for others."""
    return counted(text) if _UNTOUCHED.fullmatch(text) and "=3D" not in text else None


def clean(text: str) -> list[Line]:
    """The lines of the text, numbered from 1, without what surrounds the plan in terminals, mail and tables."""
    text = plain(text)
    lines, heads = _lines(text)
    unframed = _without_frames(text, lines, heads, _STEPS)
    is_bare = unframed is lines and heads.isdisjoint(_NOISY)
    if is_bare and "\t" not in text and " \n" not in text and not text.endswith(" "):
        return undoubled(lines)
    return undoubled(_quiet(unframed))


def json_text(text: str) -> str:
    """The text with the marks gone that break JSON: frames, `+` at line ends, doubled quotes of a CSV cell."""
    joined = placed(_unmarked(text, tuple(one for one in _STEPS if one[-1] is not unquoted_csv)))
    if '""' in joined and re.search(r'""(?:Plan|Query Text|Node Type)""', joined):
        joined = joined.replace('""', '"')
    return joined.translate(TYPOGRAPHIC) if '"' not in joined else joined


def markup_text(text: str) -> str:
    """The text for XML: without frames and without the margin before it, which literals of several lines would keep."""
    lines = _unmarked(text, _STEPS)
    first = next((line for _, line in lines if line.lstrip().startswith("<explain")), "")
    margin = first[: len(first) - len(first.lstrip())]
    return placed([(number, line.removeprefix(margin)) for number, line in lines])


def rejoined_text(text: str) -> str:
    """The text for JSON whose strings mail broke over lines: no server prints a line end inside a string."""
    lines: list[Line] = []
    is_open = False
    for number, line in enumerate(json_text(text).split("\n"), start=1):
        if is_open:
            before = lines[-1]
            lines[-1] = (before[0], f"{before[1]} {line.strip()}")
        else:
            lines.append((number, line))
        is_open ^= line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1
    return placed(lines)


def clean_yaml(text: str) -> list[Line]:
    """The lines for YAML, where tabs of a log become columns."""
    return _quiet(_unmarked(text, _STEPS))


def _quiet(lines: list[Line]) -> list[Line]:
    """Without what psql says beside its tables; tabs before the text become columns."""
    return [
        (number, _tabless(line).rstrip() if "\t" in line else line.rstrip())
        for number, line in lines
        if not _is_noise(line.strip())
    ]


def _is_noise(line: str) -> bool:
    return (line[:4] in _NOISY or line[:1] in _NOISY) and _NOISE.match(line) is not None


def _unmarked(text: str, steps: tuple[Step, ...]) -> list[Line]:
    """Without frames and without the mark psql sets where a cell goes on."""
    text = plain(text)
    lines = _without_frames(text, *_lines(text), steps)
    return [(number, line.rstrip().removesuffix("+").removesuffix("↵").rstrip()) for number, line in lines]


def _lines(text: str) -> tuple[list[Line], set[str]]:
    """The lines, numbered, without what stands before each of them, and how they begin."""
    return unprefixed(text, counted(text))


def _without_frames(text: str, lines: list[Line], heads: set[str], steps: tuple[Step, ...]) -> list[Line]:
    """Take the steps whose marks are somewhere in the text, or before its lines."""
    if heads.isdisjoint(_FIRSTS) and not any(map(text.__contains__, _SIGNS)):
        return lines
    probe = f"\n{text}"
    for begins, sign, marks, step in steps:
        if sign in (heads if begins else probe) and any(map(probe.__contains__, marks)):
            lines = step(lines)
    return lines


def _unfenced(lines: list[Line]) -> list[Line]:
    """The first line of a plan without the fence in the same line."""
    return [(number, _OPENED.sub("", line, count=1)) for number, line in lines]


def _logged_objects(lines: list[Line]) -> list[Line]:
    """Logs of one JSON object a line (jsonlog): the message in place of the object."""
    found: list[Line] = []
    for number, line in lines:
        start = _LOGGED.search(line) if line.startswith("{") else None
        message = line if start is None else _string(line[start.start(1) :])
        joined = message.replace("\n", " ") if '"Plan":' in message else message
        found += [(number, part) for part in joined.split("\n")]
    return found


def _string(text: str) -> str:
    """The JSON string at the start of the text, also one whose end was cut off."""
    for ended in (text, text.rstrip("\\") + '"'):
        try:
            return str(json.JSONDecoder().raw_decode(ended)[0])
        except ValueError:
            continue
    return text


def _unbarred(lines: list[Line]) -> list[Line]:
    """Drop bars around the lines (border 2, Markdown tables)."""
    bars = ("|", "│", "║")
    filled = [line.strip() for _, line in lines if line.strip() and not _is_rule(line)]
    framed = sum(line.startswith(bars) and not line.startswith("||") for line in filled)
    if filled and framed * 2 > len(filled):
        return [(number, _without_bars(line, bars)) for number, line in lines]
    if filled and sum(line.endswith("|") for line in filled) * 2 > len(filled):  # DBeaver ends each with one
        return [(number, line.rstrip().removesuffix("|")) for number, line in lines]
    return lines


def _without_bars(line: str, bars: tuple[str, ...]) -> str:
    stripped = line.strip()
    if not stripped.startswith(bars):
        return line
    inner = stripped[1:]
    if inner.rstrip().endswith(bars):
        inner = inner.rstrip()[:-1]
    return inner.removeprefix(" ")


def _unruled(lines: list[Line]) -> list[Line]:
    """Drop the rules between the lines."""
    return [(number, line) for number, line in lines if not _is_rule(line)]


def _is_rule(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= 3 and stripped[0] in _RULE_CHARACTERS and _RULE_CHARACTERS.issuperset(stripped)


def _unfolded(lines: list[Line]) -> list[Line]:
    """psql's wrapped form: `.` (or `…`) ends a line that goes on after the same mark on the next."""
    found: list[Line] = []
    for number, line in lines:
        mark = line[:1]
        if mark in (".", "…") and mark and found and found[-1][1].rstrip().endswith(mark):
            before = found[-1][1].rstrip()
            found[-1] = (found[-1][0], before[:-1] + line[1:])
        else:
            found.append((number, line))
    return found


def _tabless(line: str) -> str:
    """Tabs before the text become columns; those inside literals stay."""
    body = line.lstrip()
    return line[: len(line) - len(body)].expandtabs(8) + body


_STEPS: tuple[Step, ...] = (
    (False, "`", ("",), _unfenced),
    (False, "{", ("{noformat", "{code"), _unfenced),
    (False, "{", ('"duration: ',), _logged_objects),
    (False, "<", ("<td", "<TD"), psql_forms.html_cells),
    (False, "\\", ("\n\\begin{",), psql_forms.latex),
    (False, "\\", ("\\(rs",), psql_forms.troff),
    (False, "|", ("\n|====",), psql_forms.asciidoc),
    (False, "[", ("[ ",), psql_forms.records),
    (True, "Q", ("\nQUERY PLAN",), psql_forms.untitled),
    (False, "", ("|", "│", "║"), _unbarred),
    (False, "", ("|", "│", "║", "---", "───", "═══"), _unruled),
    (True, "=", ("===",), _unruled),
    (False, "|", ("|.",), _unfolded),
    (True, ".", ("",), _unfolded),
    (False, "…", ("\n…", "│…"), _unfolded),
    (False, '"', ("",), unquoted_csv),
    (True, "'", ("",), unquoted_csv),
)
_FIRSTS = frozenset(sign for begins, sign, _, _ in _STEPS if begins)
_SIGNS = {sign for begins, sign, marks, _ in _STEPS if not begins for sign in ((sign,) if sign else marks)}
"""What a text must hold for any step to be taken."""
