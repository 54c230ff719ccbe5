"""Workbooks before they are opened: zip bombs, macros, passwords and formats of other programs are refused in words.

What is counted here bounds the work that follows: cells, formula text, and copies of shared formulas.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from zipfile import BadZipFile, LargeZipFile, ZipFile

from defusedxml.ElementTree import iterparse

from app.evidence.cost_sheet.book import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, column_of
from app.evidence.cost_sheet.refusals import (
    BOMB,
    DAMAGED_WORKBOOK,
    MACROS,
    OTHER_FORMAT,
    TOO_MANY_CELLS,
    TOO_MUCH_XML,
)
from app.evidence.findings import Unreadable, phrase
from app.evidence.source import Source

MIB = 1024 * 1024
MOST_UNPACKED = 100 * MIB
MOST_RATIO = 200
MOST_MEMBERS = 2_000
MOST_SHEETS = 50
MOST_XML = 4 * MIB
"""Of sheets, texts and styles together: more than any cost sheet has, and read in about a second."""
LONGEST_FORMULA = 8_192
MOST_SHARED = 400_000
"""Letters of shared formulas that may be copied into their cells, each copied as often as it is used."""
PARSED = re.compile(
    r"xl/(worksheets/[^/]{1,100}\.xml|sharedStrings\.xml|styles\.xml|workbook\.xml|theme/.{1,100})", re.I
)
BROKEN = (
    BadZipFile, LargeZipFile, zlib.error, ArithmeticError, AssertionError, AttributeError, EOFError,
    LookupError, NotImplementedError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
"""What damaged archives and XML make their readers raise, lxml's included, which openpyxl takes where it is."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class Hidden:
    """Rows and columns of one sheet that its author has hidden."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Counted:
    cells: int = 0
    copied: int = 0
    shared: dict[str, int] = field(default_factory=dict)


def looked_through(source: Source) -> dict[str, Hidden]:
    """What is hidden, by the name of the sheet's member; raise `Unreadable` for what must not or cannot be opened."""
    if source.head_bytes.startswith(OLE2):
        raise Unreadable(OTHER_FORMAT.at(what=_ole2(source.head_bytes)))
    try:
        with ZipFile(source.path) as archive:
            _require_harmless(archive)
            return {name: _hidden(archive, name) for name in _sheets(archive)}
    except BROKEN as error:
        raise Unreadable(DAMAGED_WORKBOOK.at(reason=reason(error))) from error


def reason(error: Exception) -> str:
    """Why a workbook cannot be read, in words that mean something to its author."""
    if isinstance(error, BadZipFile | LargeZipFile | zlib.error | EOFError):
        return phrase("the archive is broken or ends too early")
    return (
        phrase("its XML is broken")
        if isinstance(error, SyntaxError)
        else phrase("its parts do not fit together")
    )


def _ole2(head: bytes) -> str:
    """An encrypted .xlsx is packed like an old .xls."""
    if "EncryptedPackage".encode("utf-16-le") in head:
        return phrase("a workbook with a password")
    return phrase("an old .xls workbook, or a workbook with a password")


def _require_harmless(archive: ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if (what := _other_format(archive, names)) is not None:
        raise Unreadable(OTHER_FORMAT.at(what=what))
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1024):
        raise Unreadable(BOMB.at(members=len(members), megabytes=round(unpacked / MIB)))
    if any(one.flag_bits & 1 for one in members):
        raise Unreadable(OTHER_FORMAT.at(what=phrase("a workbook with a password")))
    if any(_is_odd(name) for name in names):
        raise Unreadable(
            DAMAGED_WORKBOOK.at(reason=phrase("it holds archives or paths that no spreadsheet writes"))
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(MACROS.at())
    if sum(one.file_size for one in members if PARSED.fullmatch(one.filename)) > MOST_XML:
        raise Unreadable(TOO_MUCH_XML.at(limit_mb=MOST_XML // MIB))
    if not any(name.lower() == "xl/workbook.xml" for name in names):
        raise Unreadable(DAMAGED_WORKBOOK.at(reason=phrase("the archive holds no workbook")))


def _other_format(archive: ZipFile, names: set[str]) -> str | None:
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        kind = archive.read("mimetype")
        return phrase("an OpenDocument file (.ods)") if b"opendocument" in kind else None
    if any(name.endswith(".iwa") for name in names):
        return "a Numbers document"
    if any(name.lower() == "xl/workbook.bin" for name in names):
        return phrase("a binary workbook (.xlsb)")
    return "a Word document" if "word/document.xml" in names else None


def _is_odd(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        path.is_absolute()
        or ".." in path.parts
        or path.suffix.lower() in (".zip", ".xlsx", ".gz", ".7z", ".xlsm")
    )


def _sheets(archive: ZipFile) -> list[str]:
    found = [
        name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]{1,100}\.xml", name, re.I)
    ]
    if len(found) > MOST_SHEETS:
        raise Unreadable(TOO_MANY_CELLS.at(most=MOST_CELLS, rows=MOST_ROWS))
    return found


def _hidden(archive: ZipFile, name: str) -> Hidden:
    """One pass over the XML of a sheet, which also refuses what would take long to read."""
    hidden, counted = Hidden(), _Counted()
    with archive.open(name) as stream:
        for element in _elements(stream):
            if element.tag == f"{_MAIN}row" and element.get("hidden") in ("1", "true"):
                hidden.rows.add(int(element.get("r") or 0))
            elif element.tag == f"{_MAIN}col" and element.get("hidden") in ("1", "true"):
                first, last = int(element.get("min") or 0), int(element.get("max") or 0)
                hidden.columns.update(range(first, min(last, MOST_COLUMNS) + 1))
            elif element.tag == f"{_MAIN}c":
                _count(element, counted)
    return hidden


def _elements(stream: Any) -> Iterator[Any]:
    """Every element at its end, emptied once its row is done so that memory stays small."""
    for _, element in iterparse(stream, forbid_dtd=True):
        yield element
        if element.tag in (f"{_MAIN}row", f"{_MAIN}cols"):
            element.clear()


def _count(cell: Any, counted: _Counted) -> None:
    """Refuse too many filled cells, cells far outside, and formulas that would grow when they are copied."""
    formula = cell.find(f"{_MAIN}f")
    if formula is None and cell.find(f"{_MAIN}v") is None and cell.find(f"{_MAIN}is") is None:
        return
    counted.cells += 1
    place = _REF.fullmatch(cell.get("r") or "A1")
    is_outside = place is None or int(place[2]) > MOST_ROWS or column_of(place[1]) > MOST_COLUMNS
    text = "" if formula is None else formula.text or ""
    if formula is not None and formula.get("t") == "shared":
        index = formula.get("si") or ""
        counted.shared.setdefault(index, len(text))
        counted.copied += counted.shared[index]
    if is_outside or counted.cells > MOST_CELLS:
        raise Unreadable(TOO_MANY_CELLS.at(most=MOST_CELLS, rows=MOST_ROWS))
    if len(text) > LONGEST_FORMULA or counted.copied > MOST_SHARED:
        raise Unreadable(TOO_MUCH_XML.at(limit_mb=MOST_XML // MIB))
