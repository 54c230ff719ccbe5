"""The style guide renders with strict names, and what the macros promise is on the page."""

import re
from html.parser import HTMLParser

import pytest

from tests.design.preview import PAGES, environment, page


class Ids(HTMLParser):
    """Collects ids, and the ids that labels, descriptions and the error summary point to."""

    def __init__(self):
        super().__init__()
        self.ids, self.wanted = [], set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.wanted |= set((values.get(name) or "").split())


@pytest.mark.parametrize("path", PAGES)
def test_every_id_is_unique_and_every_reference_lands(path):
    ids = Ids()

    ids.feed(page(path))

    assert sorted(ids.ids) == sorted(set(ids.ids))
    assert ids.wanted - set(ids.ids) == set()


def test_every_error_is_in_the_summary_and_beside_its_field():
    html = page("/styleguide/errors")

    ids = Ids()
    ids.feed(html)
    in_summary = re.findall(r'<li><a href="#([^"]+)">', html)
    beside = re.findall(r'class="field-error" id="([^"]+)-error"', html)

    assert in_summary == ["building", "hours", "stack", "start", "quote", "file-p99-after"]
    assert beside == ["building", "hours", "stack", "start", "quote", "file-p99-after"]
    assert set(in_summary) <= set(ids.ids)
    assert html.count('aria-invalid="true"') == len(beside)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (-44, "now"),
        (20, "in less than a minute"),
        (-60, "1 minute ago"),
        (-7200, "2 hours ago"),
        (86400 * 3, "in 3 days"),
        (86400 * 1.4, "in 34 hours"),
        (-86400 * 1.6, "2 days ago"),
    ],
)
def test_relative_times_read_as_people_say_them(seconds, words):
    macros = environment().get_template("macros/parts/times.html").module

    assert str(macros.relative(seconds)).strip() == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (20, "20 seconds"), (60, "1 minute"), (90, "90 seconds"), (600, "10 minutes")],
)
def test_how_long_something_takes_is_said_in_whole_minutes_or_in_seconds(seconds, words):
    macros = environment().get_template("macros/parts/times.html").module

    assert str(macros.span(seconds)).strip() == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (4300, "4.2 KiB"),
     (67108864, "64 MiB"), (5 * 2**30, "5.0 GiB")],
)  # fmt: skip
def test_file_sizes_have_a_unit(size, words):
    macros = environment().get_template("macros/parts/signs.html").module

    assert str(macros.file_size(size)).strip() == words


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        ({"file": "a.csv", "where": {"line": 412}}, "a.csv, line 412"),
        ({"file": "a.csv", "where": {"line": 2, "last_line": 9}}, "a.csv, lines 2 to 9"),
        ({"where": {"row": 3}}, "row 3"),
        ({"file": "plan.json", "where": {"node": "Index Scan"}}, "plan.json, step Index Scan"),
        ({"where": "alerts.yaml, rule 2"}, "alerts.yaml, rule 2"),
        ({"where": {}}, ""),
    ],
)
def test_a_finding_says_where(finding, words):
    macros = environment().get_template("macros/parts/findings.html").module

    assert str(macros.place(finding)).strip() == words


def test_what_findings_of_a_list_have_in_common_is_told_once():
    macros = environment().get_template("macros/parts/findings.html").module
    rule = {"severity": "note", "code": "G6", "why": "Chance is unlikely.", "fix": "Ask.", "where": ""}
    found = [rule | {"message": name} for name in ("first.csv", "second.csv")]
    other = rule | {"code": "G7", "message": "third.csv", "why": "Another why."}

    shown = str(macros.findings([found[0], other, found[1]]))

    assert [shown.count(words) for words in ("first.csv", "second.csv", "third.csv")] == [1, 1, 1]
    assert (shown.count("Chance is unlikely."), shown.count("Another why.")) == (1, 1)
    assert shown.count("How to fix it") == 2


def test_a_state_is_a_sign_a_word_and_a_colour():
    states = environment().get_template("macros/parts/states.html").module

    shown = str(states.state("needs_changes"))

    assert 'class="tag warn"' in shown
    assert "#rotate-ccw" in shown
    assert shown.rstrip().endswith("needs changes</span>")


def test_typed_text_is_escaped():
    forms = environment().get_template("macros/forms.html").module
    form = {"value": lambda name: '"><script>', "errors": {"name": "<b>"}}

    shown = str(forms.text(form, "name", "Name")) + str(forms.error_summary(form))

    assert "<script>" not in shown
    assert "<b>" not in shown
