"""Which language a page is written in: the person's own choice, else this browser's, else what the browser asks for."""

from typing import Any

from flask import Flask, current_app, render_template, request
from flask.templating import Environment
from jinja2 import StrictUndefined

from app.words import listening, speak
from app.words.catalogue import LANGUAGES
from app.words.jinja import Speaking, in_every_language
from app.words.scripts import table

COOKIE = "language"
ENVIRONMENTS = "touchstone.languages"


class Pages(Speaking, Environment):
    """Flask's environment of templates, in one language."""


def prepare(app: Flask) -> None:
    """Before anything touches the templates' environment. A name that a page was not given is an error, never a gap."""
    app.jinja_environment = Pages
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    app.jinja_env.learn()  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """After everything that adds to it: the other languages know the same filters."""
    app.jinja_env.globals["script_words"] = table
    app.extensions[ENVIRONMENTS] = in_every_language(app.jinja_env)


def listen() -> None:
    """Before each request: what this browser wants."""
    wanted = request.cookies.get(COOKIE)
    if wanted not in LANGUAGES:
        wanted = _asked_for()
    speak(_pages(wanted).catalogue)


def listen_to(own_choice: str | None) -> None:
    """Whoever is signed in may have chosen."""
    if own_choice in LANGUAGES:
        speak(_pages(own_choice).catalogue)


def write(template: str, **values: Any) -> str:
    """The template in the language of whoever is answered."""
    return render_template(_pages(listening().language.code).get_template(template), **values)


def _pages(code: str) -> Speaking:
    pages: Speaking = current_app.extensions[ENVIRONMENTS][code]
    return pages


def _asked_for() -> str:
    """What the browser asks for among the languages there are."""
    if not request.headers.get("Accept-Language"):
        return "en"
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
