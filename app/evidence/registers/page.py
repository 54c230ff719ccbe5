"""A page of Markdown that a person wrote: read up to a length, with its labels and its commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.evidence.documents import markdown, wording
from app.evidence.documents.document import Document, Section
from app.evidence.findings import Rule, Unreadable, phrase
from app.evidence.source import Source

LONGEST = 150_000
MOST_HEADINGS = 1_000
MOST_SECTIONS = 400
_LABEL = re.compile(r"(?:^|(?<=[.;!?…] ))([A-Z][A-Za-z ]{1,40}):(?= )")
_INLINE = re.compile(r"`([^`\n]{2,300})`")
_COMMAND = re.compile(r"[^\s`] [^\s`]|[(){}=|]|^https?:")


def read(source: Source, too_long: Rule) -> tuple[str, Document]:
    """The text and its sections; raises `Unreadable` with `too_long` past what a person writes."""
    text = source.text()
    if len(text) > LONGEST:
        raise Unreadable(
            too_long.at(
                reason=phrase(
                    "it has {count:,} characters, and {longest:,} are read", count=len(text), longest=LONGEST
                )
            )
        )
    if text.count("\n#") > MOST_HEADINGS:
        raise Unreadable(
            too_long.at(
                reason=phrase("it has more than {most_headings:,} headings", most_headings=MOST_HEADINGS)
            )
        )
    try:
        document = markdown.read(text)
    except markdown.TooLong as error:
        raise Unreadable(too_long.at(reason=str(error))) from error
    return text, Document(document.sections[:MOST_SECTIONS], document.front)


def labels(section: Section) -> Iterator[tuple[str, int]]:
    """What a section calls its paragraphs: `Users see: …`, with the line of each; short paragraphs too, as headings."""
    for text in section.texts[:200]:
        yield from ((match[1], text.line) for match in _LABEL.finditer(text.text[:2000]))
        if len(text.text) <= 40:
            yield text.text, text.line


def prose(sections: Iterable[Section]) -> str:
    """Headings, paragraphs, lists and cells, without code."""
    parts: list[str] = []
    for section in sections:
        parts += [section.title, *(text.text for text in section.texts)]
        parts += [cell for table in section.tables for row in (table.header, *table.rows) for cell in row]
    return "\n".join(parts)


def commands(sections: Iterable[Section], text: str) -> list[str]:
    """Code of these sections: blocks, and what stands between backticks and looks like something to run."""
    lines, found = text.split("\n"), []
    for section in sections:
        found += [code.text for code in section.code]
        inside = "\n".join(lines[section.line - 1 : section.last_line])
        found += [code for code in _INLINE.findall(inside) if _COMMAND.search(code)]
    return found


def words(sections: Iterable[Section]) -> int:
    return sum(section.words + len(section.title.split()) for section in sections)


def left_open(text: str) -> list[str]:
    """What was left to be filled in, each once; an address that serves as an example is none."""
    found = wording.placeholders(text[: 2 * LONGEST])
    return [word for word in dict.fromkeys(found) if not word.lower().startswith("example.")]


def has(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the text as whole words."""
    plain = f" {' '.join(re.findall('[a-z0-9]{1,60}', text.lower()))} "
    return any(f" {wording.normal(phrase)} " in plain for phrase in phrases)
