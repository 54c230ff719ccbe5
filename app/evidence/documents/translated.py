"""Pages that are not written in Markdown, read as if they were: their kinds then need to know one form only."""

from __future__ import annotations

from app.evidence.findings import Unreadable
from app.evidence.source import Held, Source

LARGEST = 500_000
_SIGNS = ("\n= ", "\n== ")
"""A title of AsciiDoc: most files have none, and need not wait until what translates it is imported."""


def as_markdown(source: Source) -> Source:
    """The page in Markdown, each line where it stood; any other file as it is."""
    head = f"\n{source.head}"
    if not any(map(head.__contains__, _SIGNS)):
        return source
    from app.evidence.documents import asciidoc

    if not asciidoc.is_page(source.head):
        return source
    try:
        text = source.text(LARGEST)
    except Unreadable:
        return source
    return Held(source.name, source.path, asciidoc.as_markdown(text).encode())
