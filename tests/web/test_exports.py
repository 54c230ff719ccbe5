"""Exports open in a spreadsheet as text: whatever somebody typed, nothing in them is calculated."""

import csv as table
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.web.exports import csv, safe

HOSTILE = [
    "=1+1", "=HYPERLINK(\"https://elsewhere.example\",\"click\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\x00=1",
    "  =1+1", "\"=1+1", "'=1+1", "＝1+1", "=cmd|' /C calc'!A0", "-1+1|cmd", "+49 30 1234", "- a list item",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_spreadsheet_would_calculate_becomes_text(typed):
    assert safe(typed) == "'" + typed


@pytest.mark.parametrize(
    "plain", ["Mira", "a=b", "1", "-1", "-1.5", "+2", "1e5", "", "2026-11-20", "O'Brien", None, 7, -7]
)
def test_everything_else_stays_as_it_is(plain):
    assert safe(plain) == str(plain)


@given(some.text(max_size=40))
def test_no_text_ever_begins_like_a_formula_unless_it_is_a_number(typed):
    cell = safe(typed)

    assert cell in {typed, "'" + typed}
    assert cell[:1] not in tuple("=@\t\r\x00＝＋－＠")
    assert cell[:1] not in tuple("+-") or float(cell) == float(cell) or cell.lower().endswith("nan")


@given(some.lists(some.lists(some.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_rows_come_back_as_they_went_in(rows):
    answer = csv("people.csv", ("a", "b"), rows)

    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    read = list(table.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read == [["a", "b"], *[[safe(cell) for cell in row] for row in rows]]


def test_it_is_a_download_that_nobody_keeps():
    headers = csv("people.csv", ("a",), []).headers

    assert headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert headers["Content-Type"].startswith("text/csv")
    assert headers["Cache-Control"] == "no-store"
