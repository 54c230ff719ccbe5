"""Pages that are not written in Markdown, read as if they were: their kinds then need to know one form only."""

from __future__ import annotations

from app.evidence.documents import asciidoc
from app.evidence.findings import Unreadable
from app.evidence.source import Held, Source

LARGEST = 500_000


def as_markdown(source: Source) -> Source:
    """The page in Markdown, each line where it stood; any other file as it is."""
    if not asciidoc.is_page(source.head):
        return source
    try:
        text = source.text(LARGEST)
    except Unreadable:
        return source
    return Held(source.name, source.path, asciidoc.as_markdown(text).encode())
