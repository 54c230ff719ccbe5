"""Notes in Markdown or plain prose: read for your reviewer; nothing in them is judged.

Facts:
  title         the first heading
  words         of prose, lists and tables
  sections      [{title, level, line, words}], at most 200
  placeholders  what was left to be filled in, at most 20
"""

from __future__ import annotations

import re
from itertools import islice

from app.evidence.findings import Report, Rule, Severity, Unreadable, phrase
from app.evidence.kind import Kind
from app.evidence.source import Source

NAME = "markdown"
LIMIT = 4 * 1024 * 1024
MOST_SECTIONS, MOST_PLACEHOLDERS = 200, 20
LEAST_PARTS = 3
"""Headings and sentences together; a title and a line or two may be the start of anything."""
ENDINGS, LEAST_WORDS = (".md", ".markdown", ".adoc", ".asciidoc", ".rst"), 15
NOTHING = Rule(
    "N7",
    Severity.BLOCK,
    "The notes cannot be read: {reason}.",
    "Your reviewer reads them beside the other files.",
    "Write them as a Markdown file of a few pages.",
    example="a file of 3 MB in one line",
)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_SENTENCE = re.compile(r"^[A-Z][^\n|{}<>;=]{20,400}[a-z)][.!?:]?$", re.MULTILINE)


def sniff(source: Source) -> float:
    """Headings with sentences between them; less sure than any kind that knows what a document is about."""
    head = source.head[:16_000]
    if source.head_bytes.startswith((b"%PDF-", b"PK\x03\x04")) or "\0" in head:
        return 0.0
    headings, sentences = len(_HEADING.findall(head)), len(_SENTENCE.findall(head))
    # In a file that is named so `# ` is a heading and no comment, and a table is prose enough.
    if source.name.lower().endswith(ENDINGS):
        return 0.3 if headings and len(head.split()) >= LEAST_WORDS else 0.0
    return 0.31 if headings and sentences and headings + sentences > LEAST_PARTS else 0.0


def inspect(source: Source) -> Report:
    """Sections, words and placeholders; raises `Unreadable` when it is longer than a person writes."""
    from app.evidence.documents import markdown, wording

    text = source.text(LIMIT)
    try:
        document = markdown.read(text)
    except markdown.TooLong as error:
        raise Unreadable(NOTHING.at(reason=str(error))) from error
    sections = [
        {"title": one.title[:200], "level": one.level, "line": one.line, "words": one.words}
        for one in islice(document.sections, MOST_SECTIONS)
    ]
    facts = {
        "title": document.title[:200],
        "words": sum(section.words for section in document.sections),
        "sections": sections,
        "placeholders": [one[:60] for one in wording.placeholders(text)[:MOST_PLACEHOLDERS]],
    }
    return Report(NAME, 0.31, facts, ())


KIND = Kind(NAME, phrase("Notes in Markdown"), sniff, inspect, (NOTHING,))
