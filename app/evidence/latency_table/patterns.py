"""Patterns that measured times hardly ever show. For the reviewer only, worded as questions: each has innocent causes.

All of them look at the first 20,000 rows in the order of the file, and know what tools do: ab sorts its table by
latency, hey sorts by completion and writes steps of 0.1 ms, many tools write whole milliseconds.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.evidence.findings import Finding, Where
from app.evidence.latency_table.columns import Layout
from app.evidence.latency_table.counts import Counts
from app.evidence.latency_table.load import Load
from app.evidence.latency_table.rules import (
    EVEN_GAPS,
    LAST_DIGITS,
    NEVER_OVERTAKES,
    REPEATED,
    ROUNDED,
    TOO_SYMMETRIC,
)
from app.evidence.latency_table.shape import shape

BLOCK_ROWS = 20
CHANCE_BITS = 60
FEWEST_ROWS = 1000
JUDGED_ROWS = 5000
CHI_SQUARE_NINE = 60.0
FINEST_MS = 1e-6
FINE_TOOLS = {
    "vegeta": "nanoseconds", "k6": "microseconds", "Caddy": "nanoseconds", "Traefik": "nanoseconds",
    "oha": "nanoseconds",
}  # fmt: skip


def patterns(layout: Layout, counts: Counts, load: Load, skip: int | None) -> Iterator[Finding]:
    """Every pattern found, at most one of each sort. `skip`: lines before the rows, None if rows are no lines."""
    values = [v for v, _ in counts.sample]
    if layout.tool == "ab" or len(values) < 2 * BLOCK_ROWS:
        return
    repeated = list(_repeated(values, skip))
    yield from repeated
    if len(values) < FEWEST_ROWS:
        return
    yield from shape(values, counts, layout, is_repeated=bool(repeated))
    yield from _even_gaps(layout, counts)
    yield from _symmetric(values[:JUDGED_ROWS])
    yield from _last_digits(values[:JUDGED_ROWS], layout)
    yield from _rounded(values, layout)
    yield from _never_overtakes(layout, counts, load)


def _repeated(values: Sequence[float], skip: int | None) -> Iterator[Finding]:
    """A block of at least 20 rows that came before, and that chance would not repeat.

    How unlikely: the sum of the surprise of its values, in bits, above what all pairs of places could give by luck.
    """
    needed = CHANCE_BITS + 2 * math.log2(len(values))
    bits: dict[float, float] = {}
    for first, i in _twice(values):
        block = values[i : i + BLOCK_ROWS]
        bits = bits or {value: -math.log2(n / len(values)) for value, n in Counter(values).items()}
        if len(set(block)) < BLOCK_ROWS // 2 or sum(map(bits.__getitem__, block)) < needed:
            continue
        length = _shared(values, first, i)
        line, last = (None, None) if skip is None else (i + 1 + skip, i + length + skip)
        yield REPEATED.at(
            Where(line=line, last_line=last, row=i + 1),
            from_row=i + 1, to_row=i + length, of_row=first + 1, of_last=first + length,
        )  # fmt: skip
        return


def _twice(values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Places (first, later) of blocks that are equal and do not overlap. Bytes hash five times as fast as tuples."""
    row = array("d", (value + 0.0 for value in values))  # -0.0 becomes 0.0, which it equals
    packed, size = row.tobytes(), row.itemsize
    if not _may_be_twice(packed, size * BLOCK_ROWS // 2, size):
        return
    seen: dict[bytes, int] = {}
    for i in range(len(values) - BLOCK_ROWS + 1):
        first = seen.setdefault(packed[i * size : (i + BLOCK_ROWS) * size], i)
        if i - first >= BLOCK_ROWS:
            yield first, i


def _may_be_twice(packed: bytes, half: int, size: int) -> bool:
    """Whether half a block stands at two places: of two equal blocks one holds half a block that begins at a half."""
    begun = range(0, len(packed) - half + 1, half)
    halves = {packed[at : at + half] for at in begun}
    shifted = (range(start, len(packed) - half + 1, half) for start in range(size, half, size))
    return len(halves) < len(begun) or not all(
        halves.isdisjoint([packed[at : at + half] for at in places]) for places in shifted
    )


def _shared(values: Sequence[float], first: int, second: int) -> int:
    length = 0
    while (
        second + length < len(values)
        and first + length < second
        and (values[first + length] == values[second + length])
    ):
        length += 1
    return length


def _even_gaps(layout: Layout, counts: Counts) -> Iterator[Finding]:
    """All gaps between starts the same, on a clock that could show a difference."""
    clock = layout.start
    starts = [s for _, s in counts.sample if s is not None]
    if clock is None or clock.resolution_s > 0.001 or len(starts) < FEWEST_ROWS:
        return
    gaps = [after - before for before, after in pairwise(starts)]
    smallest, largest = round(min(gaps), 6), round(max(gaps), 6)
    if smallest > 10 * clock.resolution_s and largest - smallest <= clock.resolution_s * 0.01 + 1e-6:
        yield EVEN_GAPS.at(n=len(starts), gap=round(smallest, 6))


def _symmetric(values: Sequence[float]) -> Iterator[Finding]:
    """Skewness near zero and tails of the same length, with many distinct values."""
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values) / len(values)
    if squares == 0 or len(set(values)) < 200:
        return
    skewness = math.fsum((value - mean) ** 3 for value in values) / len(values) / squares**1.5
    low, high = mean - min(values), max(values) - mean
    if abs(skewness) < 0.1 and 0.7 < low / high < 1.4:
        yield TOO_SYMMETRIC.at(mean=float(f"{mean:.4g}"), skewness=round(skewness, 3))


def _last_digits(values: Sequence[float], layout: Layout) -> Iterator[Finding]:
    """Chi-square of the last digit, where values have four digits or more in the unit the file is written in."""
    step = max(layout.resolution_ms, FINEST_MS)  # further digits are those of a double, not of a clock
    steps = [round(value / step) for value in values]
    digits = Counter(step % 10 for step in steps if step >= 1000)
    total = digits.total()
    if total < FEWEST_ROWS or layout.tool is not None:
        return
    expected = total / 10
    chi_square = sum((digits[digit] - expected) ** 2 / expected for digit in range(10))
    digit, count = digits.most_common(1)[0]
    if chi_square > CHI_SQUARE_NINE and count > 0.2 * total and len(digits) > 1:
        yield LAST_DIGITS.at(digit=digit, share=round(100 * count / total, 1))


def _rounded(values: Sequence[float], layout: Layout) -> Iterator[Finding]:
    """Whole milliseconds from a tool that writes finer ones."""
    if layout.tool not in FINE_TOOLS:
        return
    whole = sum(value == round(value) for value in values)
    if whole > 0.95 * len(values):
        share = round(100 * whole / len(values), 1)
        yield ROUNDED.at(share=share, tool=layout.tool, written=FINE_TOOLS[layout.tool])


def _never_overtakes(layout: Layout, counts: Counts, load: Load) -> Iterator[Finding]:
    """Starts and ends in the same order although several requests overlap all the time."""
    if layout.start is None or (load.in_flight or 0) < 3 or not load.peak_in_flight:
        return
    spans = [(s, s + v / 1000) for v, s in counts.sample if s is not None]
    if len(spans) >= FEWEST_ROWS and _is_one_order(spans[:FEWEST_ROWS]) and _is_one_order(spans):
        yield NEVER_OVERTAKES.at(in_flight=round(load.in_flight or 0, 1))


def _is_one_order(spans: Sequence[tuple[float, float]]) -> bool:
    """Whether they end in the order in which they start; what is in no order in a part is in none as a whole."""
    return all(after[1] >= before[1] for before, after in pairwise(sorted(spans)))
