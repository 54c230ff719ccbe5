"""Cost sheets: CSV and XLSX, in any sensible layout, computed again.

Read: long tables (a row for each layer and side), wide tables (columns before and after), blocks under titles, one
sheet for each layer; in English or German; lines of the bill as rows or columns; `$1,234.50`, `1.234,50 €`, `31.1M`,
`12 ¢`. Formulas of a workbook are computed here and held against the results stored beside them.

Facts (amounts in whole units of `currency`):
  format, sheets, cells, formulas           csv or xlsx; the names of its sheets; filled cells; cells with a formula
  currency, currency_is_named, currencies   the commonest (USD when none is named), whether one is, all that are
  traffic_source                            the text that says where the requests were counted, or null
  groups [{layer, side, name, cost, requests, cost_per_request, peak_factor, rates, lines, divided, divided_low,
           divided_high, is_consistent}]    layer: db, app, infra or empty; side: before, after or empty
     divided                                cost over requests of the same period, by the numbers of the sheet, or null
     lines [{line, …}]                      compute, database, storage, egress, load_balancer, logs, cache, other: …
  every number is {value, half_step, per, period, seconds, ref, label, is_peak, is_summed}: half_step is half a unit of
  the last digit written, per the requests a cost is for, seconds the length of its period, ref its cell: `B7`,
  `Sheet2!C4`, `line 3, cost_usd`.
"""

from __future__ import annotations

from app.evidence.cost_sheet import claims, traffic
from app.evidence.cost_sheet.recognition import sniff
from app.evidence.cost_sheet.rules import RULES
from app.evidence.findings import Report, phrase
from app.evidence.kind import Kind
from app.evidence.source import Source


def inspect(source: Source) -> Report:
    """Read, compute and check one sheet; raise `Unreadable` when there is no cost in it."""
    from app.evidence.cost_sheet.inspection import report

    return report(source)


KIND = Kind(
    "cost_sheet",
    phrase("Cost sheet"),
    sniff,
    inspect,
    RULES,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    together=traffic.compare,
)
