"""What the parts' web pages share: one stylesheet, one set of headers, templates beside this file."""

from pathlib import Path

from flask import Flask, Response

FOLDER = Path(__file__).parent / "pages"
_NOTHING_ELSE = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def application(name: str, *, policy: str) -> Flask:
    """A Flask application with our templates; `policy` adds to a CSP that allows the stylesheet and nothing else."""
    app = Flask(name, template_folder=str(FOLDER), static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    @app.get("/parts.css")
    def stylesheet() -> Response:
        return Response((FOLDER / "parts.css").read_bytes(), mimetype="text/css")

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", f"{_NOTHING_ELSE}; {policy}")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app
