"""HdrHistogram: percentile tables (.hgrm, also inside wrk2's output and as CSV) and interval logs (.hlog).

Sources: HdrHistogram's outputPercentileDistribution and HistogramLogWriter (Java, 2.2), and its encoding V2 (ZigZag
LEB128 counts, runs of zeros as negative numbers) and V1 (counts of a fixed word size). V0 is older than 2015 and is
named, not read. Decoded by hand, so that a hostile log can ask for no more memory than its counts need.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.evidence.findings import Finding, Unreadable, Where, phrase
from app.evidence.load_report.figures import UNITS, Reading, figure
from app.evidence.load_report.rules import NOT_READ, PARTLY
from app.evidence.load_report.summary import Summary, known
from app.evidence.load_report.text import Line
from app.evidence.quantiles import Distribution, Step

HEAD = ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]
MOST_ROWS = 20_000
MOST_INTERVALS = 20_000
MOST_BYTES = 1024 * 1024
"""Of one histogram, unpacked; those that people write have some hundred to some thousand."""
MOST_COUNTS = 400_000
"""Of a whole log; what comes after is not counted, and said."""
_LABELLED = re.compile(r"(Mean|StdDeviation|Max|Total count)\s{0,8}=\s{0,12}(\d{1,18}(?:\.\d{1,9})?)")
_TOKEN = re.compile(rb"\x00{1,4096}|[\x80-\xff]{8}[\x00-\xff]|[\x80-\xff]{0,7}[\x00-\x7f]", re.DOTALL)
_NAMES = {"Mean": "mean", "StdDeviation": "stddev", "Max": "max", "Total count": "n"}


@dataclass(frozen=True, slots=True)
class Spectrum:
    """A percentile table in the unit it was written in."""

    distribution: Distribution
    numbers: dict[str, Reading]


def spectrum(rows: Sequence[Line], scale: float = 1.0) -> Spectrum | None:
    """The first percentile table among the lines; None when there is none."""
    start = next((at for at, row in enumerate(rows) if _cells(row) == HEAD), None)
    if start is None:
        return None
    steps: list[Step] = []
    before, counted = 0.0, 0
    numbers: dict[str, Reading] = {}
    for row in rows[start + 1 : start + 1 + MOST_ROWS]:
        cells = [figure(cell) for cell in _cells(row)[:3]]
        if len(cells) < 3 or cells[0] is None or cells[1] is None or cells[2] is None:
            if row.text.strip():
                break
            continue
        value, total = cells[0].value * scale, int(cells[2].value)
        if total > counted and value >= before:
            steps.append(Step(before if steps else value, value, total - counted))
            before, counted = value, total
        if cells[1].value == 1:
            numbers = known(max=Reading(value, cells[0].step * scale, row.where))
    return Spectrum(Distribution(steps), numbers | _footer(rows[start:], scale)) if steps else None


def _footer(rows: Sequence[Line], scale: float) -> dict[str, Reading]:
    """`#[Mean    =  17.7, StdDeviation   =  9.1]` and `#[Max     =  103.9, Total count    =  35329]`."""
    found: dict[str, Reading] = {}
    for row in rows:
        if row.text.lstrip().startswith("#["):
            for name, number in _LABELLED.findall(row.text):
                is_count = name == "Total count"
                reading = figure(number, row.where, 1.0 if is_count else scale)
                found |= known(**{_NAMES[name]: reading}) if _NAMES[name] not in found else {}
    return found


def _cells(row: Line) -> list[str]:
    text = row.text.strip()
    return [cell.strip().strip('"') for cell in text.split(",")] if "," in text else text.split()


def read_table(rows: Sequence[Line]) -> Summary:
    """A .hgrm file. Its unit is not written in it: it is judged by the size of the values, and said."""
    raw = spectrum(rows)
    if raw is None:
        raise Unreadable(NOT_READ.at(reason=phrase("its percentile table has no rows")))
    unit = _unit(raw.distribution)
    found = spectrum(rows, UNITS[unit]) or raw
    n = found.distribution.n
    return Summary(
        tool="HdrHistogram",
        form=phrase("the percentile table"),
        numbers={"n": Reading(float(n), 1.0, rows[0].where)} | found.numbers,
        distribution=found.distribution,
        unit=unit,
        assumed=(phrase("its values are {unit}, judged by their size", unit=unit),),
    )


def _unit(values: Distribution) -> str:
    """A median of a second or more is rare, so a thousand and more are taken for us, a million and more for ns."""
    middle = values.at(max(1, values.n // 2))
    return "ns" if middle >= 1e6 else "us" if middle >= 1e3 else "ms"


def read_log(rows: Sequence[Line]) -> Summary:
    """An interval log: all intervals together, and the p99 of each as a series."""
    merged: dict[tuple[int, int], int] = {}
    points: list[tuple[float, float, Distribution]] = []
    ratio, counted = 0.0, 0
    said: tuple[Finding, ...] = ()
    for start, length, most, payload, row in _intervals(rows):
        counts = _decoded(payload, row)
        for key, count in counts.items():
            merged[key] = merged.get(key, 0) + count
        if counts:
            points.append((start, length, _distribution(counts, 1.0)))
            ratio = ratio or (max(high for _, high in counts) / most if most else 0.0)
            counted += len(counts)
        if counted > MOST_COUNTS or len(points) > MOST_INTERVALS:
            said = (PARTLY.at(Where(line=row.number), count=f"{len(points):,}", line=row.number),)
            break
    if not merged:
        raise Unreadable(NOT_READ.at(reason=phrase("none of its intervals holds a value")))
    return replace(_logged(merged, points, _log_unit(ratio), rows), said=said)


def _log_unit(ratio: float) -> str:
    """Interval_Max is written in a coarser unit, a millionth by default: so ns become ms."""
    return "ns" if ratio > 1e5 else "us" if ratio > 100 else "ms"


def _logged(
    merged: dict[tuple[int, int], int], points: list[tuple[float, float, Distribution]], unit: str, rows: Sequence[Line]
) -> Summary:  # fmt: skip
    scale = UNITS[unit]
    whole = _distribution(merged, scale)
    first = points[0][0]
    span = points[-1][0] + points[-1][1] - first
    where = phrase("lines {first} to {last}", first=rows[0].number, last=rows[-1].number)
    series = [
        [round(start - first, 3), each.n, 0, float(f"{each.at(-(-each.n * 99 // 100)) * scale:.6g}")]
        for start, _, each in points
    ]
    return Summary(
        tool="HdrHistogram",
        form=phrase("the interval log"),
        numbers=known(
            n=Reading(float(whole.n), 1.0, where),
            duration_s=Reading(span, 0.001, where) if span > 0 else None,
            throughput=Reading(whole.n / span, 0.0, where) if span > 0 else None,
            max=Reading(whole.steps[-1].high, 0.0, where),
            min=Reading(whole.steps[0].low, 0.0, where),
        ),
        distribution=whole,
        unit=unit,
        series={"step_s": points[0][1], "points": series} if len(points) > 1 else None,
        assumed=(phrase("its values are {unit}, judged by the column Interval_Max", unit=unit),),
    )


def _distribution(counts: dict[tuple[int, int], int], scale: float) -> Distribution:
    return Distribution(Step(low * scale, high * scale, count) for (low, high), count in counts.items())


def _intervals(rows: Sequence[Line]) -> Iterator[tuple[float, float, float, str, Line]]:
    """(start, length, Interval_Max, payload, line) of every line that holds a histogram; tags are not told apart."""
    for row in rows:
        cells = [cell.strip() for cell in row.text.split(",")]
        if cells and cells[0].startswith("Tag="):
            cells = cells[1:]
        if len(cells) < 4 or row.text.lstrip().startswith(("#", '"')):
            continue
        start, length, most = (figure(cell) for cell in cells[:3])
        if start and length and most:
            yield start.value, length.value, most.value, cells[3], row


def _decoded(payload: str, row: Line) -> dict[tuple[int, int], int]:
    """One encoded histogram as {(lowest, highest value): count}; raise `Unreadable` with the line."""
    try:
        packed = base64.b64decode(payload, validate=True)
        cookie, length = struct.unpack_from(">II", packed)
        if cookie & ~0xF0 not in (0x1C849304, 0x1C849302):
            raise _unknown(cookie, row)
        unpacking = zlib.decompressobj()
        opened = unpacking.decompress(packed[8 : 8 + length], MOST_BYTES)
        if unpacking.unconsumed_tail:
            raise ValueError(phrase("more than a histogram needs"))
        inner, size, _, digits, lowest, _, _ = struct.unpack_from(">IIIIQQd", opened)
        body = opened[40 : 40 + size]
    except (binascii.Error, ValueError, struct.error, zlib.error) as error:
        raise Unreadable(
            NOT_READ.at(
                Where(line=row.number),
                reason=phrase("the histogram on line {number} is damaged", number=row.number),
            )
        ) from error
    is_second = inner & ~0xF0 == 0x1C849303
    counts = _zigzag(body) if is_second else _words(body, (inner & 0xF0) >> 4)
    return _buckets(counts, digits=digits, lowest=lowest, row=row)


def _unknown(cookie: int, row: Line) -> Unreadable:
    version = (
        phrase("V0, from before 2015")
        if cookie & ~0xF0 in (0x1C849308, 0x1C849309)
        else phrase("an unknown version")
    )
    return Unreadable(
        NOT_READ.at(
            Where(line=row.number),
            reason=phrase("its histograms are written in {version}; V1 and V2 are read", version=version),
        )
    )


def _zigzag(body: bytes) -> Iterator[tuple[int, int]]:
    """(index, count): LEB128 of at most nine bytes, the ninth whole; a negative number skips so many indices."""
    index = 0
    for token in _TOKEN.finditer(body):
        group = token[0]
        if group[0] == 0:
            index += len(group)
            continue
        value = sum((byte if place == 8 else byte & 0x7F) << 7 * place for place, byte in enumerate(group))
        signed = (value >> 1) ^ -(value & 1)
        if signed > 0:
            yield index, signed
        index += -signed if signed < 0 else 1


def _words(body: bytes, size: int) -> Iterator[tuple[int, int]]:
    """(index, count) of V1: big-endian words of 2, 4 or 8 bytes."""
    if size not in (2, 4, 8):
        return
    for index in range(len(body) // size):
        count = int.from_bytes(body[index * size : (index + 1) * size], "big", signed=True)
        if count > 0:
            yield index, count


def _buckets(
    counts: Iterator[tuple[int, int]], *, digits: int, lowest: int, row: Line
) -> dict[tuple[int, int], int]:
    """Indices turned into the values they stand for, as HdrHistogram's getCountsArrayIndex does in reverse."""
    if not 0 <= digits <= 5 or not 1 <= lowest < 1 << 62:
        raise Unreadable(
            NOT_READ.at(
                Where(line=row.number),
                reason=phrase("the histogram on line {number} is damaged", number=row.number),
            )
        )
    unit = lowest.bit_length() - 1
    half_bits = max(1, (2 * 10**digits - 1).bit_length()) - 1
    half = 1 << half_bits
    found: dict[tuple[int, int], int] = {}
    for index, count in counts:
        bucket = (index >> half_bits) - 1
        sub = (index & (half - 1)) + half
        if bucket < 0:
            bucket, sub = 0, sub - half
        if bucket + unit > 62 or count >= 1 << 62:
            break
        low = sub << (bucket + unit)
        found[low, low + (1 << (bucket + unit)) - 1] = count
    return found
