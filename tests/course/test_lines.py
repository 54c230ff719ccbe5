"""The line of every key and table, in documents that try to mislead the scan."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.lines import line_of, locate

MISLEADING = '''\
# a = 1
title = "[[moves]] # not a header"   # b = 2
"quoted key" = 'c = 3'
text = """
[[moves]]
key = "inside a string"
ends in two quotes"""""
raw = \'\'\'
d = "4
\'\'\'
list = [
  "e = 5",  # [f]
  [1, 2],
]
inline = { g = 6, h = [7] }
dotted.inner = 8

[table]
key = 1

[[moves]]
key = "first"
  [[moves.parts]]
  key = "a"
  [[moves.parts]]
  key = "b"
[[moves]]
key = "second"
[moves.more]
key = "c"
'''


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("text",), 4),
        (("raw",), 8),
        (("list",), 11),
        (("inline",), 15),
        (("dotted", "inner"), 16),
        (("table",), 18),
        (("table", "key"), 19),
        (("moves",), 21),
        (("moves", 0), 21),
        (("moves", 0, "parts", 0, "key"), 24),
        (("moves", 0, "parts", 1, "key"), 26),
        (("moves", 1), 27),
        (("moves", 1, "key"), 28),
        (("moves", 1, "more", "key"), 30),
        (("moves", 1, "absent"), 27),
        (("inline", "g"), 15),
        (("nowhere",), 1),
    ],
)
def test_a_key_or_table_has_the_line_where_it_is_written(where, line):
    tomllib.loads(MISLEADING)

    assert line_of(locate(MISLEADING), where) == line


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


def _written(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.lists(st.tuples(TEXTS, st.integers(0, 3), st.booleans()), min_size=1, max_size=12))
def test_any_strings_comments_and_blank_lines_leave_the_lines_right(rows):
    lines, expected = [], {}
    for index, (value, blanks, multi) in enumerate(rows):
        lines += ["# x = ["] * blanks
        expected[index] = len(lines) + 1
        body = _written(value)
        written = f'"""\n{body[1:-1]}\n"""' if multi else body
        lines += f"k{index} = {written} # {value}".split("\n")
    text = "\n".join(lines) + "\n"

    tomllib.loads(text)

    found = locate(text)
    assert {index: found[(f"k{index}",)] for index in expected} == expected
