"""A small threaded HTTP server on loopback for the parts that are web applications."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from embedded.process import LOOPBACK


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds a silent client may hold its thread

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: the parts stay quiet unless they break."""


class _Server(ThreadedWSGIServer):
    daemon_threads = False  # closing waits for the requests in flight


def serve(app: Any, port: int) -> None:
    """Answer on `port` until SIGTERM or SIGINT, then finish what is in flight."""
    server = _Server(LOOPBACK, port, app, handler=_Handler)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)


@contextlib.contextmanager
def serving(app: Any, port: int = 0) -> Iterator[str]:
    """Answer in a thread of this process; yields `http://127.0.0.1:<port>`."""
    server = _Server(LOOPBACK, port, app, handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
