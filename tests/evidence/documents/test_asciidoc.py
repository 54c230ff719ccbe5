"""AsciiDoc as Markdown: every line stands where it stood, and says what it said."""

import pytest

from app.evidence import registry
from app.evidence.documents import asciidoc, markdown
from app.evidence.source import Source
from tests.evidence import budget

PAGE = """\
= Payments
:console: https://console.internal

////
nobody reads this
////
== Find out [[find]]
// nor this
.Which errors
[source,bash]
----
shopctl errors <1>
== no heading
----
<1> Ten minutes.

. Look at link:{console}/d/1[the board,window=_blank].
* below
** further below
. See xref:db.adoc#pool[the pool] or <<find,above>>.
+
[,promql]
up == 0

Owner:: Ada +
Backup::
    Lin

Escalate
~~~~~~~~
[NOTE]
====
Call https://pager.internal[the pager^].
====
"""


def read(text):
    return markdown.read(asciidoc.as_markdown(text))


def test_every_line_stands_where_it_stood():
    assert asciidoc.is_page(PAGE)
    assert asciidoc.as_markdown(PAGE).count("\n") == PAGE.count("\n")
    assert [(one.level, one.title, one.line) for one in read(PAGE).sections] == [
        (1, "Payments", 1),
        (2, "Find out", 7),
        (3, "Escalate", 29),
    ]


def test_code_items_terms_and_links():
    _, found, last = read(PAGE).sections

    assert [(code.line, code.language, code.text) for code in found.code] == [
        (11, "bash", "shopctl errors\n== no heading\n"),
        (22, "promql", "up == 0\n"),
    ]
    assert [(text.line, text.text, text.is_item) for text in found.texts] == [
        (9, "Which errors", False),
        (15, "Ten minutes.", True),
        (17, "Look at the board.", True),
        (18, "below", True),
        (19, "further below", True),
        (20, "See the pool or above.", True),
        (25, "Owner: Ada", False),
        (26, "Backup: Lin", False),
    ]
    assert [link.address for section in (found, last) for link in section.links] == [
        "https://console.internal/d/1",
        "db.adoc#pool",
        "https://pager.internal",
    ]


@pytest.mark.parametrize(
    ("table", "header", "rows"),
    [
        ("|===\n|a |b\n\n|1 |2\n|3 |4\n|===", ("a", "b"), [(4, ("1", "2")), (5, ("3", "4"))]),
        ("|===\n|a |b\n\n|1\n|2\n\n|3\n|4\n|===", ("a", "b"), [(4, ("1", "2")), (7, ("3", "4"))]),
        ('[cols="1,1"]\n|===\n|a\n|b\n|1\n\nand more\n|2\n|===', ("a", "b"), [(5, ("1 and more", "2"))]),
        ("[cols=2*]\n|===\n|a |b |1 |2 |3 |4\n|===\n", ("a", "b"), [(4, ("1", "2")), (5, ("3", "4"))]),
        ("|===\n|a |b |c\n2+|1 |2\n.2+|3 |4 |5\n|6 |7\n|===", ("a", "b", "c"),
         [(3, ("1", "", "2")), (4, ("3", "4", "5")), (5, ("3", "6", "7"))]),
        ("|===\n|a |b\n2*|1\n|x \\| y s|2\n|===", ("a", "b"), [(3, ("1", "1")), (4, ("x | y", "2"))]),
        ("|===\n|a |b", ("a", "b"), []),
        ("|===\n\n|===\n\n|===\n|a |b\n|===", ("a", "b"), []),
    ],
)  # fmt: skip
def test_tables(table, header, rows):
    (section,) = read(f"{table}\n").sections
    (found,) = section.tables

    assert found.header == header
    assert list(zip(found.row_lines, found.rows, strict=True)) == rows


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        ("= Title\n\ntext", True),
        (":toc:\n// note\n[[top]]\n\n= Title", True),
        ("== Find out\n\n[source,bash]\n----\nx\n----\n", True),
        ("== Summary ==\n\n requests: 10", False),
        ("# Title\n\n= x", False),
        ("Title\n=====\n", False),
        ("[[switch]]\nname = 'x'", False),
        ('[options="header"]\n|====\n|QUERY PLAN\n', False),
        ("=== BEFORE\n", False),
        ("x = 1", False),
    ],
)
def test_what_begins_as_a_page_of_asciidoc(head, is_page):
    assert asciidoc.is_page(head) is is_page


@pytest.mark.parametrize(
    "line",
    [
        "{a}" * 900, "|x 99*|y .99+|z" * 200, "|", ". a", "** a", "link:" * 700, "[[" * 900, "https://a[" * 300,
        "<<a," * 900, "a:: b", "----", "[source]\nx\n", "|===", " " * 3000 + "x", "a <1>" * 700, "[" * 4000 + "]",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "page.adoc"
    start = f"= Runbook\n:a: {'x' * 290}\n\n== Diagnosis\n\n== Mitigation\n\n|===\n|a |b\n"
    path.write_text(start + (line + "\n") * (490_000 // (len(line) + 1)))

    with budget.seconds(2):
        registry.inspect(Source(path.name, path))


@pytest.mark.parametrize("line", ["[cols=", ":a", "//", "", "[source,", "= ", "include::"])
def test_a_head_of_anything_is_looked_at_at_once(line):
    with budget.seconds(0.1):
        asciidoc.is_page((line + "\n") * (65_000 // (len(line) + 1)))


@pytest.mark.parametrize(
    "text",
    [
        '= T\n\n,===\nname,owner\n"a, b",Ada\n,===\n',
        "= T\n\n:===\nname:owner\na, b:Ada\n:===\n",
        '= T\n\n[%header,format=csv]\n|===\nname,owner\n"a, b",Ada\n|===\n',
        "= T\n\n[format=csv,separator=;]\n|===\nname;owner\na, b;Ada\n|===\n",
    ],
)
def test_tables_of_separated_cells(text):
    (table,) = [
        table for section in markdown.read(asciidoc.as_markdown(text)).sections for table in section.tables
    ]

    assert (tuple(table.header), [tuple(row) for row in table.rows if any(row)]) == (
        ("name", "owner"),
        [("a, b", "Ada")],
    )
