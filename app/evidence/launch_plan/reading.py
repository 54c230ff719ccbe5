"""A plan as a document, however it was written. Lines are those of the text; documents of programs have none."""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence.documents import markdown
from app.evidence.documents.document import Document
from app.evidence.findings import Unreadable, phrase
from app.evidence.launch_plan import rules
from app.evidence.source import Source

LIMIT = 4 * 1024 * 1024
MOST_CHARACTERS = 300_000
MOST_HEADINGS = 400


def read(source: Source) -> tuple[str, Document, Sequence[str]]:
    """Its format, its document and its raw lines. Raises `Unreadable`, also for more than a plan needs."""
    form, document, lines = _read(source)
    if len(document.sections) > MOST_HEADINGS:
        raise Unreadable(
            rules.UNREADABLE.at(
                reason=phrase("it has more than {most_headings:,} headings", most_headings=MOST_HEADINGS)
            )
        )
    return form, document, lines


def _read(source: Source) -> tuple[str, Document, Sequence[str]]:
    start = source.head_bytes[:5]
    if start.startswith(b"%PDF-"):
        from app.evidence.launch_plan import pdf

        return "pdf", pdf.read(source), ()
    if start.startswith(b"PK\x03\x04"):
        from app.evidence.launch_plan import docx

        return "docx", docx.read(source), ()
    text = source.text(LIMIT)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(
            rules.UNREADABLE.at(
                reason=phrase(
                    "it is longer than {most_characters:,} letters", most_characters=MOST_CHARACTERS
                )
            )
        )
    try:
        return "markdown", markdown.read(text), text.split("\n")
    except markdown.TooLong as error:
        raise Unreadable(rules.UNREADABLE.at(reason=str(error))) from error
