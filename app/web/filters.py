"""What templates may do with a value: say it in words, render course text, draw a sign once, address a static file."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

from app.course import prose
from app.evidence.repeats import Repeats
from app.words import _, _n
from app.words.times import day, moment


def register(app: Flask) -> None:
    """Make the filters known to Jinja."""
    app.add_template_filter(markdown, "markdown")
    app.add_template_filter(once, "once")
    app.add_template_filter(span, "span")
    app.add_template_filter(day, "day")
    app.add_template_filter(moment, "moment")
    app.add_template_filter(datetime.isoformat, "isoformat")
    app.add_template_global(static_addresses(app), "static_url")
    app.add_template_global(Repeats, "repeats")


def markdown(text: str, top: int = 2) -> Markup:
    """Course text as safe HTML whose highest heading is `h<top>`."""
    return Markup(prose.render(text, top=top))  # noqa: S704 - rendered with HTML off


def span(length: timedelta) -> str:
    """A length of time in its largest sensible unit, as short as a table needs it."""
    minutes = round(length / timedelta(minutes=1))
    if minutes < 1:
        return _("under a minute")
    if minutes < 90:
        return _("%(count)s min", count=minutes)
    if minutes < 2880:
        return _("%(count)s h", count=round(minutes / 60))
    return _n("%(count)s day", "%(count)s days", round(minutes / 1440))


def once(macro: Callable[..., str]) -> Callable[..., str]:
    """A macro whose result for the same arguments is kept; for small signs that depend on their arguments alone.

    Text and safe HTML with the same letters are different arguments (`typed`), so that one never stands in for the
    other.
    """
    return lru_cache(maxsize=1000, typed=True)(macro)


def static_addresses(app: Flask) -> Callable[[str], str]:
    """What gives a static file's address with its content's hash, so that it may be cached for ever.

    Each is made once: a page asks for a hundred icons, and `url_for` would be a third of its cost.
    """
    folder, prefix = Path(app.static_folder or ""), app.static_url_path

    @cache
    def static_url(name: str) -> str:
        fingerprint = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        return f"{prefix}/{name}?v={fingerprint}"

    return static_url
