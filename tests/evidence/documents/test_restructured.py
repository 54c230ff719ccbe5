"""Pages in reStructuredText: each line where it stood, titles, code and tables as Markdown has them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.documents import markdown
from app.evidence.documents.restructured import as_markdown, is_page
from tests.evidence import budget

RUNBOOK = """========
DiskFull
========

:Owner: Ada

Diagnosis
---------

#. Look at it::

     df -h

.. code-block:: bash

   du -sh /var

See `the page <https://x.example>`_ and ``df``.
"""
LISTED = (
    ".. list-table::\n   :header-rows: 1\n\n   * - name\n     - owner\n"
    "   * - a | b\n     - Ada\n   * - c\n     - Tom\n"
)
COMMAS = '.. csv-table:: Switches\n   :header: "name", "owner"\n\n   "a, b", "Ada"\n   c, Tom\n'
GRID = (
    "+---+-----+\n| n | who |\n+===+=====+\n| a | Ada |\n|   | Eve |\n+---+-----+\n| c | Tom |\n+---+-----+\n"
)
SIMPLE = "===  ===\nn    who\n===  ===\na    Ada\nc    Tom\n===  ===\n"


def test_titles_code_and_links():
    document = markdown.read(as_markdown(RUNBOOK))

    assert [(section.level, section.title) for section in document.sections] == [
        (1, "DiskFull"),
        (2, "Diagnosis"),
    ]
    codes = [code for section in document.sections for code in section.code]
    assert [(code.language, code.text.strip()) for code in codes] == [("", "df -h"), ("bash", "du -sh /var")]
    assert "See [the page](https://x.example) and `df`." in as_markdown(RUNBOOK)


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        (LISTED, ("name", "owner"), [("a | b", "Ada"), ("c", "Tom")]),
        (COMMAS, ("name", "owner"), [("a, b", "Ada"), ("c", "Tom")]),
        (GRID, ("n", "who"), [("a", "Ada Eve"), ("c", "Tom")]),
        (SIMPLE, ("n", "who"), [("a", "Ada"), ("c", "Tom")]),
    ],
)
def test_a_table_of_every_form(text, header, rows):
    given = as_markdown(text)
    (table,) = [table for section in markdown.read(given).sections for table in section.tables]

    assert given.count("\n") == text.count("\n")
    assert tuple(table.header) == header
    assert [tuple(row) for row in table.rows if any(row)] == rows


@pytest.mark.parametrize(
    ("name", "head", "is_one"),
    [
        ("a.rst", "words", True),
        ("a.txt", "Title\n=====\n\n.. note:: words\n", True),
        ("a.md", "Title\n=====\n\nwords\n", False),
        ("a.txt", ".. note:: words\n", False),
        ("a.log", "----\n.. x\n", False),
    ],
)
def test_what_is_a_page(name, head, is_one):
    assert is_page(name, head) is is_one


@given(st.text(alphabet="ab|+-=* :.`#\n\t", max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_keeps_its_lines(text):
    assert as_markdown(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "piece", ["+-+-+\n| a |\n", "== ==\n", ".. list-table::\n   * - a\n", "a::\n\n b\n", "::\n", "a\n=\n"]
)
def test_a_long_page_is_read_in_two_seconds(piece):
    with budget.seconds(2):
        as_markdown(piece * (400_000 // len(piece)))
