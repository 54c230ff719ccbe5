"""Letters written from `templates/emails/<name>/{subject.txt,body.txt,body.html}`.

Outside the web this is the only place that uses Jinja: the worker sends what the admin's preview shows. A value a
template asks for and nobody gave is an error, never an empty spot in somebody's mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from app.words import Number, Said, speaking, spoken
from app.words.jinja import Speaking, in_every_language
from app.words.times import day, moment

TEMPLATES = Path(__file__).parents[2] / "templates"


class Unwritable(Exception):
    """The template is missing or broken, or the letter would not be safe to send; the message says which."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, before it has an address. The subject is one line."""

    subject: str
    text: str
    html: str


def surroundings(*, base_url: str, person_name: str, course_title: str) -> dict[str, str]:
    """What every letter knows besides its own context."""
    return {
        "base_url": base_url,
        "portal_url": base_url,
        "person_name": person_name,
        "course_title": course_title,
    }


def render(template: str, context: Mapping[str, Any], *, language: str | None = None) -> Letter:
    """Write the letter called `template`, in English unless its reader chose otherwise; raises `Unwritable`."""
    words = environments()[language or "en"]
    try:
        with speaking(words.catalogue):
            subject, text, html = (
                words.get_template(f"emails/{template}/{part}").render(context)
                for part in ("subject.txt", "body.txt", "body.html")
            )
    except TemplateError as error:
        raise Unwritable(f"{type(error).__name__} in the mail {template}: {error}") from error
    return Letter(_one_line(subject, template), text.strip() + "\n", html)


@cache
def environments() -> dict[str, Speaking]:
    """The templates of letters in every language, by its code."""
    found = Speaking(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_said,
    )
    found.learn()
    found.filters["date"] = _date
    found.filters["moment"] = _moment
    return in_every_language(found)


def environment() -> Speaking:
    """The templates of letters in English."""
    return environments()["en"]


def _said(value: object) -> object:
    """A text mail escapes nothing, so its sentences are put into words here."""
    return spoken(value) if isinstance(value, Said | Number) else value


def _one_line(subject: str, template: str) -> str:
    """A second line in a subject would be another header: whoever put it there wants to send mail as us."""
    line = subject.strip()
    if not line or any(not sign.isprintable() for sign in line):
        raise Unwritable(f"The subject of the mail {template} must be one line of printable signs.")
    return line


def _date(value: datetime | str) -> str:
    return day(_aware(value))


def _moment(value: datetime | str) -> str:
    """22 Nov 2026, 14:03 UTC; takes the ISO form too, because contexts are kept as JSON."""
    return moment(_aware(value))


def _aware(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
