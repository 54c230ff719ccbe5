"""Renders the style guide with plain Jinja, so that the face can be looked at and tested without the portal.

`python -m tests.design.preview` serves it on loopback; the browser tests use `serving`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

from jinja2 import FileSystemLoader, StrictUndefined

from app.evidence.repeats import Repeats
from app.web.filters import once
from app.words.jinja import Speaking
from app.words.times import day, moment

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
PAGES = {
    "/styleguide": "styleguide/index.html",
    "/styleguide/errors": "styleguide/errors.html",
    "/styleguide/empty": "styleguide/empty.html",
    "/styleguide/desk": "styleguide/desk.html",
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {bucket}; img-src 'self'; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
NAVIGATION = [
    SimpleNamespace(label="Home", url="/styleguide", current=False),
    SimpleNamespace(label="Queue", url="/styleguide/desk", current=True),
    SimpleNamespace(label="Capstones", url="/styleguide/empty", current=False),
]


def environment() -> Speaking:
    """The templates with stand-ins for what the portal registers; an unknown name is an error."""
    env = Speaking(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.learn()
    env.filters |= {"once": once, "day": day, "moment": moment}
    env.globals["repeats"] = Repeats
    env.globals["static_url"] = lambda name: f"/static/{name}"
    env.globals["url_for"] = lambda endpoint, filename: f"/{endpoint}/{filename}"
    return env


def page(path: str) -> str:
    template = environment().get_template(PAGES[path])
    return template.render(now=NOW, navigation=NAVIGATION, viewer=SimpleNamespace(name="Ada Lovelace"))


class Handler(BaseHTTPRequestHandler):
    """Answers the style guide and the static files, under the portal's own content security policy."""

    bucket = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in PAGES:
            self._answer(page(path).encode(), "text/html; charset=utf-8")
        elif path.startswith("/static/") and (file := ROOT / path[1:]).is_file():
            self._answer(file.read_bytes(), guess_type(file.name)[0] or "application/octet-stream")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP.format(bucket=self.bucket))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler] = Handler, port: int = 0) -> Iterator[str]:
    """Serve on a free loopback port while the block runs; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as address:
        input(f"{address}/styleguide  (Enter ends it) ")
