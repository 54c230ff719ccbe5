"""The lines of a record as pairs of words and value, from Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.evidence import times, yamls
from app.evidence.documents import markdown
from app.evidence.documents.document import Section, Table
from app.evidence.findings import Unreadable
from app.evidence.plans import strict
from app.evidence.rollback_record import rules
from app.evidence.source import Source

LONGEST = 400_000
MOST = 500
_DEEPEST = 6
LONGEST_LINE = 2000
_LABEL = re.compile(
    r"(?:^|(?<=[\s,;]))(?:versions? (?:before|after|from|to)|(?:before|after|from|to|bad|broken|good|target|restored) "
    r"version|decision|decided|first instance(?: back)?|all instances(?: back)?|done|started|start|duration|took|"
    r"learned|lessons?(?: learned)?|next drill|result|by|version (?:vorher|nachher|davor|danach)|entscheidung|beginn|"
    r"ende|fertig|dauer): ",
    re.IGNORECASE,
)


_KEYS = re.compile(r"\s{0,40}[a-z][a-z_]{1,40}:(?: {1,4}\S.{0,200})?\n\s{0,20}[a-z][a-z_]{1,40}: ")
_TIMED = re.compile(
    r"\[?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d(?::\d\d)?[^\s\]]{0,10}\]?(?: UTC)?(?=\s)", re.ASCII
)
FEWEST_TIMED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says, and the value beside it; a sentence is its own value."""

    label: str
    value: str
    line: int


def read(source: Source) -> tuple[str, list[Entry]]:
    """The format and at most 500 entries. Raises `Unreadable`."""
    text = source.text(LONGEST)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return "json", list(_of_json(text))[:MOST]
    if _is_table(text):
        return "csv", list(_of_csv(text))[:MOST]
    if (found := list(_of_yaml(text))[:MOST]) or (found := list(_of_lines(text))[:MOST]):
        return "lines", found
    try:
        document = markdown.read(text)
    except markdown.TooLong as error:
        raise Unreadable(rules.UNREADABLE.at(reason=str(error))) from error
    return "markdown", [entry for section in document.sections for entry in _of_section(section)][:MOST]


def _is_table(text: str) -> bool:
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    return (
        bool(lines)
        and not lines[0].lstrip().startswith(("#", "|", "-", "*"))
        and all(line.count(",") + line.count(";") + line.count("\t") >= 1 for line in lines)
    )


def _of_yaml(text: str) -> Iterator[Entry]:
    """Keys and values of YAML whose keys are names; nothing of a page, where `Decision: 14:05` is a sentence."""
    if _KEYS.match(text) is None:
        return
    try:
        (root,) = yamls.documents(text)[:1] or [None]
    except yamls.BadYaml:
        return
    waiting = [("", root)]
    while waiting:
        name, value = waiting.pop(0)
        for key, inner in value.items() if isinstance(value, yamls.Map) else ():
            if isinstance(inner, str):
                yield Entry(f"{name} {key}".replace("_", " ").strip()[:60], inner, value.lines.get(key, 0))
            else:
                waiting.append((key, inner))


def _of_lines(text: str) -> Iterator[Entry]:
    """A log: lines that begin with a time, three or more, and what stands above them."""
    lines = [(at, line.strip()) for at, line in enumerate(text.split("\n")[:MOST], 1) if line.strip()]
    timed = sum(1 for _, line in lines if _TIMED.match(line))
    if timed < FEWEST_TIMED or timed * 2 < len(lines):
        return
    for at, line in lines:
        found = _TIMED.match(line)
        yield (
            Entry(line[found.end() :].strip()[:400], found[0].strip("[] "), at)
            if found
            else Entry(*_pair(line), at)
        )


def _of_csv(text: str) -> Iterator[Entry]:
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error as error:
        raise Unreadable(rules.UNREADABLE.at(reason=str(error))) from error
    yield from _of_rows(rows[0], list(enumerate(rows[1:], 2)), 1)


def _of_section(section: Section) -> Iterator[Entry]:
    found = [Entry(*_pair(piece), text.line) for text in section.texts for piece in _side_by_side(text.text)]
    found += [entry for table in section.tables for entry in _of_table(table)]
    yield from sorted(found, key=lambda entry: entry.line)


def _of_table(table: Table) -> Iterator[Entry]:
    rows = [(line, list(cells)) for line, cells in zip(table.row_lines, table.rows, strict=False)]
    yield from _of_rows(list(table.header), rows, table.line)


def _of_rows(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], at: int) -> Iterator[Entry]:
    """Rows of an event and its time; a row of two cells; or one row under heads that name what stands below."""
    if _is_wide(header, rows):
        line, cells = rows[0]
        yield from (
            Entry(head.replace("_", " "), cell, line) for head, cell in zip(header, cells, strict=False)
        )
        return
    for line, cells in ((at, header), *rows):
        stamped = next((cell for cell in cells if times.first(cell)), "")
        if stamped:
            yield Entry(" ".join(cell for cell in cells if cell != stamped)[:300], stamped, line)
        elif len(cells) >= 2 and cells[0]:
            yield Entry(cells[0].replace("_", " "), cells[1], line)


def _is_wide(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> bool:
    return (
        len(rows) == 1 and len(header) >= 3 and sum(times.first(cell) is not None for cell in rows[0][1]) >= 2
    )


def _side_by_side(text: str) -> list[str]:
    """`Version before: 9b7d3aa, version after: 2e41c07` as its two, on one line or joined from two; else as it is."""
    starts = [match.start() for match in _LABEL.finditer(text[:LONGEST_LINE])]
    cuts = [0, *(start for start in starts if start), len(text)]
    return [text[start:end].strip(" ,;·|") for start, end in pairwise(cuts)]


def _pair(text: str) -> tuple[str, str]:
    """`Started: 14:03` as two; a sentence without a colon as itself twice."""
    label, mark, value = text[:400].partition(": ")
    return (label, value.strip()) if mark and len(label) <= 60 else (text[:400], text[:400])


def _of_json(text: str) -> Iterator[Entry]:
    try:
        root, _ = strict.decode(text.strip(), 0, strict.decoder())
    except strict.Refused as error:
        raise Unreadable(rules.UNREADABLE.at(reason=str(error))) from error
    yield from _of_value("", root, 0)


def _of_value(name: str, value: Any, depth: int) -> Iterator[Entry]:
    """Keys and plain values; an object of an event with its time is one entry."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        stamped = [key for key, one in value.items() if isinstance(one, str) and times.first(one)]
        words = [str(one) for key, one in value.items() if isinstance(one, str) and key not in stamped]
        if len(stamped) == 1 and words and stamped[0].lower() in ("time", "at", "timestamp", "when"):
            yield Entry(" ".join(words)[:300], value[stamped[0]], 0)
            return
        for key, one in value.items():
            yield from _of_value(f"{name} {key}".replace("_", " ").strip(), one, depth + 1)
    elif isinstance(value, list):
        for one in value[:MOST]:
            yield from _of_value(name, one, depth + 1)
    else:
        yield Entry(name, value if isinstance(value, str) else json.dumps(value), 0)
