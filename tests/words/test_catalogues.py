"""The shipped catalogues are complete, and the tools that keep them so see what is amiss."""

import re

import pytest

from app.words import po
from app.words.__main__ import CODES, _amiss, check
from app.words.catalogue import FOLDER
from app.words.extract import in_python, in_template
from app.words.scripts import FOLDER as STATIC
from app.words.scripts import in_scripts
from config import ROOT


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_is_complete_and_says_nothing_twice(code):
    assert list(check(code)) == [], "python -m app.words update, then translate what is empty"


def test_every_language_has_a_catalogue_and_every_catalogue_a_language():
    assert {path.name for path in FOLDER.glob("*.po")} == {
        f"{code}{kind}.po" for code in CODES for kind in ("", ".checks", ".phrases")
    }


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.po")), ids=lambda path: path.stem)
def test_a_catalogue_is_written_as_the_tool_writes_it(path):
    text = path.read_text("utf-8")
    header, *entries = po.read(text)

    assert po.write(header.said[0], entries) == text, "python -m app.words update"


UNKIND = re.compile(r"\b(just|simply|obviously)\b", re.IGNORECASE)


def test_no_sentence_of_pages_checks_or_course_makes_light_of_what_it_asks():
    catalogues = [po.read(path.read_text("utf-8"))[1:] for path in FOLDER.glob(f"{CODES[0]}*.po")]
    said = [text for entries in catalogues for entry in entries for text in (entry.one, entry.many) if text]
    course = [
        path.read_text("utf-8") for end in ("md", "toml") for path in (ROOT / "course").rglob(f"*.{end}")
    ]
    lines = [line for text in course for line in text.replace("a Just Culture", "").splitlines()]

    assert len(said) > 3000
    assert [text for text in (*said, *lines) if UNKIND.search(text)] == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("%(name)s <b>ist</b> da", []),
        ("<b>%(nmae)s</b>", ["its placeholders differ"]),
        ("<b>Niemand</b>", ["its placeholders differ"]),
        ("%(name)s ist da", ["its HTML tags differ"]),
        ("<b>%(name)s</b> 100 %", ["a percent sign beside placeholders is written twice"]),
    ],
)
def test_what_differs_is_named(said, words):
    assert list(_amiss(po.Entry("<b>%(name)s</b> is here", None, (said,)), forms=2)) == words


def test_an_unsure_entry_and_a_missing_plural_are_named():
    entry = po.Entry("%(count)s file", "%(count)s files", ("%(count)s Datei",), fuzzy=True)

    assert list(_amiss(entry, forms=2)) == ["marked as unsure", "needs 2 plural forms"]


def test_sentences_are_found_where_they_are_marked():
    template = """<p>{% trans %}One
      line{% endtrans %} {{ _("Two") }} {{ _n("a", "b", n) }}{% trans n %}c{{ n }}{% pluralize %}d{% endtrans %}"""
    python = 'x = [_("Three, %(n)s", n=1), _n("e", "f", 2), other("no")]'

    assert list(in_template(template)) == [("One line", None), ("Two", None), ("a", "b"), ("c%(n)s", "d")]
    assert list(in_python(python)) == [("Three, %(n)s", None), ("e", "f")]


def test_scripts_say_nothing_that_is_not_marked():
    """A sentence begins with a capital letter and ends with a stop."""
    marked = {one for said in in_scripts() for one in said}
    scripts = [STATIC / "portal.js", *(STATIC / "js").glob("*.js")]
    sentences = {
        found
        for path in scripts
        for found in re.findall(r'"([A-Z][a-z][^"\n]*[.!?…])"', path.read_text("utf-8"))
    }

    assert "Copied." in sentences
    assert sentences - marked == set()
