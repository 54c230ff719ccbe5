"""Makes the workbooks among the samples: `python -m tests.evidence.cost_sheet.making` with LibreOffice on the PATH.

Workbooks of scripts are openpyxl's own output. Those of a spreadsheet were opened and saved by LibreOffice Calc 7.4,
which computed every formula; tampered copies change one stored number in its output.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from app.evidence import registry

SAMPLES = Path(registry.__file__).parent / "cost_sheet" / "samples"
HEADER = (
    "layer", "side", "period", "compute", "database", "storage", "egress", "load_balancer", "logs", "total (USD)",
    "requests", "cost per request", "price source",
)  # fmt: skip
FIXES = (
    ("db", "before", 310, 420, 75), ("db", "after", 310, 210, 75), ("app", "before", 310, 210, 75),
    ("app", "after", 155, 210, 75), ("infra", "before", 155, 210, 75), ("infra", "after", 155, 210, 31),
)  # fmt: skip
PRICES = "list prices eu-central-1, 2026-11-01"


def table():
    """One row for each layer and side, with formulas for the total and the quotient."""
    book = Workbook()
    page = book.active
    page.title = "Costs"
    page.append(HEADER)
    for row, (layer, side, compute, database, egress) in enumerate(FIXES, start=2):
        total, quotient = f"=SUM(D{row}:I{row})", f"=J{row}/K{row}"
        page.append(
            (layer, side, "month", compute, database, 60, egress, 28, 40, total, 31_100_000, quotient, PRICES)
        )
        page.cell(row, 10).number_format = '"$"#,##0.00'
        page.cell(row, 12).number_format = '"$"0.0000000'
    return book


def layers():
    """One sheet for each layer, before and after side by side, the requests on a sheet of their own."""
    book = Workbook()
    book.active.title = "Inputs"
    book.active.append(("Requests per month", 31_100_000))
    book.active.append(("Prices", PRICES))
    for name, before, after in (("Database", FIXES[0], FIXES[1]), ("Application", FIXES[2], FIXES[3])):
        page = book.create_sheet(name)
        page.append(("Cost per month (USD)", "Before", "After"))
        for at, line in enumerate(("Compute", "Database", "Data transfer"), start=2):
            page.append((line, before[at], after[at]))
        for line, cost in (("Storage", 60), ("Load balancer", 28), ("Logs", 40)):
            page.append((line, cost, cost))
        page.append(("Total", "=SUM(B2:B7)", "=SUM(C2:C7)"))
        page.append(("Cost per million requests", "=B8/Inputs!$B$1*1000000", "=C8/Inputs!$B$1*1000000"))
    return book


def price_list():
    """Prices on a sheet of their own, looked up by name, and numbers of all lines under names."""
    book = Workbook()
    inputs = book.active
    inputs.title = "Inputs"
    for row in (("Requests per month", 31_100_000), ("Hours per month", 730), ("Source", PRICES)):
        inputs.append(row)
    prices = book.create_sheet("Prices")
    for row in (
        ("Instance", "USD per hour"),
        ("m6i.large", 0.096),
        ("db.r6g.large", 0.25),
        ("cache.t4g", 0.034),
    ):
        prices.append(row)
    costs = book.create_sheet("Costs")
    costs.append(
        (
            "Line",
            "Instance",
            "Count",
            "Cost before (USD per month)",
            "Count after",
            "Cost after (USD per month)",
        )
    )
    lines = (("Compute", "m6i.large", 4, 2), ("Database", "db.r6g.large", 2, 1), ("Cache", "cache.t4g", 1, 1))
    for row, (line, instance, before, after) in enumerate(lines, start=2):
        price = f"VLOOKUP(B{row},Prices!$A$2:$B$4,2,FALSE)*HOURS"
        costs.append((line, instance, before, f"=C{row}*{price}", after, f"=E{row}*{price}"))
    costs.append(("Total", None, None, "=SUM(D2:D4)", None, "=SUM(F2:F4)"))
    costs.append(("Cost per request", None, None, "=D5/REQUESTS", None, "=F5/REQUESTS"))
    for name, cell in (("HOURS", "Inputs!$B$2"), ("REQUESTS", "Inputs!$B$1")):
        book.defined_names[name] = DefinedName(name, attr_text=cell)
    return book


def functions():
    """Every function and operator that is computed again, for LibreOffice to compute first."""
    book = table()
    page = book.create_sheet("Check")
    for row, value in enumerate((310, 420.5, -60, 75, 0.1, 28), start=1):
        page.cell(row, 1, value)
    formulas = (
        "SUM(A1:A6)", "AVERAGE(A1:A6)", "MIN(A1:A6)", "MAX(A1:A6,500)", "COUNT(A1:A9)", "PRODUCT(A1,A4)", "ABS(A3)",
        "ROUND(A2/7,2)", "ROUND(-2.5,0)", "ROUND(12345,-2)", "ROUNDUP(A2/7,1)", "ROUNDDOWN(A3/7,1)",
        "IF(A1>A2,1,IF(A1<>310,2,3))", "IFERROR(A1/0,7)", "SUMPRODUCT(A1:A3,A4:A6)", "-A3^2", "A6^2^A5", "-(A1+A2)*2",
        "A1%*50", "A1-A2-A4", "A1/A2/A4", "(A1=310)*5", "SUM(A:A)", "Costs!J2/Costs!K2*1000", "SUM($A$1:A3)*1.5E1",
        "1-A5*3", "MAX(0,A3)", "A1>=A2", "IF(A3<0,-A3)",
    )  # fmt: skip
    for row, formula in enumerate(formulas, start=1):
        page.cell(row, 3, f"={formula}")
    return book


def changed(book, cells, sheet="Costs"):
    for place, value in cells.items():
        book[sheet][place] = value
    return book


def hidden_rows():
    book = table()
    book["Costs"].row_dimensions[3].hidden = True
    return book


def hidden_sheet():
    book = layers()
    book["Inputs"].sheet_state = "hidden"
    return book


def hidden_words():
    """A hidden sheet of notes hides no number."""
    book = table()
    page = book.create_sheet("Notes")
    page.append(("Prices are on demand",))
    page.sheet_state = "hidden"
    return book


def no_costs():
    book = Workbook()
    book.active.append(("timestamp", "latency_ms"))
    book.active.append((1, 12.5))
    return book


SCRIPTED = {
    "C4-trigger-no-values.xlsx": table(),
    "C4-trigger-price-list.xlsx": price_list(),
    "C4-trigger-circle.xlsx": changed(table(), {"J3": "=SUM(D3:J3)"}),
    "G1-trigger-no-costs.xlsx": no_costs(),
}
RECALCULATED = {
    "clean-table.xlsx": table(),
    "clean-layers.xlsx": layers(),
    "clean-functions.xlsx": functions(),
    "C3-trigger-typed.xlsx": changed(table(), {"L4": 0.0000232}),
    "C3-trigger-other-range.xlsx": changed(table(), {"J5": "=SUM(D5:H5)"}),
    "C3-trigger-no-references.xlsx": changed(table(), {"L2": "=933/31100000"}),
    "C4-trigger-divided-by-nothing.xlsx": changed(table(), {"L4": "=J4/N4"}),
    "C4-trigger-hidden-rows.xlsx": hidden_rows(),
    "C4-trigger-hidden-sheet.xlsx": hidden_sheet(),
    "C4-near-miss-hidden-words.xlsx": hidden_words(),
    "C6-trigger-hours.xlsx": changed(table(), {"D2": "=0.4246*730", "E2": "=0.5645*744"}),
    "C6-near-miss-hours.xlsx": changed(table(), {"D2": "=0.4246*730", "E2": "=0.5754*730"}),
}


def recalculated(path, form="xlsx"):
    """The workbook as LibreOffice writes it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", "--convert-to", form, "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True)
        target = path.with_suffix(f".{form.split(':')[0]}")
        shutil.copy(Path(folder) / target.name, target)


def tampered(source, target, member, old, new):
    """A copy with one replacement in one member; everything else as it was."""
    with ZipFile(source) as archive, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for item in archive.infolist():
            data = archive.read(item)
            if item.filename == member:
                assert len(re.findall(old, data)) == 1, (target, re.findall(old, data))
                data = re.sub(old, new, data)
            copy.writestr(item, data)


def main():
    for name, book in (SCRIPTED | RECALCULATED).items():
        book.save(SAMPLES / name)
    for name in RECALCULATED:
        recalculated(SAMPLES / name)
    table = SAMPLES / "clean-table.xlsx"
    for form, name in (
        ("csv", "clean-libreoffice.csv"),
        ("ods", "G1-trigger.ods"),
        ("xls", "G1-trigger.xls"),
    ):
        recalculated(table, form)
        table.with_suffix(f".{form}").rename(SAMPLES / name)
    sheet = "xl/worksheets/sheet1.xml"
    tampered(table, SAMPLES / "C4-trigger-stale.xlsx", sheet, rb"(J3.{0,200}?<v>)723<", rb"\g<1>700<")
    tampered(table, SAMPLES / "C4-trigger-link.xlsx", sheet, rb">J2/K2<", rb">J2/[1]Prices!K2<")
    unread = SAMPLES / "C4-trigger-not-computed.xlsx"
    tampered(table, unread, sheet, rb">J2/K2<", rb">J2/OFFSET(K2,0,0)<")
    (SAMPLES / "G1-trigger-cut.xlsx").write_bytes(table.read_bytes()[:3000])
    with ZipFile(table) as archive, ZipFile(SAMPLES / "G1-trigger-macros.xlsm", "w", ZIP_DEFLATED) as copy:
        for item in archive.infolist():
            copy.writestr(item, archive.read(item))
        copy.writestr("xl/vbaProject.bin", b"\xcc\x61\xff\xff")
    names = "".join(f"{name:\0<32}" for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    (SAMPLES / "G1-trigger-password.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names.encode("utf-16-le")
    )


if __name__ == "__main__":
    main()
