"""Every page in a language in which each sentence stands in brackets: what is outside of them was never marked.

Data has no brackets and is known: what the course says, what people in this small world wrote, and names and numbers.
A sentence of ours that is not marked is neither, so it cannot pass.
"""

import dataclasses
import re
from enum import Enum
from html.parser import HTMLParser

import pytest

from app.evidence import registry
from app.web.languages import ENVIRONMENTS
from app.words.catalogue import LANGUAGES, Catalogue
from tests.factories import ANSWERS
from tests.web.addresses import ROLES, World

SHOWN = {"aria-label", "title", "alt", "placeholder", "label"}
SILENT = {"script", "style", "template", "svg", "code", "pre", "kbd", "textarea", "option", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
WORD = re.compile(r"[^\W\d_]{2,}")
ELSEWHERE = ("/styleguide",)
BETWEEN = " –·,:()+"
NUMBERED = re.compile(r"^\d{1,3}\.? ")
POINTS = re.compile(r"^\d\): | \(\d{1,2}$")
"""Before or behind a level of the rubric."""
LABEL = re.compile(r"(?: · )?(?:v\d · )?(?:v\d|learner-\d{4})$")
DIGEST = re.compile(r"\b[0-9a-f]{64}\b|^[0-9a-f-]{36}$|^scaling-to-100k-users/")
NAMES = {
    "See here.",
    "The reader stopped.",
    "application-received",
    "test",
    "file-0.txt",
    "Touchstone",
    "English",
    "Deutsch",
    "UTC",
    "SHA-256",
    "KiB",
    "MiB",
    "ms",
}


def bare(text):
    """A text without the number before it, the portal's name behind it, and the signs around it."""
    plain = NUMBERED.sub("", " ".join(text.split()).removesuffix("– Touchstone")).strip(BETWEEN)
    return LABEL.sub("", POINTS.sub("", plain))


class Bracketed(Catalogue):
    """Says every sentence as it is, in brackets."""

    def __init__(self):
        super().__init__(LANGUAGES["de"], None)

    def text(self, sentence):
        return f"⟦{sentence}⟧"

    def forms(self, one, many):
        return f"⟦{one}⟧", f"⟦{many}⟧"

    def plural(self, one, many, count):
        return self.forms(one, many)[count != 1]


class Page(HTMLParser):
    """The text of a page that stands in no bracket, and the attributes that people hear."""

    def __init__(self, text):
        super().__init__()
        self.loose, self.depth, self.silent = [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            self._attributes(attrs)
            return
        if self.silent or tag in SILENT or dict(attrs).get("lang") == "en":
            self.silent.append(tag)
        self._attributes(attrs)

    def handle_endtag(self, tag):
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent:
            self._keep(data)

    def _attributes(self, attrs):
        for name, value in attrs:
            if name in SHOWN and value:
                before, self.depth = self.depth, 0
                self._keep(value)
                self.depth = before

    def _keep(self, text):
        kept = ""
        for sign in text:
            self.depth += (sign == "⟦") - (sign == "⟧")
            kept += sign if self.depth == 0 and sign != "⟧" else "|"
        self.loose += [
            bare(part) for part in kept.split("|") if WORD.search(part) and not DIGEST.search(part)
        ]


def words_of(value):
    """Every text inside a value of the course."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield " ".join(value.split())
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from words_of(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from words_of(tuple(value.values()))
    elif isinstance(value, list | tuple | frozenset | set):
        for one in value:
            yield from words_of(one)


@pytest.fixture
def bracketed(app):
    """The portal's second language for one test is English in brackets; its course texts too, once rendered."""
    environments = app.extensions[ENVIRONMENTS]
    before = environments["de"]
    pages = app.jinja_env.in_language(Bracketed())
    pages.filters = pages.filters | {"markdown": lambda text, **_: "", "span": pages.filters["span"]}
    environments["de"] = pages
    yield
    environments["de"] = before


@pytest.fixture
def known(app, course, make):
    data = set(words_of(course)) | NAMES | {name.capitalize() for name in ROLES}
    data |= {" ".join(text.split()) for text in ANSWERS.values()}
    return {bare(text) for text in data} | {bare(kind.title) for kind in registry.KINDS_BY_NAME.values()}


@pytest.mark.parametrize("role", ROLES)
def test_every_sentence_of_a_page_is_marked(client, app, sessions, make, bracketed, known, role):
    world = World(app, sessions, make)
    if ROLES[role] is not None:
        client.sign_in(world.people[role])
    unmarked = {}

    for address in world.addresses("GET"):
        answer = client.get(address.path, headers={"Accept-Language": "de"})
        if "html" in answer.content_type and not address.path.startswith(ELSEWHERE):
            unmarked[str(address)] = [
                text for text in Page(answer.text).loose if not {text, text.removesuffix(".")} & known
            ]

    assert {address: texts for address, texts in unmarked.items() if texts} == {}
    assert len(unmarked) > 5


def test_the_reader_of_pages_sees_what_stands_outside():
    page = Page(
        '<p title="Loose one">⟦In⟧ and out ⟦a <b>⟦b⟧</b> c⟧<img alt="Two words"><code>no no</code> end</p>'
    )

    assert page.loose == ["Loose one", "and out", "Two words", "end"]
