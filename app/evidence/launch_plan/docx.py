"""DOCX as a document: paragraphs by their styles, lists and tables. Entities are refused, sizes are counted first.

The parts that are read are word/document.xml and word/styles.xml, as ECMA-376 names them; nothing else is opened.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, LargeZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.evidence.documents.document import Document, Section, Table, Text
from app.evidence.findings import Unreadable, phrase
from app.evidence.launch_plan import pdf
from app.evidence.launch_plan.rules import UNREADABLE
from app.evidence.source import Source

MIB = 1024 * 1024
MOST_XML, MOST_MEMBERS, MOST_TEXT = 12 * MIB, 2_000, 2_000_000
MOST_BLOCKS = 20_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _BODY = f"{_W}p", f"{_W}tbl", f"{_W}body"
_BROKEN = (BadZipFile, LargeZipFile, ParseError, DefusedXmlException, zlib.error, OSError, EOFError, KeyError,
           NotImplementedError, RuntimeError, ValueError)  # fmt: skip


def read(source: Source) -> Document:
    """The document of a DOCX file. Raises `Unreadable`."""
    try:
        with source.path.open("rb") as raw, ZipFile(raw) as archive:
            _check(archive)
            levels = _levels(archive)
            sections = tuple(_sections(archive, levels))
            if not any(section.level for section in sections):  # many people only make their headings bold
                sections = tuple(_sections(archive, levels, by_words=True))
            return Document(sections)
    except _BROKEN as error:
        raise Unreadable(
            UNREADABLE.at(reason=phrase("the DOCX file is damaged, locked or of another program"))
        ) from error


def _check(archive: ZipFile) -> None:
    """Refuse what unpacks to more than a document holds."""
    members = archive.infolist()
    named = {member.filename: member for member in members}
    if len(members) > MOST_MEMBERS or "word/document.xml" not in named:
        raise Unreadable(UNREADABLE.at(reason=phrase("it holds no text document")))
    for name in ("word/document.xml", "word/styles.xml"):
        if name in named and named[name].file_size > MOST_XML:
            raise Unreadable(
                UNREADABLE.at(
                    reason=phrase("its text unpacks to more than {most_xml} MB", most_xml=MOST_XML // MIB)
                )
            )


def _levels(archive: ZipFile) -> Mapping[str, int]:
    """The level of each style of headings, whatever language its name is in."""
    found: dict[str, int] = {}
    if "word/styles.xml" not in archive.namelist():
        return found
    with archive.open("word/styles.xml") as stream:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag != f"{_W}style":
                continue
            name = element.find(f"{_W}name")
            words = "" if name is None else str(name.get(f"{_W}val", "")).lower()
            if words.startswith("heading ") and words[8:].isdigit():
                found[str(element.get(f"{_W}styleId", ""))] = min(int(words[8:9]), 6)
            elif words == "title":
                found[str(element.get(f"{_W}styleId", ""))] = 1
            element.clear()
    return found


def _sections(archive: ZipFile, levels: Mapping[str, int], *, by_words: bool = False) -> Iterator[Section]:
    """One a heading, by its style or else by its words as in a PDF. Paragraphs are counted as lines."""
    section = Section(0, "", 1, 1)
    for at, block in enumerate(_blocks(archive), start=1):
        level = 0 if block.tag == _TABLE else levels.get(_style(block), 0)
        words = "" if block.tag == _TABLE else _words(block)
        level = 2 if by_words and not level and pdf.is_heading(words) else level
        if level and words:
            if section.level or section.words:
                yield section
            section = Section(level, words[:400], at, at)
        elif block.tag == _TABLE:
            section.tables.append(_table(block, at))
        elif words:
            section.texts.append(
                Text(at, words, block.find(f"{_W}pPr/{_W}numPr") is not None or "List" in _style(block))
            )
        section.last_line = at
        block.clear()
    yield section


def _blocks(archive: ZipFile) -> Iterator[Any]:
    """The paragraphs and tables of the body, each once it is read; those inside a table belong to it."""
    depth, count = 0, 0
    with archive.open("word/document.xml") as stream:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if element.tag == _TABLE:
                depth += 1 if event == "start" else -1
            if event == "end" and depth == 0 and element.tag in (_PARAGRAPH, _TABLE):
                count += 1
                if count > MOST_BLOCKS:
                    raise Unreadable(
                        UNREADABLE.at(
                            reason=phrase(
                                "it has more than {most_blocks:,} paragraphs", most_blocks=MOST_BLOCKS
                            )
                        )
                    )
                yield element


def _style(block: Any) -> str:
    style = block.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else str(style.get(f"{_W}val", ""))


def _words(block: Any) -> str:
    """The text of its runs; tabs and breaks are blanks. Deleted text is left out."""
    parts = []
    for element in block.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br"):
            parts.append(" ")
    return "".join(parts).strip()[:20_000]


def _table(block: Any, at: int) -> Table:
    rows = [
        tuple(" ".join(_words(part) for part in cell.iter(_PARAGRAPH)) for cell in row.findall(f"{_W}tc"))
        for row in block.findall(f"{_W}tr")
    ]
    head, *body = rows or [()]
    return Table(at, head, tuple(body), tuple(at for _ in body))
