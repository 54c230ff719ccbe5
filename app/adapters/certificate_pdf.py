"""A certificate as a tagged PDF, where WeasyPrint is installed (extra `pdf`); elsewhere the page prints itself."""

import ctypes
from functools import cache
from importlib.util import find_spec

LIBRARIES = ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig")
"""What WeasyPrint draws with; each must be there, or importing it fails."""
SPELLINGS = (
    "lib{}.so.0",
    "lib{}.so.1",
    "lib{}.0.dylib",
    "lib{}.1.dylib",
    "lib{}.dylib",
    "lib{}-0.dll",
    "lib{}-1.dll",
)
"""How Linux, macOS and Windows name the file of a library."""


@cache
def is_available() -> bool:
    """Whether WeasyPrint is installed and all it draws with. The certificate's page asks, so nothing big is loaded."""
    return find_spec("weasyprint") is not None and all(map(_is_there, LIBRARIES))


def _is_there(library: str) -> bool:
    return any(_can_be_loaded(spelling.format(library)) for spelling in SPELLINGS)


def _can_be_loaded(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def render(html: str, *, identifier: str) -> bytes:
    """The sheet as PDF/UA-1. It fetches nothing; the same sheet and identifier give the same bytes."""
    import weasyprint  # 0.5 s and 60 MB: only who asks for a PDF pays

    document = weasyprint.HTML(string=html, url_fetcher=_refuse)
    data: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode())
    return data


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"A certificate sheet fetches nothing, and asked for {url}.")
