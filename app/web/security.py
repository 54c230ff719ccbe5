"""Headers of every response: a strict content policy, and nothing leaks."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from config import Settings

LONG = "public, max-age=31536000, immutable"


def content_policy(settings: Settings) -> str:
    """Scripts, styles, pictures and fonts from us alone; uploads may go to the bucket; nobody frames us."""
    bucket = _origin(settings.storage.public_endpoint) or "https://*.amazonaws.com"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            f"connect-src 'self' {bucket}",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def add_headers(app: Flask, settings: Settings) -> None:
    """Set the headers after every request; a view that set its own policy (a download) keeps it."""
    policy = content_policy(settings)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if settings.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = LONG
        return response


def _origin(url: str | None) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
