"""Pages that are not written in Markdown, read as if they were: their kinds then need to know one form only."""

from __future__ import annotations

from collections.abc import Callable

from app.evidence.findings import Unreadable
from app.evidence.source import Held, Source

LARGEST = 500_000
_SIGNS = ("\n= ", "\n== ")
"""A title of AsciiDoc: most files have none, and need not wait until what translates it is imported."""
_ENDING = ".rst"


def as_markdown(source: Source) -> Source:
    """The page in Markdown, each line where it stood; any other file as it is."""
    translate = _translator(source.name, source.head)
    if translate is None:
        return source
    try:
        text = source.text(LARGEST)
    except Unreadable:
        return source
    return Held(source.name, source.path, translate(text).encode())


def _translator(name: str, head: str) -> Callable[[str], str] | None:
    """What turns a page of this head into Markdown; None for one that is no page of another form."""
    marked = f"\n{head}"
    if any(map(marked.__contains__, _SIGNS)):
        from app.evidence.documents import asciidoc

        if asciidoc.is_page(head):
            return asciidoc.as_markdown
    if name.lower().endswith(_ENDING) or ("\n.. " in marked and "::" in head):
        from app.evidence.documents import restructured

        if restructured.is_page(name, head):
            return restructured.as_markdown
    return None
