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

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

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


def render(template: str, context: Mapping[str, Any]) -> Letter:
    """Write the letter called `template`; raises `Unwritable`."""
    try:
        subject, text, html = (
            environment().get_template(f"emails/{template}/{part}").render(context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    except TemplateError as error:
        raise Unwritable(f"{type(error).__name__} in the mail {template}: {error}") from error
    return Letter(_one_line(subject, template), text.strip() + "\n", html)


@cache
def environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["date"] = _date
    found.filters["moment"] = _moment
    return found


def _one_line(subject: str, template: str) -> str:
    """A second line in a subject would be another header: whoever put it there wants to send mail as us."""
    line = subject.strip()
    if not line or any(not sign.isprintable() for sign in line):
        raise Unwritable(f"The subject of the mail {template} must be one line of printable signs.")
    return line


def _date(value: datetime | str) -> str:
    return _moment(value).partition(",")[0]


def _moment(value: datetime | str) -> str:
    """22 Nov 2026, 14:03 UTC; takes the ISO form too, because contexts are kept as JSON."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.strftime("%d %b %Y, %H:%M UTC").lstrip("0")
