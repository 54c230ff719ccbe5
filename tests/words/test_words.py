"""A sentence is English to the machine and its reader's language on a page."""

import copy
import json
import pickle

import pytest
from jinja2 import DictLoader
from markupsafe import Markup, escape

from app.words import Number, _, _n, fill, grouped, speaking, spoken
from app.words.catalogue import ENGLISH, LANGUAGES, Catalogue, catalogue
from app.words.jinja import Speaking

PO = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n<5 ? 1 : 2;\\n"

msgid "Hello, <b>%(name)s</b>, 100 %% yours."
msgstr "100 %% Ihres, <b>%(name)s</b>."

msgid "Save & go"
msgstr "Sichern & weiter"

msgid "%(count)s file"
msgid_plural "%(count)s files"
msgstr[0] "%(count)s Ding"
msgstr[1] "%(count)s Dinge"
msgstr[2] "viele %(count)s Dinge"

#, fuzzy
msgid "Long"
msgstr ""
"Eine lange "
"Zeile mit \\"Anführung\\""
"""


@pytest.fixture
def strange(tmp_path):
    path = tmp_path / "xx.po"
    path.write_text(PO, "utf-8")
    return Catalogue(LANGUAGES["de"], path)


@pytest.fixture
def write(strange):
    """What a template says, in English and in the strange language."""
    templates = {}
    english = Speaking(loader=DictLoader(templates), autoescape=True)
    english.learn()
    other = english.in_language(strange)

    def said(source, **values):
        templates["one"] = source
        return english.get_template("one").render(values), other.get_template("one").render(values)

    return said


def test_a_sentence_is_its_english_text_to_the_machine(strange):
    said = _("Save & go")

    with speaking(strange):
        assert said == "Save & go"
        assert (f"{said}", json.dumps(said), " ".join([said])) == ("Save & go", '"Save & go"', "Save & go")


def test_a_page_says_it_in_its_own_language_and_escapes_it(strange):
    said = _("Save & go")

    assert escape(said) == "Save &amp; go"
    with speaking(strange):
        assert escape(said) == "Sichern &amp; weiter"
        assert spoken(said) == "Sichern & weiter"
    assert escape(said) == "Save &amp; go"


def test_values_are_said_in_the_language_too(strange):
    said = _n("%(count)s file", "%(count)s files", 1234)

    assert said == "1,234 files"
    with speaking(strange):
        assert spoken(said) == "viele 1.234 Dinge"
        assert [spoken(_n("%(count)s file", "%(count)s files", n)) for n in (1, 2)] == ["1 Ding", "2 Dinge"]
        assert spoken(_("[%(what)s]", what=said)) == "[viele 1.234 Dinge]"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_copy_still_knows_its_languages(strange, copied):
    with speaking(strange):
        assert spoken(copied(_n("%(count)s file", "%(count)s files", 7))) == "viele 7 Dinge"


def test_numbers_have_their_language_s_signs():
    with speaking(catalogue("de")):
        assert str(escape(Number("1,234.5"))) == "1.234,5"
        assert str(escape(Number("4.2 KiB, about 3."))) == "4,2 KiB, about 3."
    assert str(escape(Number("1,234.5"))) == "1,234.5"
    assert grouped(1234567) == "1,234,567"


def test_a_percent_sign_is_plain_unless_there_are_values():
    assert fill("100 %", {}) == "100 %"
    assert fill("%(n)s %%", {"n": 100}) == "100 %"


def test_trans_becomes_text_and_escapes_what_stands_in_it(write):
    english, other = write(
        "<p>{% trans name %}Hello, <b>{{ name }}</b>, 100 % yours.{% endtrans %}</p>", name="<i>"
    )

    assert english == "<p>Hello, <b>&lt;i&gt;</b>, 100 % yours.</p>"
    assert other == "<p>100 % Ihres, <b>&lt;i&gt;</b>.</p>"


def test_trans_takes_the_plural_form_of_its_language(write):
    source = "{% trans count=n %}{{ count }} file{% pluralize %}{{ count }} files{% endtrans %}"

    assert [write(source, n=n) for n in (0, 1, 4, 9)] == [
        ("0 files", "0 Dinge"),
        ("1 file", "1 Ding"),
        ("4 files", "4 Dinge"),
        ("9 files", "viele 9 Dinge"),
    ]


def test_underscore_in_an_expression_is_a_constant_of_the_template(write):
    assert write('<a title="{{ _("Save & go") }}">') == (
        '<a title="Save &amp; go">',
        '<a title="Sichern &amp; weiter">',
    )


def test_safe_html_in_a_filled_sentence_stays_html_and_nothing_else_does(write):
    english, other = write(
        '{{ _("Hello, <b>%(name)s</b>, 100 %% yours.", name=name) }}', name=Markup("<i>x</i>")
    )

    assert english == "Hello, &lt;b&gt;<i>x</i>&lt;/b&gt;, 100 % yours."
    assert other == "100 % Ihres, &lt;b&gt;<i>x</i>&lt;/b&gt;."


def test_a_sentence_from_python_is_said_by_a_macro_that_was_imported(write, strange):
    with speaking(strange):
        assert write("{% macro m(x) %}<p>{{ x }}</p>{% endmacro %}{{ m(s) }}", s=_("Save & go"))[1] == (
            "<p>Sichern &amp; weiter</p>"
        )


def test_what_is_not_translated_stays_english(strange):
    assert strange.text("Never seen") == "Never seen"
    assert strange.text("Long") == 'Eine lange Zeile mit "Anführung"'
    assert ENGLISH.plural("one", "many", 2) == "many"
