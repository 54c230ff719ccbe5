"""Why a file in the place of a cost sheet is not read: the only findings of this kind that block."""

from app.evidence.findings import Rule, Severity

_CSV = "Save it as CSV: `libreoffice --headless --convert-to csv cost.xlsx`, or File, Download, CSV in Google Sheets."
_XLSX = (
    "Export it as XLSX or CSV: File, Save as in Excel and LibreOffice, File, Download in Google Sheets, "
    "File, Export to in Numbers."
)

NO_COSTS = Rule(
    "G1",
    Severity.BLOCK,
    "No cost was found in this sheet: no row or column with numbers is called cost, total or cost per request.",
    "Without a cost and the requests it paid for there is nothing to divide.",
    "Name the columns `layer,side,cost_usd,period,requests,cost_per_request`, with a row for each layer, before and "
    "after.",
    example="a table of latencies uploaded in the place of the cost sheet",
)
NOT_A_TABLE = Rule(
    "G1",
    Severity.BLOCK,
    "The table could not be read past line {line}.",
    "A table that the checks cannot read cannot back a number.",
    "Look for a quote that is opened and never closed, and export the sheet again as CSV in UTF-8.",
    example='a note that begins with `"` and runs to the end of the file',
)
DAMAGED_WORKBOOK = Rule(
    "G1",
    Severity.BLOCK,
    "The workbook cannot be opened: {reason}.",
    "Nobody can read a damaged workbook, neither the checks nor your reviewer.",
    "Open it in your spreadsheet and save it again as XLSX. " + _CSV,
    example="an XLSX file whose upload stopped half way",
)
OTHER_FORMAT = Rule(
    "G1",
    Severity.BLOCK,
    "This is {what}, which is not read here.",
    "The formulas of a cost sheet are computed again; that works with XLSX, and CSV shows at least the numbers.",
    _XLSX,
    example="an old .xls workbook, or one that asks for a password",
)
MACROS = Rule(
    "G1",
    Severity.BLOCK,
    "This workbook holds macros, so it is not opened.",
    "A macro is a program, and a reviewer does not run other people's programs to read a sum.",
    "Save it as .xlsx, which drops the macros and keeps the formulas.",
    example="costs.xlsm",
)
BOMB = Rule(
    "G2",
    Severity.BLOCK,
    "The workbook holds {members} parts and {megabytes} MB once unpacked, which is not opened.",
    "A small archive that grows without end when unpacked can stop the checks for everybody.",
    "Copy the cost sheet alone into a new workbook. " + _CSV,
    example="a workbook of 300 kB that unpacks to 300 MB",
)
TOO_MUCH_XML = Rule(
    "G2",
    Severity.BLOCK,
    "The workbook has more than {limit_mb} MB of cells, formulas and styles, more than is read of a cost sheet.",
    "A cost sheet has a few hundred cells; the rest hides them from your reviewer too.",
    "Copy the sheet with the costs alone into a new workbook. " + _CSV,
    example="a workbook that holds the whole bill of a year beside the summary",
)
TOO_MANY_CELLS = Rule(
    "G2",
    Severity.BLOCK,
    "The sheet has more than {most} filled cells or more than {rows} rows, which is more than is read of a cost sheet.",
    "A cost sheet has a few hundred cells; a whole bill hides the numbers that matter.",
    "Upload the summary: for each layer, before and after, the cost of a period and its requests.",
    example="the detailed bill of a cloud provider with a row for every hour",
)

REFUSALS: tuple[Rule, ...] = (
    NO_COSTS, NOT_A_TABLE, DAMAGED_WORKBOOK, OTHER_FORMAT, MACROS, BOMB, TOO_MUCH_XML, TOO_MANY_CELLS,
)  # fmt: skip
