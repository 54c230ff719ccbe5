"""Budgets that keep every file readable in one sitting. When one is hit, split by idea, not by line count."""

import pytest

from tests.conventions.source import ROOT, functions, modules, named

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
CODE = [*modules("app", "worker", "embedded", "migrations", ".ci"), ROOT / "config.py", ROOT / "wsgi.py"]
HAND_WRITTEN = [path for path in CODE if "versions" not in path.parts]


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=named)
def test_a_module_is_short(path):
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= LONGEST_MODULE, (
        f"{named(path)} has {lines} lines: move one of its ideas to a module of its own"
    )


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=named)
def test_a_function_is_short(path):
    long = {
        name: node.end_lineno - node.lineno + 1
        for name, node in functions(path)
        if node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }

    assert long == {}, "a paragraph of it that would need a comment is a function: give it that name"
