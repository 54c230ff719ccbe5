"""Every sum of a text beside what it gives when it is done again.

A sum agrees within 3 % (10 % where the text says about), within one of the last digit shown, and by any reading a
person could mean: thousands of either sort, percent of or on top, units of time and size turned into each other. One
that mixes what cannot be compared is left out: a sum that is not understood is not called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from app.evidence.sums.chains import Chain, Side, chains
from app.evidence.sums.evaluation import values
from app.evidence.sums.quantities import Quantity, ratios, size_factors
from app.evidence.sums.tokens import plain, tokens

MOST_SUMS = 400
LONGEST_SHOWN = 160
CLOSE, ABOUT = 0.03, 0.10
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
    factors = _factors(left.numbers, result)[1 if _is_turned(left, result) else 0 :]
    found = [value * factor for value in values(left) for factor in factors]
    if not found:
        return None
    near = (value for value in found if _is_near(value, result))
    best = min(near, key=lambda value: abs(value - result.value), default=None)
    if best is None and not right.is_single and _are_equal(found, right):
        return None
    if best is None and (
        (not right.is_single and right.items[0] == "(") or not _are_comparable(left.numbers, result)
    ):
        return None
    given = best if best is not None else _nearest(found[: len(factors)], result.value)
    shown = " ".join(text[left.start : left.end].replace("*", "×").split())
    return Sum(
        shown[:LONGEST_SHOWN], result.value, result.text, given, best is not None, result.unit, result.words
    )


def _are_equal(found: list[float], right: Side) -> bool:
    """Both sides are computed and give the same."""
    return any(
        abs(one - other) <= CLOSE * max(abs(one), abs(other)) for other in values(right) for one in found[:60]
    )


def _is_near(value: float, result: Quantity) -> bool:
    """Whether a number is the written one, by either comma, as a billion, or inside a range."""
    share = ABOUT if result.is_about else CLOSE
    for written in {result.value, result.other, result.value * (1e9 if result.is_billion_or_bytes else 1)}:
        step = result.step * (written / result.value if result.value else 1)
        high = written if result.high is None else max(result.high, written)
        slack = share * max(abs(value), abs(written))
        if written - slack <= value <= high + slack or abs(value - written) < step * 0.999:
            return True
    return False


def _factors(operands: list[Quantity], result: Quantity) -> list[float]:
    """What may turn the product of the numbers into the unit of the result; 1 first."""
    times = {time for one in (*operands, result) for time in one.times}
    if not result.times and min(times, default=1.0) < 1.0:
        times.add(1.0)  # 87 (a second) x 22 ms = 1.9 in flight
    turned = ratios(times, times) if len(times) > 1 else {1.0}
    sizes = [size for one in operands for size in one.sizes]
    scaled = size_factors(sizes[:1], result.sizes[0] if result.sizes else None) | {1.0}
    if len(set(sizes)) > 1:
        scaled |= {one for size in sizes[1:3] for one in size_factors(sizes[:1], size)}
    hundreds = {1.0, 100.0, 0.01} if any(one.is_percent for one in (*operands, result)) else {1.0}
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
    return [1.0, *sorted(found - {1.0})]


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
