"""What a refusal says to people is marked for translation."""

import ast

import pytest

from tests.conventions.source import modules, named, tree

REFUSALS = {"Conflict", "Forbidden", "Invalid", "NotFound", "Refused", "SignInFailed", "Stale", "Unavailable"}
TELLING = REFUSALS | {"require", "fail"}
LAYERS = ("domain", "services", "web")


def unmarked(program):
    """(Line, text) of every sentence that is handed to a refusal as plain text."""
    for call in ast.walk(program):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in TELLING:
            for argument in call.args:
                yield from _plain(argument)


def _plain(node):
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _plain(value)
    elif isinstance(node, ast.DictComp):
        yield from _plain(node.value)
    elif isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ):
        yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize("layer", LAYERS)
def test_what_a_refusal_says_is_marked(layer):
    paths = modules(f"app/{layer}")
    found = [f"{named(path)}:{line}: {text}" for path in paths for line, text in unmarked(tree(path))]

    assert len(paths) > 10
    assert found == []


def test_the_search_sees_plain_sentences():
    plain = 'raise Conflict("Not now, please.")\nself.fail(name, f"Use {n} words.")\nraise Invalid({"a": "Too long."})'
    marked = 'raise Conflict(_("Not now, please."))\nrequire(may, _("Only its author."))\nraise NotFound'

    assert [line for line, _ in unmarked(ast.parse(plain))] == [1, 2, 3]
    assert list(unmarked(ast.parse(marked))) == []
