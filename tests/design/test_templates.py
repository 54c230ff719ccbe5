"""House rules that every template keeps, whoever wrote it. Each message says what to write instead."""

import re

import pytest

from app.web.pages import KEYS
from tests.design.preview import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TEXTS = sorted([*TEMPLATES, *(ROOT / "templates").rglob("*.txt")])
LONGEST = 80
# mails and the certificate's PDF carry their own style: what opens them fetches nothing
ALONE = {path for path in TEMPLATES if "emails" in path.parts} | {ROOT / "templates/certificates/sheet.html"}

FORBIDDEN = {
    r"\sstyle=": "use a class of portal.css; the policy blocks style attributes",
    r"\son[a-z]+=": "listen in static/portal.js; the policy blocks inline handlers",
    r"\bhx-on\b": "hx-on needs eval, which the policy blocks; listen in static/portal.js",
    r"['\"]js:|['\"]javascript:": "js: values need eval, which the policy blocks",
    r"hx-trigger=[\"'][^\"']*\[": "trigger filters need eval, which the policy blocks",
    r"hx-boost": "plain links: a real navigation gives focus, title and history right",
    r"hx-(?:disabled-elt|vars|ext|params|prompt|request|history-elt|ws|sse)\b": (
        "an attribute of htmx 2, without effect in 4"
    ),
    r"htmx:(?:afterSwap|beforeSwap|afterRequest|beforeRequest|configRequest|sendError|responseError|load)\b": (
        "an event of htmx 2; in 4 it is htmx:after:swap and so on"
    ),
    r"<body[^>]*\shx-headers=": "write hx-headers:inherited, or the header is silently not sent",
    r"\{%-?\s*macro [^%]*='[A-Z]": "a sentence as a default is not translated: say _(…) where it is shown",
    r"\|\s*safe\b": "pass Markup from the place that made the text safe",
    r"\{%-?\s*autoescape\s+false": "every text is escaped",
}
UNKIND = re.compile(r"\b(just|simply|obviously)\b", re.IGNORECASE)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"<button\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)


def named(path):
    return str(path.relative_to(ROOT / "templates"))


def bare(path):
    """The template without its comments: those may name what is forbidden."""
    return COMMENT.sub("", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_keeps_the_house_rules(path):
    text = bare(path)

    broken = [f"{pattern}: {instead}" for pattern, instead in FORBIDDEN.items() if re.search(pattern, text)]

    assert broken == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_scripts_and_styles_are_files(path):
    text = bare(path)

    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text)
    if path not in ALONE:
        inline += re.findall(r"<style\b", text)

    assert inline == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_button_has_a_type(path):
    untyped = [tag for tag in TAG.findall(bare(path)) if not re.search(r"\stype=", tag)]

    assert untyped == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_htmx_form_works_without_htmx(path):
    forms = re.findall(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", bare(path), re.DOTALL)

    lame = [form for form in forms if "hx-" in form and not (" action=" in form and " method=" in form)]

    assert lame == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_a_template_is_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_words_are_kind(path):
    found = [line.strip() for line in bare(path).splitlines() if UNKIND.search(line)]

    assert found == []


SHEETS = "".join((ROOT / "static" / name).read_text("utf-8") for name in ("portal.css", "pages.css"))
CLASSES = set(re.findall(r"\.([a-z][a-z0-9-]*)", SHEETS))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path not in ALONE], ids=named)
def test_every_class_is_in_the_stylesheet(path):
    used = {
        name
        for value in re.findall(r'\sclass="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', bare(path))
        for name in re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "{}", value)).split()
        if "{}" not in name
    }

    assert used - CLASSES == set(), (
        "add the class to static/pages.css or portal.css, or use one that is there"
    )


def is_fragment(path):
    """A fragment is a noun's `_<id>.html`; macros, layouts' heads and mails' layouts are not."""
    return path.name.startswith("_") and path.parent.name not in {"emails", "styleguide"}


@pytest.mark.parametrize("path", [path for path in TEMPLATES if is_fragment(path)], ids=named)
def test_a_fragment_has_one_root_with_its_own_name_as_id(path):
    text = re.sub(r"\{%.*?%\}", "", bare(path), flags=re.DOTALL).strip()
    wanted = path.stem.removeprefix("_")

    root = re.match(r"<[a-z]+\b(?:[^>{]|\{\{.*?\}\})*?\sid=\"([^\"]+)\"", text, re.DOTALL)

    assert root is not None
    assert re.sub(r"\{\{.*?\}\}", "", root[1]).strip("-_") in {wanted, wanted.replace("_", "-")}


def test_the_lint_sees_what_it_forbids():
    samples = [
        '<p style="color: red">', '<a onclick="go()">', '<form hx-on:submit="x">', "<a hx-vals='js:x'>",
        '<a hx-trigger="click[ctrlKey]">', '<body hx-boost="true">', '<a hx-disabled-elt="this">',
        "htmx:afterSwap", "<body hx-headers='{}'>", "{{ text|safe }}", "{% autoescape false %}",
    ]  # fmt: skip

    unseen = [text for text in samples if not any(re.search(pattern, text) for pattern in FORBIDDEN)]

    assert unseen == []
    assert UNKIND.search("Simply press the button")
    assert TAG.findall('<button class="{{ a > b }}">x</button>') == ['<button class="{{ a > b }}">']


def test_scripts_import_in_one_direction():
    """The page's own script loads the others; what they share imports nothing."""
    wanted = {}
    for path in (ROOT / "static/portal.js", *(ROOT / "static/js").glob("*.js")):
        wanted[path.name] = set(re.findall(r"(?:from |import\()\"[./]+(?:js/)?([\w.]+)\"", path.read_text()))

    assert wanted == {
        "portal.js": {"shared.js", "upload.js", "autosave.js", "kept.js"},
        "kept.js": {"autosave.js"},
        "autosave.js": {"shared.js"},
        "upload.js": {"shared.js"},
        "shared.js": set(),
    }


def test_every_key_of_the_table_has_something_to_press():
    table = (ROOT / "static/js/shared.js").read_text()
    product = [path.read_text() for path in TEMPLATES if "styleguide" not in path.parts]
    named = {name for text in product for name in re.findall(r"data-key-target[\"']?[=:] ?[\"'](\w+)", text)}
    by_variable = (ROOT / "templates/decisions/parts.html").read_text()
    named |= set(re.findall(r"'(approve|decline)'", by_variable)) | set(KEYS.values())

    dead = set(re.findall(r'target: "(\w+)"', table)) - named

    assert dead == set(), "no page has a data-key-target of this name"
