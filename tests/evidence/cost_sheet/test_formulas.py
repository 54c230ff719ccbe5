"""Formulas as steps, cells that depend on each other, and cells that break the pattern of their line."""

import pytest

from app.evidence.cost_sheet import patterns
from app.evidence.cost_sheet.book import Amount, Book, Cell, Sheet, column_of, letters
from app.evidence.cost_sheet.evaluation import CIRCLE, Evaluation
from app.evidence.cost_sheet.formula import parsed
from app.evidence.cost_sheet.patterns import relative
from app.evidence.cost_sheet.values import Fault


def place(name):
    column = name.rstrip("0123456789")
    return int(name[len(column) :]), column_of(column)


def book(cells, **others):
    """A book from numbers, texts and formulas by the names of their cells; other sheets by keyword."""
    sheets = [Sheet(name, {place(at): cell(value) for at, value in found.items()}) for name, found in
              {"Costs": cells, **others}.items()]  # fmt: skip
    return Book(
        "xlsx", sheets, names={"HOURS": "Prices!$B$2", "FACTOR": "1.5", "ALL_COSTS": "Costs!$A$1:$A$3"}
    )


def cell(value):
    if isinstance(value, str) and value.startswith("="):
        return Cell(value, formula=value, is_cached=False)
    return Cell(str(value), None if isinstance(value, str) else Amount(float(value)))


def values(cells, **others):
    evaluation = Evaluation(book(cells, **others))
    return {
        f"{letters(column)}{row}": value
        for (name, (row, column)), value in evaluation.values.items()
        if name == "costs"
    }


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7), ("=(1+2)*3", 9), ("=-2^2", 4), ("=2^-1", 0.5), ("=10-4-3", 3), ("=50%*8", 4), ("=+A1", 310),
        ("=SUM(A1:A3)", 351), ("=SUM(A1,A2,9)", 359), ("=SUM(A:A)", 352), ("=A1/A4", 310), ("=IF(A1>300,1,1/0)", 1),
        ("=IF(A1<300,1)", 0), ("=IFERROR(A1/0,5)", 5), ("=AVERAGE(A1:B3)", 117), ("=ROUND(2.675,2)", 2.68),
        ("=ROUND(1250,-2)", 1300), ("=$A$1*2", 620), ("=Prices!B2+1", 3), ("='Prices'!B2*A1", 620),
        ("=COUNT(A1:B9)", 4),
        ("=A1*HOURS", 620), ("=hours+FACTOR", 3.5), ("=SUM(All_Costs)", 351), ('=IF(A1>1,HOURS,"HOURS")', 2),
        ('=VLOOKUP("two",Prices!A1:C3,2,FALSE)', 2), ('=VLOOKUP("TWO",Prices!$A$1:$C$3,3,0)', 8),
        ("=VLOOKUP(40,A1:A4,1,0)", 40),
        ('=XLOOKUP("two",Prices!A1:A3,Prices!C1:C3)', 8), ('=_xlfn.XLOOKUP("TEN",Prices!A1:A3,Prices!B1:B3,5)', 5),
        ('=INDEX(Prices!C1:C3,MATCH("two",Prices!A1:A3,0))', 8), ("=INDEX(Prices!A1:C3,2,MATCH(8,Prices!A2:C2,0))", 8),
        ("=SUMIF(A1:A4,\">=40\")", 350), ('=SUMIF(Prices!D1:D3,"db",Prices!E1:E3)', 30),
        ('=SUMIFS(Prices!E1:E3,Prices!D1:D3,"db",Prices!E1:E3,"<20")', 10), ('=COUNTIF(Prices!D1:D3,"DB")', 2),
        ('=SUMIF(Prices!D1:D3,"<>db",Prices!E1:E3)', 4), ('=AVERAGEIF(Prices!D1:D3,"db",Prices!E1:E3)', 15),
        ('=IF(Prices!D1="db",2,3)', 2), ('=IF(Prices!D2<>"db",2,3)', 2), ("=IF(AND(A1>1,OR(A2>99,A3=1)),7,8)", 7),
        ("=INT(7.9)+INT(-0.5)", 6), ("=SUMPRODUCT(Prices!B1:B3,Prices!C1:C3)", 16), ("=SUMPRODUCT(G1:G3,H1:H3)", 6),
        ("=max(a1:a3)", 310), ("=1.5E3", 1500), ("=.5", 0.5), ("=IF(A1<>A2,A1>=A2,0)", 1), ("=SUM()", 0),
    ],
)  # fmt: skip
def test_a_formula_is_computed(formula, value):
    cells = {"A1": 310, "A2": 40, "A3": 1, "A4": "=A3", "B1": "words", "C1": formula}
    gaps = {"G1": 2, "G3": 5, "H1": 3, "H2": 7}
    kinds = {"D1": "db", "D2": "cache", "D3": "DB", "E1": 10, "E2": 4, "E3": 20}

    found = values(cells | gaps, Prices={"A1": "one", "A2": "two", "B2": 2, "C2": 8} | kinds)

    assert found["C1"] == pytest.approx(value)


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        ("=1/0", "#DIV/0!"),
        ("=VLOOKUP(7,A1:A2,1,FALSE)", "#N/A"),
        ("=XLOOKUP(7,A1:A2,A1:A2)", "#N/A"),
        ("=MATCH(7,A1:A2,0)", "#N/A"),
        ("=A1/A9", "#DIV/0!"),
        ("=10^400", "#NUM!"),
        ("=AVERAGE(B1:B2)", "#DIV/0!"),
    ],
)
def test_an_error_is_a_value_and_passes_on(formula, error):
    found = values({"A1": 1, "B1": "words", "C1": formula, "C2": "=C1+1"})

    assert (found["C1"], found["C2"]) == (Fault(error), Fault(error))


@pytest.mark.parametrize(
    "formula",
    ["=", "=SUM(", "=1+", "=()", "=A1 A2", "=)", "=1,2", "=(1,2)", "=Price*2", "=[1]Prices!A1", "={1,2}", "=A1:",
     "=!A1", "=#REF!+1", "=Table1[cost]", "=SUM(1,)", "=A1;;2",
     "=1" + "+1" * 1500, "=" + "(" * 700, "=cmd|'/c calc'!A0"],
)  # fmt: skip
def test_what_is_not_read_is_not_guessed(formula):
    assert parsed(formula) is None


@pytest.mark.parametrize(
    "formula",
    [
        "=VLOOKUP(A1,A1:B2,2)",
        "=VLOOKUP(A1,A1:B2,2,TRUE)",
        '=VLOOKUP("w*",D1:D1,1,0)',
        "=XLOOKUP(A1,A1:A2,A1:B2)",
        "=XLOOKUP(A1,A1:A2,A1:A2,0,-1)",
        "=MATCH(A1,A1:A2)",
        "=INDEX(A1:A2,9)",
        '=SUMIF(D1:D2,"w*",A1:A2)',
        '=COUNTIF(A1:A9,"<>1")',
        '=SUMIF(A1:A2,">M")',
        "=OTHER*2",
        '=A1&" USD"',
        "=NOW()",
        "=A1:A2",
        "=Other!A1",
        "=IF(A1:A2,1,2)",
        "=D1*2",
    ],
)
def test_what_is_not_computed_has_no_value(formula):
    assert "C1" not in values({"A1": 1, "A2": 2, "B2": 5, "C1": formula, "D1": "words"})


def test_cells_are_computed_after_the_cells_they_read_however_far():
    chain = {f"A{row}": f"=A{row + 1}+1" for row in range(1, 1_999)} | {"A1999": 1}

    assert values(chain)["A1"] == 1_999


def test_a_circle_has_no_value_and_what_hangs_on_it_neither():
    evaluation = Evaluation(book({"A1": "=A2+1", "A2": "=A3", "A3": "=A1", "B1": "=A1*2", "C1": "=1+1"}))

    found = {at: value for (_, at), value in evaluation.values.items()}
    assert found == {(1, 1): CIRCLE, (2, 1): CIRCLE, (3, 1): CIRCLE, (1, 2): CIRCLE, (1, 3): 2.0}
    assert evaluation.circular == {("costs", (1, 1))}


@pytest.mark.parametrize(
    ("formula", "at", "form"),
    [
        ("=C2/E2", "F2", "=R[0]C[-3]/R[0]C[-1]"),
        ("=C3/E3", "F3", "=R[0]C[-3]/R[0]C[-1]"),
        ("=C3/$E$1", "F3", "=R[0]C[-3]/R1C5"),
        ("=sum(b$2:b7)", "B8", "=SUM(R2C[0]:R[-1]C[0])"),
    ],
)
def test_a_formula_is_compared_by_the_way_to_its_cells(formula, at, form):
    assert relative(formula, place(at)) == form


def column(*cells):
    return {f"C{row}": value for row, value in enumerate(cells, start=1)}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            column("=A1/B1", "=A2/B2", 5, "=A4/B4", "=A5/B5"),
            ["C3 is typed in (5); C1, C2, C4, C5 are formulas."],
        ),
        (
            column("=A1/B1", "=A2/B1", "=A3/B3", "=A4/B4"),
            ["C2 computes something else (=A2/B1) than C1, C3, C4 (=A1/B1)."],
        ),
        (column("=A1/B1", 5, "=A3/B3"), []),
        (column("=A1/B1", "=A2/B2", "=A3/B3", "=SUM(C1:C3)"), []),
        (column(7, "=A2/B2", "=A3/B3", "=A4/B4"), []),
        (column("=A1/B1", 5, "=A3/B3", 6, "=A5/B5", 7, "=A7/B7"), []),
        (column("=A1/$B$1", "=A2/$B$1", "=A3/$B$1", "=A4/$B$1"), []),
    ],
)
def test_a_cell_is_odd_only_between_cells_that_agree(cells, said):
    assert [finding.message for finding in patterns.check(book(cells))] == said


def test_a_row_has_a_pattern_too():
    cells = {"B2": "=B1*2", "C2": "=C1*2", "D2": 9, "E2": "=E1*2", "F2": "=F1*2"}

    assert [finding.message for finding in patterns.check(book(cells))] == [
        "D2 is typed in (9); B2, C2, E2, F2 are formulas."
    ]
