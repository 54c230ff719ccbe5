"""What templates may do with a value: render course text, address a static file by its content."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app
from markupsafe import Markup

from app.course import prose


def register(app: Flask) -> None:
    """Make the filters known to Jinja."""
    app.add_template_filter(markdown, "markdown")
    app.add_template_global(static_url, "static_url")


def markdown(text: str, top: int = 2) -> Markup:
    """Course text as safe HTML whose highest heading is `h<top>`."""
    return Markup(prose.render(text, top=top))  # noqa: S704 - rendered with HTML off


def static_url(name: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for ever.

    Written by hand: a page asks for a hundred icons, and `url_for` would be a third of its cost.
    """
    fingerprint = _fingerprint(Path(current_app.static_folder or "") / name)
    return f"{current_app.static_url_path}/{name}?v={fingerprint}"


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
