"""A certificate as a tagged PDF, where WeasyPrint is installed (extra `pdf`); elsewhere the page prints itself."""

import ctypes
from functools import cache
from importlib.util import find_spec

PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll")
"""What WeasyPrint draws with, as Linux, macOS and Windows name it."""


@cache
def is_available() -> bool:
    """Whether WeasyPrint is installed and Pango with it. The certificate's page asks, so nothing big is loaded here."""
    return find_spec("weasyprint") is not None and any(map(_can_be_loaded, PANGO))


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
