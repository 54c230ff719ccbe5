"""Every sum of a text beside what it gives when it is done again.

A sum agrees within 3 % (10 % where the text says about), within one of the last digit shown, and by any reading a
person could mean: thousands of either sort, percent of or on top, units of time and size turned into each other. One
that mixes what cannot be compared is left out: a sum that is not understood is not called wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from app.evidence.sums.chains import Chain, Side, chains
from app.evidence.sums.evaluation import READINGS, Reading, values
from app.evidence.sums.quantities import DAY, Quantity, ratios, size_factors
from app.evidence.sums.tokens import plain, tokens

MOST_SUMS = 400
LONGEST_SHOWN = 160
CLOSE, ABOUT = 0.03, 0.10
HUNDRED = 100.0
MOST_TENS, CLOSE_TENS = 4, 0.002
NAMED_TIMES = (60.0, 3600.0, DAY)
CONSTANTS = {
    86_400.0,
    3600.0,
    1440.0,
    1000.0,
    60.0,
    24.0,
    30.0,
    365.0,
    7.0,
    12.0,
    730.0,
    720.0,
    2_592_000.0,
    1024.0,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """One equation: its left side as written, the number it is said to be and the one it is, in the written unit."""

    text: str
    written: float
    written_text: str
    recomputed: float
    agrees: bool
    unit: str
    words: tuple[str, ...]


def sums(text: str) -> Iterator[Sum]:
    """The sums of one paragraph, cell or line, in their order."""
    bare = plain(text)
    if "=" not in bare and "≈" not in bare and "~" not in bare:
        return
    found = (one for chain in chains(list(tokens(bare))) for one in _of(chain, bare))
    yield from islice(found, MOST_SUMS)


def _of(chain: Chain, text: str) -> Iterator[Sum]:
    """A sum for each pair of neighbours; one that runs on (`= 2.3, x 6 = 14`) is first held to its first number."""
    for left, right in pairwise(chain.sides):
        if left.is_single and not (_is_rate(left) and _is_rate(right)):
            continue
        one = _held(left, right, text)
        if one is not None and (one.agrees or not chain.is_doubtful):
            yield one


def _is_rate(side: Side) -> bool:
    first = side.numbers[0]
    return side.is_single and first.is_rate and bool(first.times) and not first.sizes


def _is_turned(left: Side, result: Quantity) -> bool:
    """One rate written as another: a number that is only turned, never the same."""
    return left.is_single and set(left.numbers[0].times) != set(result.times)


def _held(left: Side, right: Side, text: str) -> Sum | None:
    """The left side against the first number of the right, or against all of it."""
    result = right.numbers[0]
    found = list(_found(left, result))
    if not found:
        return None
    near = [one for one in found if _is_near(*one, result)]
    best = min(near, key=lambda one: abs(one[0] - one[1]), default=None)
    if best is None and not right.is_single and _are_equal(left, right):
        return None
    first, written = _as_written(left, result)
    if best is None and (
        (not right.is_single and right.items[0] == "(")
        or not (_are_comparable(left.numbers, result) or _is_slip(first[0], result))
    ):
        return None
    given = best[0] if best is not None else _nearest(first, written)
    shown = " ".join(text[left.start : left.end].replace("*", "×").split())
    return Sum(
        shown[:LONGEST_SHOWN], result.value, result.text, given, best is not None, result.unit, result.words
    )


def _found(left: Side, result: Quantity) -> Iterator[tuple[float, float]]:
    """What the left side may give in the unit of the result, each beside the number it is said to be."""
    start = 1 if _is_turned(left, result) else 0
    factors = _factors(left.numbers, result)[start:]
    of_shares = _factors(left.numbers, result, may_lack_percent=False)[start:]
    for by_other_comma, written, readings in _commas(left, result):
        for value, reading in values(left, readings, by_other_comma=by_other_comma):
            for factor in of_shares if reading.is_complement else factors:
                yield value * factor, written


def _as_written(left: Side, result: Quantity) -> tuple[list[float], float]:
    """What the left side gives as it stands, turned by each factor, and what it is said to be: 100.000 is no 100."""
    doubtful = [one for one in (*left.numbers, result) if one.value != one.other]
    is_other = bool(doubtful) and all(re.search(r"\.000(?!\d)", one.text) for one in doubtful)
    plain, _ = next(values(left, READINGS, by_other_comma=is_other))
    return [
        plain * factor for factor in _factors(left.numbers, result, is_exact=True)
    ], result.other if is_other else result.value


def _commas(left: Side, result: Quantity) -> Iterator[tuple[bool, float, Sequence[Reading]]]:
    """How the marks before three digits are read left, and the result so read: one mark, one meaning in a sum."""
    marks = {"," in one.text for one in (*left.numbers, result) if one.value != one.other}
    yield False, result.value, READINGS
    if marks:
        yield True, result.other, READINGS
    if len(marks) > 1:
        yield False, result.other, READINGS[:1]
        yield True, result.value, READINGS[:1]


def _are_equal(left: Side, right: Side) -> bool:
    """Both sides are computed and give the same, in whatever unit of time the next side may name."""
    result = right.numbers[0]
    times = {time for one in left.numbers for time in one.times}
    if not any(one.times for one in right.numbers) and times:
        result = replace(result, times=NAMED_TIMES)
    factors = _factors([*left.numbers, *right.numbers[1:]], result)
    others = [
        value for by_other in (False, True) for value, _ in values(right, READINGS, by_other_comma=by_other)
    ]
    found = [
        value for by_other in (False, True) for value, _ in values(left, READINGS, by_other_comma=by_other)
    ]
    return any(
        abs(one * factor - other) <= CLOSE * max(abs(one * factor), abs(other))
        for factor in factors
        for one in found
        for other in others
    )


def _is_near(value: float, said: float, result: Quantity) -> bool:
    """Whether a number is the one that is said, also as a billion, or inside a range."""
    share = ABOUT if result.is_about else CLOSE
    for written in {said, said * (1e9 if result.is_billion_or_bytes else 1)}:
        step = result.step * (written / result.value if result.value else 1)
        high = written if result.high is None else max(result.high, written)
        slack = share * max(abs(value), abs(written))
        if written - slack <= value <= high + slack or abs(value - written) < step * 0.999:
            return True
    return False


def _factors(
    operands: list[Quantity], result: Quantity, *, may_lack_percent: bool = True, is_exact: bool = False
) -> list[float]:
    """What may turn the product of the numbers into the unit of the result; 1 first.

    `is_exact` when a size must be turned into the one that is written, not left as it is.
    """
    times = {time for one in (*operands, result) for time in one.times}
    if not result.times and min(times, default=1.0) < 1.0:
        times.add(1.0)  # 87 (a second) x 22 ms = 1.9 in flight
    turned = ratios(times, times) if len(times) > 1 else {1.0}
    sizes = [size for one in operands for size in one.sizes]
    scaled = size_factors(sizes[:1], result.sizes[0] if result.sizes else None)
    scaled |= set() if is_exact and sizes and result.sizes else {1.0}
    if len(set(sizes)) > 1:
        scaled |= {one for size in sizes[1:3] for one in size_factors(sizes[:1], size)}
    hundreds = _of_percent(operands, result) if may_lack_percent else {1.0}
    if any(one.is_cents for one in (*operands, result)):
        hundreds |= {100.0, 0.01}
    per = {1.0, result.per, *(1 / one.per for one in operands[:3])}
    found = {
        time * size * hundred * many
        for time in turned
        for size in scaled
        for hundred in hundreds
        for many in per
    }
    return sorted(found, key=lambda factor: (factor != 1.0, factor))


def _of_percent(operands: list[Quantity], result: Quantity) -> set[float]:
    """What a missing sign of percent makes of a product: `12 / 1,200 × 100 = 1 %`, `14.4 × 0.1 % = 1.44`."""
    if result.is_percent:
        return {1.0, 0.01}
    others = [one for one in operands if not one.is_percent]
    is_bare = len(others) < len(operands) and not result.unit and all(not one.unit for one in others)
    is_share = result.value <= HUNDRED or all(one.value < HUNDRED for one in others)
    return {1.0, 100.0} if is_bare and is_share else {1.0}


def _is_slip(value: float, result: Quantity) -> bool:
    """Whether so many a day are a power of ten from what stands there: no unit left out explains that."""
    if not (value > 0 and result.value > 0 and result.unit == "rate" and DAY in result.times):
        return False
    tens = math.log10(value / result.value)
    return 1 <= round(abs(tens)) <= MOST_TENS and abs(tens - round(tens)) < CLOSE_TENS


def _are_comparable(operands: list[Quantity], result: Quantity) -> bool:
    """Not when the result is of a sort that nothing on the left is of, though something there has a sort."""
    units = {one.unit for one in operands} - {"", "percent"}
    if not result.unit or result.unit == "percent" or result.unit in units:
        return True
    if any(one.value in CONSTANTS for one in operands):
        return True
    if result.unit == "rate":
        return bool(units) or not any(one.words for one in operands)
    return not units


def _nearest(found: list[float], written: float) -> float:
    """What is said instead of a wrong number: the plain result, turned only where that brings it far nearer."""
    nearest = min(found, key=lambda value: _apart(value, written))
    return found[0] if _apart(found[0], written) < 2 else nearest


def _apart(value: float, written: float) -> float:
    """How many times one is the other."""
    if value <= 0 or written <= 0:
        return abs(value - written)
    return max(value / written, written / value)
