"""Finds every sentence that is marked for translation: in templates, in Python and in the scripts of pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

from app.words.scripts import in_scripts

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("_", "_n", "gettext", "ngettext")
NOT_PAGES = {"styleguide"}
"""Pages for developers alone."""


def sentences() -> dict[str, str | None]:
    """Every marked sentence of the portal with its plural, if it has one."""
    found: dict[str, str | None] = {}
    for one, many in _everything():
        found[one] = many or found.get(one)
    return found


def in_template(source: str) -> Iterator[tuple[str, str | None]]:
    environment = Environment(
        extensions=["jinja2.ext.i18n"], autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    found = environment.extract_translations(source, FUNCTIONS)  # type: ignore[attr-defined]
    for _line, _function, texts in found:
        yield (texts, None) if isinstance(texts, str) else (texts[0], texts[1])


def in_python(source: str) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            texts = [
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if texts:
                yield texts[0], texts[1] if node.func.id == "_n" else None


def _everything() -> Iterator[tuple[str, str | None]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"} and not NOT_PAGES & set(path.parts):
            yield from in_template(path.read_text("utf-8"))
    for folder in ("app", "worker"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text("utf-8")
            if "app.words" in source:
                yield from in_python(source)
    yield from in_scripts()
