"""Templates in each language: words are put in when a template is compiled, so a translation costs nothing.

`{% trans %}…{% endtrans %}` and `_("…")` become plain text of the template. Each language has an environment of its
own, and with it its own compiled templates, imported macros and whatever they keep.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from jinja2 import Environment, nodes
from jinja2.ext import InternationalizationExtension
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from app.words import Number, fill
from app.words.catalogue import ENGLISH, LANGUAGES, Catalogue, catalogue

PART = re.compile(r"%\((\w{1,60})\)s|%%")
Any_Environment = TypeVar("Any_Environment", bound="Speaking")


class Sentences(InternationalizationExtension):
    """`{% trans %}` as text and expressions instead of a call for each sentence."""

    environment: "Speaking"

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Output:
        words = self.environment.catalogue
        if not vars_referenced:
            singular = singular.replace("%%", "%")
        if plural is None or plural_expr is None:
            return _output(words.text(singular), variables)
        which = nodes.Call(nodes.EnvironmentAttribute("which"), [plural_expr], [], None, None)
        forms = [_output(form, variables) for form in words.forms(singular, plural)]
        return _one_of(which, forms)  # type: ignore[return-value]  # a branch stands where an output may


class Speaking(Environment):
    """An environment that writes one language; `in_language` gives its sisters."""

    catalogue: Catalogue = ENGLISH

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Words(self.catalogue).visit(tree)  # type: ignore[no-any-return]

    def which(self, count: int) -> int:
        return self.catalogue.which(abs(count))

    def learn(self) -> None:
        """Make this environment know the words of its language; English for the first."""
        self.add_extension(Sentences)
        self.policies["ext.i18n.trimmed"] = True
        self._name_words(ENGLISH)

    def in_language(self: Any_Environment, words: Catalogue) -> Any_Environment:
        """The same environment in another language, with its own globals and compiled templates."""
        other = self.overlay()
        other.globals = dict(self.globals)
        other._name_words(words)
        return other

    def _name_words(self, words: Catalogue) -> None:
        self.catalogue = words
        self.globals |= {
            "_": _saying(words),
            "_n": _saying_many(words),
            "grouped": _grouping(words),
            "language": words.language.code,
            "languages": LANGUAGES,
        }
        self.filters = self.filters | {"number": _numbering(words), "told": _telling(words)}


def in_every_language(first: Any_Environment) -> dict[str, Any_Environment]:
    """The environments of all languages by code, from the English one."""
    others = {code: first.in_language(catalogue(code)) for code in LANGUAGES if code != "en"}
    return {"en": first, **others}


class _Words(NodeTransformer):
    """Puts the translation in the place of `_("…")`."""

    def __init__(self, words: Catalogue) -> None:
        self.words = words

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's name
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_" and node.args):
            return node
        sentence = node.args[0]
        if not isinstance(sentence, nodes.Const):
            return node
        said = nodes.Const(self.words.text(sentence.value), lineno=node.lineno)
        if not node.kwargs:
            return said
        filled = nodes.EnvironmentAttribute("filled", lineno=node.lineno)
        return nodes.Call(filled, [said], node.kwargs, None, None, lineno=node.lineno)


def filled(sentence: str, /, **values: object) -> str:
    """The sentence with its values; safe HTML when one of them is, and then everything else is escaped."""
    if any(hasattr(value, "__html__") for value in values.values()):
        return Markup(fill(escape(sentence), {name: escape(value) for name, value in values.items()}))  # noqa: S704
    return fill(sentence, values)


Speaking.filled = staticmethod(filled)  # type: ignore[attr-defined]


def _output(text: str, variables: dict[str, nodes.Expr]) -> nodes.Output:
    """The text of a sentence with its expressions between."""
    if not variables:
        return nodes.Output([nodes.TemplateData(text)])
    parts: list[nodes.Expr] = []
    end = 0
    for found in PART.finditer(text):
        parts.append(nodes.TemplateData(text[end : found.start()] + ("" if found[1] else "%")))
        if found[1]:
            parts.append(variables[found[1]])
        end = found.end()
    return nodes.Output([*parts, nodes.TemplateData(text[end:])])


def _one_of(which: nodes.Expr, forms: list[nodes.Output]) -> nodes.Node:
    if len(forms) == 1:
        return forms[0]
    test = nodes.Compare(which, [nodes.Operand("eq", nodes.Const(0))])
    if len(forms) == 2:
        return nodes.If(test, [forms[0]], [], [forms[1]])
    tests = [
        nodes.Compare(which, [nodes.Operand("eq", nodes.Const(place))]) for place in range(1, len(forms) - 1)
    ]
    between = [nodes.If(test, [form], [], []) for test, form in zip(tests, forms[1:-1], strict=True)]
    return nodes.If(test, [forms[0]], between, [forms[-1]])


def _saying(words: Catalogue) -> Callable[..., str]:
    def say(sentence: str, /, **values: object) -> str:
        return filled(words.text(sentence), **values)

    return say


def _saying_many(words: Catalogue) -> Callable[..., str]:
    group = _grouping(words)

    def say(one: str, many: str, count: int, /, **values: object) -> str:
        return filled(words.plural(one, many, count), count=group(count), **values)

    return say


def _numbering(words: Catalogue) -> Callable[[str], str]:
    def number(text: str) -> str:
        return Number(text).spoken_in(words)

    return number


def _telling(words: Catalogue) -> Callable[[str], str]:
    """What the checks said, in the page's language; where that has no words for it, marked as English."""

    def tell(text: str) -> str:
        if words is ENGLISH or not text:
            return text
        told = words.told(str(text))
        return Markup('<span lang="en">{}</span>').format(text) if told is None else told

    return tell


def _grouping(words: Catalogue) -> Callable[[int], str]:
    def group(count: int) -> str:
        return Number(f"{count:,}").spoken_in(words)

    return group
