"""Mutated sheets and bombs: a report every time, the same for the same bytes, in words and in time."""

import io
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.cost_sheet.amounts import amount, has_decimal_commas
from app.evidence.cost_sheet.words import meaning
from app.evidence.source import Source
from tests.evidence import budget
from tests.evidence.cost_sheet.making import SAMPLES

MIB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = sorted(SAMPLES.glob("*.csv"))
BOOKS = sorted(SAMPLES.glob("*.xlsx"))
CELLS = (
    "", "933", "-1", "0", "1e999", "nan", "=A1", "=SUM(A:Z)", "=1/0", "#REF!", "$1,2,3", "1.2.3,4", "١٢", "before",
    "after", "db", "cost", "requests", "cost per request", "month", "per 0 requests", "$5 per 0", "x" * 500, '"', "\t",
    "€", "9" * 40, "app, before",
)  # fmt: skip
BYTES = (
    b"<",
    b"</c>",
    b'"',
    b"\0",
    b"&#0;",
    b"<f>",
    b"999999999999",
    b"nan",
    b't="s"',
    b"=",
    b"\xff",
    b"A1:XFD1048576",
)


def inspected(tmp_path, data, name="cost.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return registry.inspect(Source(name, path), "cost_sheet")


def require_a_sound_report(tmp_path, data, name):
    first, second = (inspected(tmp_path, data, name) for _ in range(2))
    assert output.as_json([(name, first)]) == output.as_json([(name, second)])
    assert "G11" not in {finding.code for finding in first.findings}


def book(members, base="clean-table.xlsx"):
    """A workbook with some members replaced or added."""
    made = io.BytesIO()
    with ZipFile(SAMPLES / base) as source, ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for item in source.infolist():
            if item.filename not in members:
                archive.writestr(item, source.read(item))
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def sheet(rows):
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{head}{rows}</sheetData></worksheet>".encode()


@st.composite
def tables(draw):
    """A sample whose cells and lines are replaced, doubled, dropped."""
    lines = draw(st.sampled_from(TEXTS)).read_bytes().decode("utf-8", "replace").split("\n")
    for _ in range(draw(st.integers(1, 8))):
        number = draw(st.integers(0, len(lines) - 1))
        cells = lines[number].split(",")
        cells[draw(st.integers(0, len(cells) - 1))] = draw(st.sampled_from(CELLS) | st.text(max_size=12))
        lines[number : number + draw(st.integers(0, 1))] = [",".join(cells)] * draw(st.integers(1, 2))
    return "\n".join(lines).encode("utf-8", "replace")


@st.composite
def workbooks(draw):
    """A workbook with the XML of one member, or the archive itself, cut and changed."""
    path = draw(st.sampled_from(BOOKS))
    data = path.read_bytes()
    if path.name.startswith("G1") or draw(st.integers(0, 3)) == 0:
        return draw(mutants(data))
    with ZipFile(path) as archive:
        name = draw(st.sampled_from([one for one in archive.namelist() if one.endswith(".xml")]))
        content = archive.read(name)
    return book({name: draw(mutants(content))}, path.name)


@st.composite
def mutants(draw, data):
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(changed)))
        if draw(st.booleans()):
            changed[at:at] = draw(st.sampled_from(BYTES)) * draw(st.integers(1, 3))
        else:
            del changed[at : at + draw(st.integers(1, 60))]
    return bytes(changed)


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(tables())
def test_any_table_gives_a_report_and_the_same_one_twice(tmp_path, data):
    require_a_sound_report(tmp_path, data, "cost.csv")


@FUZZ
@given(workbooks())
def test_any_workbook_gives_a_report_and_the_same_one_twice(tmp_path, data):
    require_a_sound_report(tmp_path, data, "cost.xlsx")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=90) | st.text("0123456789.,$€ %¢kMper/()-", max_size=40))
def test_any_cell_is_a_number_or_a_word(text):
    meaning(text)
    for commas in (True, False):
        found = amount(text, decimal_commas=commas)
        assert found is None or (abs(found.value) < 1e308 and found.half_step >= 0 and found.per > 0)


@pytest.mark.parametrize(
    ("cell", "commas", "value"),
    [
        ("933", False, 933), ("$1,234.50", False, 1234.5), ("1.234,50 €", True, 1234.5), ("31.1M", False, 31.1e6),
        ("31.100.000", False, 31.1e6), ("31,100,000", True, 31.1e6), ("0,00003", True, 0.00003),
        ("(5.00)", False, -5),
        ("1 234,5", True, 1234.5), ("1\u202f234\u202f567", False, 1234567), ("12'345.60", False, 12345.6),
        ("-$5", False, -5), ("3e-05", False, 3e-05), ("12 ¢", False, 12), ("45 %", False, 0.45),
        ("USD 933", False, 933),
        ("1,234", False, 1234), ("1.234", True, 1234), ("~$40", False, 40), ("$0.03 per 1,000 requests", False, 0.03),
        ("$933/month", False, 933),
        ("12,34,5", False, None), ("2026-11-01", False, None), ("10.0.0.1", False, None), ("v2", False, None),
        ("5 GB", False, None), ("1_000", False, None), ("", False, None), ("--5", False, None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(cell, commas, value):
    found = amount(cell, decimal_commas=commas)

    assert (None if found is None else found.value) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("cells", "commas"),
    [
        (["1,234", "0,00003"], True),
        (["1,234", "12.5"], False),
        (["1,234"], False),
        (["1.234,5", "7"], True),
        (["1.5", "1,5"], False),
    ],
)
def test_the_clear_cells_of_a_file_decide_what_a_comma_is(cells, commas):
    assert has_decimal_commas(cells) is commas


SHARED = '<row r="{0}"><c r="B{0}"><f t="shared" si="0" ref="B1:B999">{1}</f><v>1</v></c></row>'
BOMBS = {
    "a sheet of zeros": lambda: {"xl/media/zeros.bin": bytes(120 * MIB)},
    "a small archive that grows 900 times": lambda: {"xl/media/zeros.bin": bytes(40 * MIB)},
    "thousands of parts": lambda: {f"xl/media/{number}.png": b"" for number in range(2_001)},
    "five megabytes of styles": lambda: {"xl/styles.xml": b"<a>" + bytes(range(65, 91)) * 200_000 + b"</a>"},
    "a cell in the last row": lambda: {SHEET: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
    "a cell in the last column": lambda: {SHEET: sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')},
    "too many cells": lambda: {
        SHEET: sheet(
            "".join(f'<row r="{r}">' + f'<c r="A{r}"><v>1</v></c>' * 10 + "</row>" for r in range(1, 1100))
        )
    },
    "a long formula copied a thousand times": lambda: {
        SHEET: sheet("".join(SHARED.format(r, "1+" * 3000 + "1" if r == 1 else "") for r in range(1, 1000)))
    },
    "a formula longer than any": lambda: {
        SHEET: sheet(f'<row r="1"><c r="A1"><f>{"1+" * 5000}1</f></c></row>')
    },
}


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_are_refused_in_words_before_they_are_opened(tmp_path, what):
    data = book(BOMBS[what]())

    with budget.seconds(2):
        report = inspected(tmp_path, data, "cost.xlsx")

    assert [finding.code for finding in report.findings if finding.severity == "block"] == ["G2"]


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>'
BROKEN = {
    "an entity in the sheet": lambda: book({SHEET: ENTITY}),
    "an entity in the texts": lambda: book({"xl/sharedStrings.xml": ENTITY}),
    "an entity in the styles": lambda: book({"xl/styles.xml": ENTITY}),
    "half a sheet": lambda: book({SHEET: sheet("<row")}),
    "no workbook": lambda: book({"xl/workbook.xml": b""}),
    "an archive in the archive": lambda: book({"xl/inner.zip": b"PK\x03\x04"}),
    "a path out of the archive": lambda: book({"../../etc/passwd": b"x"}),
    "a text that is not there": lambda: book(
        {SHEET: sheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>')}
    ),
    "a style that is not there": lambda: book(
        {SHEET: sheet('<row r="1"><c r="A1" s="9999"><v>1</v></c></row>')}
    ),
    "a date beyond the calendar": lambda: book(
        {SHEET: sheet('<row r="1"><c r="A1" t="d"><v>9e99</v></c></row>')}
    ),
    "the start of an archive": lambda: (SAMPLES / "clean-table.xlsx").read_bytes()[:200],
    "two bytes": lambda: b"PK\x03\x04",
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_workbooks_are_refused_in_words(tmp_path, what):
    report = inspected(tmp_path, BROKEN[what](), "cost.xlsx")

    assert [finding.code for finding in report.findings if finding.severity == "block"] == ["G1"]


def lines(*rows):
    return ("layer,side,cost,requests,x\n" + "\n".join(rows)).encode()


SLOW = {
    "one line of a megabyte": lambda: lines("1," * 500_000),
    "one cell of a megabyte": lambda: lines("a" * MIB),
    "one quote of a megabyte": lambda: lines('"' + "a\n" * 500_000),
    "a megabyte of spaces": lambda: lines(" " * MIB),
    "a megabyte of digits and commas": lambda: lines(",".join(["1,2.3"] * 170_000)),
    "two thousand lines of costs": lambda: lines(*["db,before,$1.5,1000,y"] * 1_990),
    "cells that are nearly amounts": lambda: lines(*[f'"$ {"1 234" * 11} per",b,c' for _ in range(1_990)]),
    "labels of eighty letters": lambda: lines(*[f"{'cost per ' * 8}{n},1" for n in range(1_990)]),
    "a chain of formulas": lambda: lines(*[f"=A{n - 1}+1" for n in range(2, 1_990)]),
    "sums over everything": lambda: lines(*["=SUM(A1:E1990),=SUM(A:E),=SUM(A1:A1990)" for _ in range(1_990)]),
    "brackets in brackets": lambda: lines(*["=" + "(" * 300 + "1" + ")" * 300] * 1_990),
    "a circle of thousands": lambda: lines(*[f"=A{n + 1}" for n in range(2, 1_990)], "=A2"),
    "two hundred headers": lambda: lines(*[",".join(["before"] * 100)] * 180, "1," * 100),
}


@pytest.mark.parametrize("what", SLOW)
def test_a_megabyte_of_anything_is_answered_within_two_seconds(tmp_path, what):
    data = SLOW[what]()

    with budget.seconds(2):
        report = inspected(tmp_path, data)

    assert "G11" not in {finding.code for finding in report.findings}


def test_a_workbook_of_every_cell_allowed_is_read_within_two_seconds(tmp_path):
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{c}{r}"><f>SUM(A1:J{r})</f><v>{r}</v></c>' for c in "KLMN")
        + "</row>"
        for r in range(1, 1_990)
    )

    with budget.seconds(2):
        report = inspected(tmp_path, book({SHEET: sheet(cells)}), "cost.xlsx")

    assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize("requests", ["0", "-5", "1e-300", "n/a", ""])
def test_requests_that_are_none_divide_nothing(tmp_path, requests):
    rows = f"layer,side,cost,period,requests\ndb,before,933,month,{requests}\ndb,after,512,month,31100000\n"

    report = inspected(tmp_path, rows.encode())

    assert "G11" not in {finding.code for finding in report.findings}
    assert report.facts["groups"][1]["divided"] == pytest.approx(512 / 31.1e6)


CLOSED = """
import sys
from pathlib import Path
opened = []
places = tuple(str(Path(place).resolve()) for place in (sys.prefix, sys.base_prefix, *sys.argv[1:]))
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and not str(Path(arguments[0]).resolve()).startswith(places):
        opened.append(arguments[0])
sys.addaudithook(watch)
from app.evidence import cost_sheet
from app.evidence.source import Source
cost_sheet.inspect(Source("cost.xlsx", Path(sys.argv[2])))
print(opened)
"""


def test_reading_a_workbook_opens_no_file_of_the_machine():
    root = Path(registry.__file__).parents[2]

    child = subprocess.run(
        [sys.executable, "-c", CLOSED, str(root), str(SAMPLES / "clean-table.xlsx")],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert child.stdout == "[]\n"


def test_formulas_of_a_csv_file_are_computed_and_none_is_executed(tmp_path):
    head = "layer,side,cost_usd,period,requests,cost_per_request"
    text = f"{head}\ndb,before,=900+33,month,31100000,=C2/E2\n=cmd|'/c calc'!A0,,1,,1,\n"

    report = inspected(tmp_path, text.encode())

    group = report.facts["groups"][0]
    assert (group["cost"]["value"], group["cost_per_request"]["value"]) == (933, pytest.approx(0.00003))
