"""The report as one HTML file: complete, harmless, and alone."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.evidence import registry, session
from app.evidence.__main__ import main
from app.evidence.page import document
from app.evidence.session import Session
from tests.pictures.reading import Read

SAMPLES = Path(registry.__file__).parent
BEFORE, AFTER = (str(SAMPLES / "postgres_plan" / "samples" / f"{side}.txt") for side in ("before", "after"))
TABLE = str(SAMPLES / "latency_table" / "samples" / "L9-trigger-stalled.csv.gz")
VOID = {"meta"}


class Page(HTMLParser):
    """Which elements are open where, and what the document loads."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.seen, self.loads, self.handlers = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "srcset", "data", "action")]
        self.loads += [
            value for name, value in attributes if name.endswith("href") and not value.startswith("#")
        ]
        self.handlers += [name for name, _ in attributes if name.startswith("on") or name == "style"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def report(*names, pair=None):
    files = {name: session.check(name, None, None) for name in (*(pair or ()), *names)}
    both = None if pair is None else session.pair_of(files[pair[0]], files[pair[1]], None)
    return document(Session(tuple(files.values()), both))


@pytest.fixture(scope="module")
def whole():
    return report(TABLE, pair=(BEFORE, AFTER))


def test_it_is_sound_and_loads_nothing(whole):
    page = Page(whole)

    assert (page.wrong, page.open) == ([], [])
    assert (page.loads, page.handlers) == ([], [])
    assert not {"script", "img", "iframe", "link", "form", "object"} & set(page.seen)
    assert "url(" not in whole
    assert "@font-face" not in whole


def test_its_policy_allows_its_own_stylesheet_and_nothing_else(whole):
    style = re.search(r"<style>(.*?)</style>", whole, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', whole)[1]

    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert whole.index("Content-Security-Policy") < whole.index("<style>")
    assert "light-dark(" in style
    assert "@media print" in style


def test_findings_stand_worst_first_with_place_why_and_fix(whole):
    section = whole[whole.index('id="file-1"') : whole.index('id="file-2"')]

    codes = re.findall(r"<code>([A-Z]\d+)</code></p></article>", section)
    kinds = re.findall(r'class="finding (\w+)"', section)

    assert (codes, kinds) == (["E13", "E11"], ["warn", "note"])
    assert section.count("Why it matters") == section.count("How to fix it") == 2
    assert "<span>lines 7 to 10, step Seq Scan on orders</span>" in section


def test_what_several_findings_say_alike_is_told_once_with_links_to_the_others(tmp_path):
    sample = (SAMPLES / "runbook" / "samples" / "N3-trigger-short-headings.md").read_text()
    short = sample[sample.index("## ShopDown") : sample.index("## ShopSlow")]
    runbook = tmp_path / "runbook.md"
    runbook.write_text(
        "# Runbook\n\n" + "".join(short.replace("Down", f"Down{number}") for number in range(15))
    )

    text = report(str(runbook))

    (first, told), *others = re.findall(r'<article class="finding warn" id="([^"]+)">(.*?)</article>', text)
    links = re.findall(r'<a href="#([^"]+)">(line \d+)</a>', told)
    assert [name for name, _ in links] == [name for name, _ in others[:12]]
    assert (len(others), links[0][1], "</a> and 2 more</span>" in told) == (14, "line 18", True)
    assert told.count("Why it matters") == told.count("How to fix it") == 1
    assert [f'Why it matters: see <a href="#{first}">line 3</a>' in said for _, said in others] == [True] * 14
    assert text.count("How to fix it") == 1
    assert Page(text).wrong == []


def test_what_has_no_place_is_linked_by_its_words():
    text = report(str(SAMPLES / "cost_sheet" / "samples" / "C1-trigger-german.csv"))

    assert re.findall(r'finding-also small">.*?<span>(.*?)</span></p>', text) == [
        '<a href="#file-1-2">application, before: €723 / 31.1M requests = €0.0000232; …</a>',
        '<a href="#file-1-5">application: €0.0000232 before and €0.0000183 after for a …</a> · '
        '<a href="#file-1-6">infrastructure: €0.0000183 before and €0.0000168 after for …</a>',
    ]
    assert text.count('Why it matters: see <a href="#file-1-4">above</a>') == 2


def test_a_file_is_listed_under_what_people_call_its_kind(whole):
    first, second, third = re.findall(r"<li>.*?</li>", whole)

    assert '</a> <span class="muted">PostgreSQL query plan</span> <span class="tally">' in first
    assert "nothing to say" in second
    assert "Latency table or access log" in third
    assert '<p class="muted small">PostgreSQL query plan · ' in whole


def test_what_is_good_asks_for_nothing(whole, capsys):
    pair = whole[whole.index('id="pair"') : whole.index('id="file-1"')]
    main(["check", "--before", BEFORE, "--after", AFTER])

    assert pair.count("finding good") > pair.count("How to fix it") == 1
    assert "Nothing to do." not in pair + capsys.readouterr().out


def test_a_pair_is_drawn_once_and_other_files_with_their_tables(whole):
    drawings = [Read(svg).name for svg in re.findall(r'<svg class="plot.*?</svg>', whole, re.DOTALL)]
    pair = whole[whole.index('id="pair"') : whole.index('id="file-1"')]

    assert drawings == ["Latency by percentile", "Latency over time"]
    assert pair.count('class="plan"') == 2
    assert whole.count('class="plan"') == 2
    assert whole.count("<details") == whole.count("The numbers as a table") == 2


def test_the_same_files_give_the_same_bytes(whole):
    assert report(TABLE, pair=(BEFORE, AFTER)) == whole


def test_what_a_file_says_is_text(tmp_path):
    name = tmp_path / "<img src=x onerror=alert(1)>\u202e.txt"
    plan = Path(BEFORE).read_text().replace("orders", "<script>alert(1)</script>")
    name.write_text(plan)

    text = report(str(name))

    page = Page(text)
    assert (page.wrong, page.open, page.loads, page.handlers) == ([], [], [], [])
    assert "script" not in page.seen
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text


def test_the_command_writes_it_and_keeps_the_evidence(tmp_path, capsys):
    target = tmp_path / "report.html"

    status = main(["check", TABLE, "--before", BEFORE, "--after", AFTER, "--html", str(target)])

    assert status == 0
    assert capsys.readouterr().out == f"{target}: 3 files, 2 warnings, 2 notes\n"
    assert target.read_text().startswith("<!doctype html>")


def test_the_ledger_is_a_table_in_it(tmp_path):
    claims = tmp_path / "claims.toml"
    claims.write_text(f'[plan]\nmetric = "plan_time"\nvalue = 12\nunit = "ms"\nfile = {json.dumps(BEFORE)}\n')
    target = tmp_path / "report.html"

    main(["check", "--claims", str(claims), "--html", str(target)])

    text = target.read_text()
    assert '<tr class="contradicts"><th scope="row">plan</th><td class="number">12 ms</td>' in text
    assert text.index('id="claims"') < text.index('id="file-1"')
