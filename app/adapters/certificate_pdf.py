"""A certificate as a tagged PDF, where WeasyPrint is installed (extra `pdf`); elsewhere the page prints itself."""

from functools import cache


@cache
def is_available() -> bool:
    """Whether WeasyPrint and the libraries under it can be loaded."""
    try:
        import weasyprint  # noqa: F401 - loading it is the question
    except (ImportError, OSError):
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
