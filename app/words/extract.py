"""Finds every sentence to be translated: in templates, in Python, in the scripts of pages, and in the checks' rules."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment

from app.words.scripts import in_scripts

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("_", "_n", "gettext", "ngettext")
MODULES = ("app.words", "app.pictures.words")
"""Whoever imports one of them marks sentences."""
NOT_PAGES = {"styleguide"}
"""Pages for developers alone."""


def sentences() -> dict[str, str | None]:
    """Every marked sentence of the portal with its plural, if it has one."""
    found: dict[str, str | None] = {}
    for one, many in _everything():
        found[one] = many or found.get(one)
    return found


def said_by_checks() -> dict[str, None]:
    """Every text of a rule of `app.evidence`: what is found, why it matters, how it is fixed."""
    return dict.fromkeys(text for source in _checks() for text in in_rules(source))


def phrases_of_checks() -> dict[str, None]:
    """Every `phrase("…")` of `app.evidence`: what stands in the fields of rules, and what the ledger says."""
    marked = (text for source in _checks() for text in in_phrases(source))
    return dict.fromkeys((*marked, *_in_signs()))


def _in_signs() -> Iterator[str]:
    """What the signs of patches say, which stand in a file of their own."""
    signs = tomllib.loads((ROOT / "app" / "evidence" / "diff" / "signs.toml").read_text("utf-8"))
    for table in signs.values():
        for sign in table:
            yield from (sign[name] for name in ("what", "how") if name in sign)


def _checks() -> Iterator[str]:
    for path in sorted((ROOT / "app" / "evidence").rglob("*.py")):
        yield path.read_text("utf-8")


def in_phrases(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "phrase":
            yield _text(call.args[0], {})


def in_rules(source: str) -> Iterator[str]:
    """The texts of each `Rule(code, severity, message, why, fix)`, put together from the module's constants."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _text(node.value, known)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Rule":
            yield from filter(None, (_text(argument, known) for argument in call.args[2:5]))


def _text(node: ast.expr, known: Mapping[str, str]) -> str:
    """The text an expression stands for; empty when it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, known) + _text(right, known)
        case ast.JoinedStr(values=values):
            return "".join(_text(value, known) for value in values)
        case ast.FormattedValue(value=value):
            return _text(value, known)
    return ""


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
            if any(module in source for module in MODULES):
                yield from in_python(source)
    yield from in_scripts()
