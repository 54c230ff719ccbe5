"""Every picture of every clean sample in a language that puts brackets around each word of ours.

What stands in no bracket is data: it must come from the file, or be a unit. A word of a picture that nobody marked is
neither, so it cannot pass.
"""

import re
from collections import namedtuple
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from app.evidence import registry
from app.evidence.source import Source
from app.pictures import counted_bars
from app.pictures.figures import KINDS, Shown, figures, figures_among, pair_figure
from app.pictures.flame_stacks import LONGEST_NAME
from app.words import speaking
from app.words.catalogue import LANGUAGES, Catalogue
from tests.pictures.facts import latency, node, plan

File = namedtuple("File", "slot name kind facts")
FOLDER = Path(registry.__file__).parent
SAMPLES = sorted(
    path.relative_to(FOLDER)
    for path in FOLDER.glob("*/samples/clean*")
    if path.parts[-3] in KINDS and path.is_file()
)
PLACEHOLDER = re.compile(r"%\(\w{1,40}\)s")
BRACKETED = re.compile("⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}…?")
UNITS = {"ms", "min", "kB", "MB"}
EXPLAINED = {"using", "on", "never", "Step"}
"""How EXPLAIN itself words a step; the page shows it as the database does."""


class Bracketed(Catalogue):
    """Says every sentence as it is, with brackets around all but its values."""

    def __init__(self):
        super().__init__(LANGUAGES["de"], None)

    def text(self, sentence):
        return f"⟦{PLACEHOLDER.sub(lambda found: f'⟧{found[0]}⟦', sentence)}⟧"

    def plural(self, one, many, count):
        return self.text(one if count == 1 else many)


def strings(value):
    """Every text inside facts; their keys are no data, nor is on which side a row of a cost sheet stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, each in value.items() if key != "side" for text in strings(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in strings(each))


def texts(shown):
    """Everything that a picture tells: caption, names and labels, tables, and the rows of plans."""
    yield shown.conclusion
    yield from shown.table.columns
    yield from (cell for row in shown.table.rows for cell in row)
    if shown.svg:
        yield from (each.text or "" for each in fromstring(shown.svg).iter())
    for _side, tree in shown.trees:
        yield from (*tree.columns, tree.conclusion, tree.left_out)
        for row in tree.rows:
            yield from (row.title, *row.details, row.exclusive, row.share, *row.cells, row.misjudged)


def loose(told, facts):
    """The words in no bracket that are neither in the facts nor units."""
    data = [cut for text in strings(facts) for cut in (text, text[:LONGEST_NAME])]
    known = {word for text in data for word in WORD.findall(text)} | UNITS | EXPLAINED
    found = {word for text in told for word in WORD.findall(BRACKETED.sub("|", text))}
    return {word for word in found - known if not is_cut(word, known)}


def is_cut(word, known):
    return word.endswith("…") and any(each.startswith(word[:-1]) for each in known)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_every_word_of_a_picture_is_marked(sample):
    report = registry.inspect(Source(sample.name, FOLDER / sample))
    file = File("slot", sample.name, report.kind, report.facts)

    with speaking(Bracketed()):
        drawn = [
            *figures(report.kind, report.facts, is_paired=False),
            *figures_among(file, [file]),
        ]
        pair = pair_figure(report.kind, report.facts, report.facts)

    told = [text for each in drawn for text in (each.title, *texts(each.shown))]
    assert loose([*told, *(texts(pair) if pair else ())], report.facts) == set()


FIRST = node(
    "Nested Loop",
    node(relation="orders", rows_removed_by_filter=5, loops=3, conditions={"filter": "a"}),
    node("Sort", sort={"method": "quicksort", "space_kb": 25, "space_type": "Disk"}, actual_rows=900),
    workers={"planned": 2, "launched": 1},
    buffers={"shared_hit": 5, "shared_read": 6, "temp_written": 7},
)
SECOND = node("Index Scan", relation="orders", index="by_user", ms=0.1)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("postgres_plan", {"plans": [plan(FIRST)]}, {"plans": [plan(SECOND)]}),
        ("postgres_plan", {"plans": [plan(SECOND)]}, {"plans": [plan(FIRST)]}),
        ("postgres_plan", {"plans": [plan(SECOND)]}, {"plans": [plan(node(relation="users"))]}),
        ("latency_table", latency(), latency(scale=0.1)),
        ("latency_table", latency(), latency(scale=1.1)),
        ("latency_table", latency(n=60), latency(n=70, p99=None)),
    ],
)
def test_every_word_of_two_sides_is_marked(kind, before, after):
    with speaking(Bracketed()):
        shown = pair_figure(kind, before, after)

    assert loose(texts(shown), [before, after]) == set()


def test_every_word_of_counts_is_marked():
    counted = [("Alpha", 1_400), ("Beta", 7)]

    with speaking(Bracketed()):
        drawn = [counted_bars.funnel(counted), counted_bars.waits(counted)]

    assert [loose(texts(Shown(one.conclusion, one.table, one.svg)), ["Alpha", "Beta"]) for one in drawn] == [
        set(),
        set(),
    ]


def test_the_reader_of_words_sees_what_stands_outside():
    told = ["⟦Cost ⟧a request⟦ of ⟧orders⟦⟧", "12 ms", "quarterl…"]

    assert loose(told, {"name": "orders", "list": ["quarterly"]}) == {"request"}
