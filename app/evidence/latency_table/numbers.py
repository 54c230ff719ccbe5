"""How numbers and times are written in a table, for the sample (Python) and for the whole file (SQL).

Both sides must agree: what the sample calls a number, the engine must be able to read, and the other way round.
Numbers: `12.5`, `1e-3`, `12,5`, `1,234.5`, `1.234,5`, `12ms`, `1.2 s`. Times: epoch in s, ms, us or ns, seconds since
the start of the test, ISO 8601 with or without zone, Apache's and ctime's forms, days before months where points part
them and months before days where AM or PM is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum

from app.evidence.patterns import lazy

SCALES = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4}
LONGEST_CELL = 64
NEARLY_ALL = 0.9

_PLAIN = lazy(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = lazy(r"[+-]?\d{1,30},\d{1,30}", re.ASCII)
_THOUSANDS = lazy(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d{1,30})?", re.ASCII)
_POINTS = lazy(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d{1,30}", re.ASCII)
_WITH_UNIT = lazy(r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})) {0,9}([a-zµμ]{1,9})", re.ASCII)
_SUFFIXED = lazy(r"[+-]?\d{1,30}(\.\d{1,30})? {0,2}(ns|us|µs|μs|ms|s|sec|m|min)", re.ASCII)

UNIT_WORDS = {
    "ns": "ns", "nano": "ns", "nanos": "ns", "nanosecond": "ns", "nanoseconds": "ns", "nsec": "ns",
    "us": "us", "µs": "us", "μs": "us", "micro": "us", "micros": "us", "microsecond": "us",
    "microseconds": "us", "usec": "us",
    "ms": "ms", "milli": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms", "msec": "ms",
    "msecs": "ms",
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
}  # fmt: skip


class Writing(StrEnum):
    """How the numbers of one column are written."""

    PLAIN = "12.5"
    COMMA_DECIMAL = "12,5"
    THOUSANDS = "1,234.5"
    THOUSANDS_COMMA = "1.234,5"
    WITH_UNIT = "12ms"


_SHAPES = {
    Writing.PLAIN: _PLAIN,
    Writing.WITH_UNIT: _SUFFIXED,
    Writing.THOUSANDS: _THOUSANDS,
    Writing.THOUSANDS_COMMA: _POINTS,
    Writing.COMMA_DECIMAL: _COMMA,
}
TIME_FORMATS = {  # and the sign that must stand where: `strptime` takes as long to load as ten thousand numbers to read
    "%d/%b/%Y:%H:%M:%S %z": ("/", slice(1, 3)),
    "%d/%b/%Y:%H:%M:%S.%f": ("/", slice(1, 3)),
    "%d/%b/%Y:%H:%M:%S": ("/", slice(1, 3)),
    "%d/%b/%Y %H:%M:%S": ("/", slice(1, 3)),
    "%Y-%m-%d %H:%M:%S %z": ("-", slice(4, 5)),
    "%Y-%m-%d %H:%M:%S.%f %z": ("-", slice(4, 5)),
    "%Y-%m-%d %H:%M:%S UTC": ("-", slice(4, 5)),
    "%Y-%m-%d %H:%M:%S.%f UTC": ("-", slice(4, 5)),
    "%a, %d %b %Y %H:%M:%S GMT": (",", slice(3, 4)),
    "%a %b %d %H:%M:%S %Y": (" ", slice(3, 4)),
    "%Y/%m/%d %H:%M:%S.%f": ("/", slice(4, 5)),
    "%Y/%m/%d %H:%M:%S": ("/", slice(4, 5)),
    "%Y/%m/%d - %H:%M:%S": ("/", slice(4, 5)),
    "%d.%m.%Y %H:%M:%S.%f": (".", slice(2, 3)),
    "%d.%m.%Y %H:%M:%S": (".", slice(2, 3)),
    "%m/%d/%Y %I:%M:%S %p": ("/", slice(1, 3)),
}
ISO = "ISO 8601"


def is_number(cell: str) -> bool:
    return len(cell) <= LONGEST_CELL and any(shape.fullmatch(cell) for shape in _SHAPES.values())


def is_time(cell: str) -> bool:
    return bool(cell) and time_format([cell]) is not None


def writing_of(cells: Sequence[str]) -> Writing | None:
    """How nine tenths of the cells are written, or None when they are not numbers.

    `1,234` is a thousand when a point follows anywhere in the column or when no cell could be anything else: `0,512`
    is a fraction.
    """
    if not cells:
        return None
    for writing, shape in _SHAPES.items():
        hits = sum(len(cell) <= LONGEST_CELL and bool(shape.fullmatch(cell)) for cell in cells)
        if hits and _also_plain(writing, cells) + hits >= NEARLY_ALL * len(cells):
            return writing
    return None


def _also_plain(writing: Writing, cells: Sequence[str]) -> int:
    """Cells without any separator: `950` beside `1,234.5` belongs to the same writing."""
    if writing in (Writing.PLAIN, Writing.WITH_UNIT):
        return 0
    shape = lazy(r"[+-]?\d{1,30}(\.\d{1,2})?" if writing is Writing.THOUSANDS else r"[+-]?\d{1,30}", re.ASCII)
    return sum(len(cell) <= LONGEST_CELL and bool(shape.fullmatch(cell)) for cell in cells)


def is_doubtful(writing: Writing | None, cells: Sequence[str]) -> bool:
    """Three digits after every comma: `1,234` may be a thousand or a fraction."""
    return writing is Writing.THOUSANDS and all("." not in cell for cell in cells)


def number(cell: str, writing: Writing) -> float | None:
    """One cell as a number, in milliseconds when it carries its unit; None when it is not one."""
    if len(cell) > LONGEST_CELL:
        return None
    text = _western(cell.strip(), writing)
    if writing is Writing.WITH_UNIT and (match := _WITH_UNIT.fullmatch(text)):
        unit = UNIT_WORDS.get(match[2], "min" if match[2] in ("m", "min") else None)
        return None if unit is None else float(match[1]) * SCALES[unit]
    value = float(text) if _PLAIN.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _western(text: str, writing: Writing) -> str:
    match writing:
        case Writing.COMMA_DECIMAL:
            return text.replace(",", ".")
        case Writing.THOUSANDS:
            return text.replace(",", "")
        case Writing.THOUSANDS_COMMA:
            return text.replace(".", "").replace(",", ".")
        case _:
            return text


def decimals(cells: Sequence[str], writing: Writing) -> int:
    """The most digits after the decimal sign in any cell: how finely the tool writes."""
    found = [re.search(r"\.(\d+)", _western(cell, writing)) for cell in cells if len(cell) <= LONGEST_CELL]
    return max((len(match[1]) for match in found if match), default=0)


def number_sql(column: str, writing: Writing) -> str:
    """The expression that reads a column as a number; NULL where `number` says None, and for inf and nan."""
    match writing:
        case Writing.COMMA_DECIMAL:
            text = f"replace({column}, ',', '.')"
        case Writing.THOUSANDS:
            text = f"replace({column}, ',', '')"
        case Writing.THOUSANDS_COMMA:
            text = f"replace(replace({column}, '.', ''), ',', '.')"
        case Writing.WITH_UNIT:
            return _suffixed_sql(column)
        case _:
            text = column
    return f"try_cast(replace({text}, '_', '?') AS DOUBLE)"  # the engine would read 1_000 as a thousand


def _suffixed_sql(column: str) -> str:
    scale = " ".join(
        f"WHEN '{word}' THEN {SCALES[unit]!r}"
        for word, unit in (*UNIT_WORDS.items(), ("m", "min"), ("min", "min"))
    )
    value = f"try_cast(regexp_extract({column}, '^ *([+-]?[0-9.]+)', 1) AS DOUBLE)"
    return f"{value} * CASE regexp_extract({column}, '([a-zµμ]+) *$', 1) {scale} END"


def median(values: Iterable[float]) -> float:
    """The middle value, or the mean of the two in the middle, without the twenty modules behind `statistics`."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def shown(value: float | None) -> str:
    """Three digits for reading: 1384, 17.7, 0.0123."""
    if value is None:
        return "unknown"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def time_format(cells: Sequence[str]) -> str | None:
    """The format that reads nine tenths of the cells as a date and time."""
    if not cells:
        return None
    for form in (ISO, *TIME_FORMATS):
        hits = sum(moment(cell, form) is not None for cell in cells)
        if hits >= NEARLY_ALL * len(cells):
            return form
    return None


def moment(cell: str, form: str) -> float | None:
    """One cell as seconds since 1970; a time without a zone counts as UTC."""
    if not 10 <= len(cell) <= LONGEST_CELL:
        return None
    sign, place = TIME_FORMATS.get(form, ("-", slice(4, 5)))
    if sign not in cell[place]:
        return None
    with suppress(ValueError, OverflowError):
        found = _iso(cell) if form == ISO else datetime.strptime(cell, form)  # noqa: DTZ007  (a zone is added below)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None


def _iso(cell: str) -> datetime:
    """A fraction of a second is cut to microseconds, which is all a clock value can hold."""
    if (
        " " in cell[11:]
    ):  # Python takes a space before the zone, the engine does not; it has a form of its own
        raise ValueError(cell)
    return datetime.fromisoformat(re.sub(r"([.,]\d{6})\d+", r"\1", cell).replace(",", "."))


def moment_sql(column: str, form: str) -> str:
    """The expression that reads a column of dates as seconds since 1970."""
    if form == ISO:
        return f"epoch(try_cast(replace({column}, ',', '.') AS TIMESTAMPTZ))"
    return f"epoch(try_strptime({column}, '{form}'))"
