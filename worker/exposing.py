"""A worker's /metrics, on a port of its own when the settings name one; as on the web: with the token, or nothing."""

import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app import metrics
from config import Settings

log = logging.getLogger(__name__)

PATIENCE = 10  # seconds a silent client may hold its thread


def serve(settings: Settings) -> ThreadingHTTPServer | None:
    """Answer in a thread of this process, if a port is set. A port that is taken costs the numbers, not the work."""
    if not settings.worker_metrics_port or settings.metrics_token is None:
        return None
    try:
        server = ThreadingHTTPServer(("", settings.worker_metrics_port), _handler(settings.metrics_token))
    except OSError as error:
        log.warning("metrics.not_served", extra={"port": settings.worker_metrics_port, "reason": str(error)})
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _handler(token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE

        def do_GET(self) -> None:
            is_let_in = metrics.is_let_in(self.headers.get("Authorization"), token)
            if self.path != "/metrics" or not is_let_in:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = metrics.counted(metrics.WORKER)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", metrics.TEXT)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing: a scrape every few seconds is no news."""

    return Handler
