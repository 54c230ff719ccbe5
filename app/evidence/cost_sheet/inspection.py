"""One cost sheet from bytes to report."""

from __future__ import annotations

from app.evidence.cost_sheet import arithmetic, change, contents, delimited, patterns, stored, workbook
from app.evidence.cost_sheet.archive import OLE2, ZIP
from app.evidence.cost_sheet.book import Book
from app.evidence.cost_sheet.facts import currency_of, facts_of
from app.evidence.cost_sheet.groups import grouped
from app.evidence.cost_sheet.refusals import NO_COSTS
from app.evidence.cost_sheet.tagging import tagged
from app.evidence.findings import Report, Unreadable
from app.evidence.source import Source


def report(source: Source) -> Report:
    """Facts and findings; raise `Unreadable` when there is no cost in the file."""
    book = _book(source)
    from_cells = stored.computed(book)
    numbers = tagged(book)
    groups = grouped(numbers)
    if not groups:
        raise Unreadable(NO_COSTS.at())
    currency = currency_of(numbers)
    findings = (
        *arithmetic.check(groups, currency),
        *patterns.check(book),
        *from_cells,
        *contents.missing_lines(groups),
        *contents.units(book, numbers),
        *change.check(groups, currency),
        *contents.not_found(groups),
    )
    return Report("cost_sheet", 1.0, facts_of(book, numbers, groups), findings)


def _book(source: Source) -> Book:
    is_workbook = source.head_bytes.startswith((ZIP, OLE2)) and not source.is_gzip
    return workbook.read(source) if is_workbook else delimited.read(source)
