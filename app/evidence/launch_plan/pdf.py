"""PDF with a text layer as a document: short lines that name a part or milestone are taken for headings."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator, Sequence

from app.evidence.documents import wording
from app.evidence.documents.document import Document, Section, Text
from app.evidence.findings import Unreadable, phrase
from app.evidence.launch_plan.contents import PARTS, milestone_of
from app.evidence.launch_plan.rules import UNREADABLE
from app.evidence.source import Source

LIMIT = 20 * 1024 * 1024
MOST_PAGES, MOST_TEXT, LEAST_TEXT = 80, 1_000_000, 80
_ITEM = re.compile(r"^(?:[•◦▪‣*-]|\d{1,2}[.)]) ")
_ENDS = re.compile(r"[.:;!?]$")
_SUM = re.compile(r"[=≈×]")
_PEOPLE = re.compile(r"users|DAU|milestone|stage|visitors", re.IGNORECASE)
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, ArithmeticError,
           NotImplementedError, AssertionError, EOFError, zlib.error)  # fmt: skip
"""What pypdf raises for damaged files besides its own errors."""
LONGEST_HEADING = 10
MOST_LINES = 1500


def read(source: Source) -> Document:
    """The document of a PDF file. Raises `Unreadable`, also when its pages are pictures."""
    text = _text(source)
    if len("".join(text.split())) < LEAST_TEXT:
        raise Unreadable(
            UNREADABLE.at(reason=phrase("its pages hold no text, as scanned pages and pictures do not"))
        )
    lines = [" ".join(line.split())[:4000] for line in text.split("\n")]
    return Document(tuple(_sections([line for line in lines if line])))


def _text(source: Source) -> str:
    """The text of every page, within limits."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every odd byte
    data = b"".join(source.chunks(LIMIT))
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Unreadable(UNREADABLE.at(reason=phrase("the PDF file is locked with a password")))
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable(
                UNREADABLE.at(reason=phrase("it has more than {most_pages} pages", most_pages=MOST_PAGES))
            )
        parts: list[str] = []
        for page in reader.pages:
            parts.append(page.extract_text())
            if sum(map(len, parts)) > MOST_TEXT:
                raise Unreadable(
                    UNREADABLE.at(
                        reason=phrase("it has more than {most_text:,} letters", most_text=MOST_TEXT)
                    )
                )
    except (PyPdfError, *_BROKEN) as error:
        raise Unreadable(UNREADABLE.at(reason=phrase("the PDF file is damaged"))) from error
    return "\n".join(parts)


def _sections(lines: Sequence[str]) -> Iterator[Section]:
    """One a heading; lines up to the next item or heading are one text. Lines of the text count."""
    section = Section(0, "", 1, 1)
    for at, line in enumerate(lines, start=1):
        if at <= MOST_LINES and is_heading(line):
            yield section
            section = Section(2, line, at, at)
        elif _ITEM.match(line):
            section.texts.append(Text(at, _ITEM.sub("", line), is_item=True))
        else:
            _add(section, at, line)
        section.last_line = at
    yield section


def _add(section: Section, at: int, line: str) -> None:
    """A line that goes on from the one before, unless that one ended a sentence."""
    last = section.texts[-1] if section.texts else None
    if last is None or _ENDS.search(last.text) or len(last.text) > 4000:
        section.texts.append(Text(at, line))
    else:
        section.texts[-1] = Text(last.line, f"{last.text} {line}", last.is_item)


def is_heading(line: str) -> bool:
    """A few words, no sentence and no sum, that name a part of the brief or a milestone of users."""
    if len(line.split()) > LONGEST_HEADING or _ENDS.search(line) or _SUM.search(line):
        return False
    if milestone_of(line) is not None:
        return _PEOPLE.search(line) is not None
    return _ITEM.match(line) is None and line[:1].isupper() and wording.about(line, PARTS) is not None
