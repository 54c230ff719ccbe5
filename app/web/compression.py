"""Text goes out compressed to whoever takes that: on a slow line the desk is a third of its size.

What a page says beside what its visitor put in can be guessed from how well both compress together (BREACH), by
somebody who makes the visitor's browser ask for the page again and again. Here another site cannot: the session's
cookie is SameSite, forms carry no token, and links that let somebody in stand in mails alone. Downloads go as they are.
"""

import gzip

from flask import Flask, Response, request

LEVEL = 5  # of nine: a hundredth more bytes than the last, in half of its time
SMALLEST = 1024
TEXT = frozenset(
    {"text/html", "text/css", "text/javascript", "text/plain", "image/svg+xml", "application/json"}
)


def register(app: Flask) -> None:
    """To be called before any hook but the one that counts, so that it sees the answer as it will be."""
    app.after_request(Compression())


class Compression:
    """Compresses answers; what lies in `static/` only once."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def __call__(self, response: Response) -> Response:
        if not _may_be_compressed(response):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] <= 0:
            return response
        if (response.content_length or 0) < SMALLEST:
            return response
        is_file = request.endpoint == "static"
        response.set_data(self._of_file(response) if is_file else _packed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        return response

    def _of_file(self, response: Response) -> bytes:
        """By the tag of the file, which another content changes; weak from here on, for the bytes are others."""
        tag, _ = response.get_etag()
        response.direct_passthrough = False
        plain = response.get_data()
        if tag is None:
            return _packed(plain)
        response.set_etag(tag, weak=True)
        if tag not in self._files:
            self._files[tag] = _packed(plain)
        return self._files[tag]


def _packed(plain: bytes) -> bytes:
    return gzip.compress(plain, LEVEL, mtime=0)


def _may_be_compressed(response: Response) -> bool:
    return (
        response.status_code not in {206, 304}
        and response.mimetype in TEXT
        and "Content-Encoding" not in response.headers
        and not response.headers.get("Content-Disposition", "").startswith("attachment")
        and not (response.is_streamed and request.endpoint != "static")
    )
