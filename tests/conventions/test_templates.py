"""What templates promise to the routes and to htmx. Words, sizes and markup are in tests/design/test_templates.py."""

import re
from html.parser import HTMLParser

import pytest

from tests.conventions.source import ROOT, files

FOLDER = ROOT / "templates"
TEMPLATES = [path for path in files("templates") if path.suffix == ".html"]
FRAGMENTS = [
    path
    for path in TEMPLATES
    if path.name.startswith("_") and path.parent.name not in {"emails", "styleguide"}
]
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
STATEMENT = re.compile(r"\{%-?.*?-?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
BRANCH = re.compile(r"\{%-?\s*(?:else|elif)\b.*?%\}", re.DOTALL)
FORM = re.compile(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)
ENDPOINT = re.compile(r"url_for\(\s*['\"]([\w.]+)['\"]")
VOID = {
    "area",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "use",
    "path",
}


def named(path):
    return str(path.relative_to(FOLDER))


def bare(path):
    return COMMENT.sub("", path.read_text("utf-8"))


class _Roots(HTMLParser):
    """The elements of a fragment that stand in no other."""

    def __init__(self):
        super().__init__()
        self.depth, self.roots, self.loose = 0, [], ""

    def handle_starttag(self, tag, attrs):
        if self.depth == 0:
            self.roots.append((tag, dict(attrs).get("id")))
        if tag not in VOID:
            self.depth += 1

    def handle_startendtag(self, tag, attrs):
        if self.depth == 0:
            self.roots.append((tag, dict(attrs).get("id")))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth == 0:
            self.loose += data.strip()


def roots(text):
    parser = _Roots()
    parser.feed(VALUE.sub("x", STATEMENT.sub("", text)))
    return parser


def is_one_call(text):
    """Whether a macro makes all of it."""
    return VALUE.fullmatch(STATEMENT.sub("", text).strip()) is not None and len(VALUE.findall(text)) == 1


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_a_fragment_has_exactly_one_root(path):
    """htmx puts it where the old one was: a second root, or a word beside it, would pile up with every swap.

    Branches that each hold a root of their own count as one; a single call of a macro is a root.
    """
    found = roots(bare(path))
    if is_one_call(bare(path)):
        return
    branches = len(BRANCH.findall(bare(path)))

    assert 1 <= len(found.roots) <= 1 + branches
    assert len({identity for _, identity in found.roots}) == 1, "every branch has the same id"
    assert found.loose == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_form_that_sends_says_where(path):
    """Without an action a form sends to the page it happens to stand on, which a fragment does not know."""
    vague = [
        form
        for form in FORM.findall(bare(path))
        if re.search(r"method=[\"']?post", form, re.IGNORECASE)
        and not re.search(r"[\s}]action=[\"']?[^\"' >]", form)
    ]

    assert vague == []


@pytest.mark.parametrize("path", [*TEMPLATES, *FOLDER.rglob("*.txt")], ids=named)
def test_a_link_leads_to_a_page_that_is_there(path, endpoints):
    assert {name for name in ENDPOINT.findall(bare(path)) if name not in endpoints} == set()


def test_the_parser_sees_what_is_wrong():
    assert len(roots('<div id="a"></div><div id="b"></div>').roots) == 2
    assert roots('<div id="a"></div> and more').loose == "and more"
    assert roots('{% if x %}<p id="{{ y }}">a<br></p>{% endif %}').roots == [("p", "x")]
