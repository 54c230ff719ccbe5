"""Rows of a register, whatever it is written in: a table or sections of Markdown, CSV, a list in YAML or JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.evidence import yamls
from app.evidence.documents import wording
from app.evidence.documents.document import Document, Section, Table
from app.evidence.documents.wording import Subjects

MOST = 2_000
MOST_COLUMNS = 40
LONGEST_CELL = 1_000
_SENTENCE, LONGEST_LABEL = re.compile(r"(?<=[.;!?]) (?=[A-ZÄÖÜ])"), 40
_CLOCK = re.compile(r"\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its cells by field, and all it says."""

    line: int
    cells: Mapping[str, str]
    said: str = ""

    def get(self, field: str) -> str:
        return self.cells.get(field, "")


def of_document(document: Document, fields: Subjects) -> list[Row]:
    """The rows of every table with two known columns; without such a table, sections with labels or lists of them."""
    tables = [table for section in document.sections for table in section.tables]
    found = [row for table in tables for row in _of_table(table, fields)]
    return (found or [row for section in document.sections[:100] for row in _of_section(section, fields)])[
        :MOST
    ]


def of_csv(text: str, fields: Subjects) -> list[Row]:
    """The rows below the first line that names two known columns; commas, semicolons or tabs part them."""
    start = text[:2000]
    mark = max(",;\t|", key=start.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    about: dict[int, str] = {}
    found: list[Row] = []
    try:
        for cells in reader:
            if not about:
                about = _columns(cells, fields)
                if not about and reader.line_num > 20:
                    return []
            elif any(cell.strip() for cell in cells) and len(found) < MOST:
                found.append(_row(reader.line_num, cells, about))
    except csv.Error:
        return found
    return found


def of_tree(entries: Iterable[tuple[str, yamls.Map]], fields: Subjects) -> list[Row]:
    """Named mappings, as a file of YAML or JSON holds them; what nests in one is its text."""
    found = []
    for name, entry in entries:
        cells = {"name": name} if name else {}
        for key, value in list(entry.items())[:MOST_COLUMNS]:
            field = wording.about(_spaced(key), fields)
            words = flat(value)
            if field and words and field not in cells:
                cells[field] = words
        found.append(Row(entry.line, cells, flat(entry)))
        if len(found) >= MOST:
            break
    return found


def tree(text: str) -> Any:
    """The one document of YAML or JSON; raises `BadYaml`. In JSON a tab is a blank."""
    is_json = text.lstrip()[:1] in ("{", "[")
    found = yamls.documents(text.replace("\t", " ") if is_json else text)
    return found[0] if found else None


def named(container: Any) -> Iterator[tuple[str, yamls.Map]]:
    """The mappings of a list, or those of a mapping with their keys."""
    if isinstance(container, yamls.Map):
        yield from ((key, value) for key, value in container.items() if isinstance(value, yamls.Map))
    elif isinstance(container, yamls.Seq):
        yield from (("", value) for value in container if isinstance(value, yamls.Map))


def flat(value: Any) -> str:
    """The scalars of a value in their order, up to the length of a cell."""
    words: list[str] = []
    waiting = [value]
    while waiting and len(words) < 100:
        one = waiting.pop()
        if isinstance(one, yamls.Map):
            waiting += reversed(list(one.values())[:100])
        elif isinstance(one, yamls.Seq):
            waiting += reversed(one[:100])
        elif one is not None:
            words.append(str(one).strip())
    return " ".join(words)[:LONGEST_CELL]


def _of_table(table: Table, fields: Subjects) -> Iterator[Row]:
    about = _columns(table.header, fields)
    if about:
        for cells, line in zip(table.rows, table.row_lines, strict=True):
            if any(cells):
                yield _row(line, cells, about)


def _of_section(section: Section, fields: Subjects) -> Iterator[Row]:
    """`## name` with `Owner: Ada` and so on below it; two labels make a row."""
    cells: dict[str, str] = {}
    for text in section.texts[:40]:
        for label, value in _labelled(text.text[:LONGEST_CELL]):
            field = wording.about(label, fields)
            if field and value:
                cells.setdefault(field, value)
    if len(cells) >= 2:
        said = " ".join(text.text for text in section.texts[:40])
        yield Row(section.line, {"name": section.title, **cells}, said[:LONGEST_CELL])


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """`Hypothesis: no error. Owner: Ada` as its labels with what each says."""
    starts = [0, *(hit.end() for hit in _SENTENCE.finditer(text)), len(text)]
    waiting = ("", "")
    for start, end in pairwise(starts):
        label, mark, value = text[start:end].partition(":")
        if mark and len(label) <= LONGEST_LABEL:
            yield waiting
            waiting = (label, value.strip())
        else:
            waiting = (waiting[0], f"{waiting[1]} {text[start:end].strip()}".strip())
    yield waiting


def _columns(header: Sequence[str], fields: Subjects) -> dict[int, str]:
    """The field of each column, each field once; fewer than two known columns are no header."""
    about: dict[int, str] = {}
    for at, title in enumerate(header[:MOST_COLUMNS]):
        is_name = len(title) <= 60 and not _CLOCK.search(title)
        field = wording.about(_spaced(title), fields) if is_name else None
        if field and field not in about.values():
            about[at] = field
    return about if len(about) >= 2 else {}


def _row(line: int, cells: Sequence[str], about: Mapping[int, str]) -> Row:
    found = {field: cells[at].strip()[:LONGEST_CELL] for at, field in about.items() if at < len(cells)}
    return Row(line, found, " ".join(cells)[:LONGEST_CELL])


def _spaced(key: str) -> str:
    """`lastTested` and `last_tested` as words."""
    parts = "".join(f" {sign}" if sign.isupper() else sign for sign in key[:60]) if not key.isupper() else key
    return parts.replace("_", " ").replace("-", " ").strip() if " " not in key.strip() else key
