"""C1 and C2 within the sheet: quotients divided again, totals added again, periods held side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.cost_sheet.groups import Group, Number
from app.evidence.cost_sheet.periods import SLACK, seconds_in
from app.evidence.cost_sheet.rules import DIFFERENT_QUOTIENT, DIFFERENT_SUM, PEAK_FOR_MEAN, UNEQUAL_PERIODS
from app.evidence.cost_sheet.showing import count, money, rate
from app.evidence.findings import Finding, few, phrase

CLOSE = 0.02
_GUESSES = (
    ((27.5, 31.5), phrase("per month against per day")),
    ((672.0, 745.0), phrase("per month against per hour")),
    ((23.9, 24.1), phrase("per day against per hour")),
    ((11.9, 12.1), phrase("per year against per month")),
    ((360.0, 367.0), phrase("per year against per day")),
    ((99.0, 101.0), phrase("cents against whole units")),
    ((990.0, 1010.0), phrase("per 1,000 against per request")),
    ((9.9e5, 1.01e6), phrase("per million against per request")),
    ((2.4e6, 2.7e6), phrase("per month against per second")),
)


def check(groups: Sequence[Group], currency: str) -> Iterator[Finding]:
    """What does not divide or add up in each group."""
    for group in groups:
        yield from _quotient(group, currency)
        yield from _sum(group, currency)
        yield from _peak(group)


def bounds(group: Group) -> tuple[float, float] | None:
    """The least and most that the quotient can be, by the rounding of both numbers and the lengths of periods."""
    divided, cost, requests = group.divided, group.cost, group.requests
    if divided is None or cost is None or requests is None:
        return None
    low = (cost.value - cost.half_step) / (requests.value + requests.half_step) * group.period_factor
    high = (cost.value + cost.half_step) / max(requests.value - requests.half_step, requests.value / 2)
    slack = (
        0.0 if group.period_factor == 1 else max(SLACK.get(cost.period, 0.0), SLACK.get(requests.period, 0.0))
    )
    return low * (1 - slack), high * group.period_factor * (1 + slack)


def said(number: Number) -> tuple[float, float]:
    """The cost of one request that a cell gives, and half a unit of its last digit."""
    return number.value / number.per, number.half_step / number.per


def is_consistent(group: Group) -> bool:
    """Whether the quotient written in the sheet is the quotient, within 2 % and the rounding of all three numbers."""
    limits = bounds(group)
    if group.per_request is None or limits is None:
        return True
    value, half = said(group.per_request)
    return limits[0] * (1 - CLOSE) - half <= value <= limits[1] * (1 + CLOSE) + half


def _quotient(group: Group, currency: str) -> Iterator[Finding]:
    cost, requests, written, divided = group.cost, group.requests, group.per_request, group.divided
    if cost is None or requests is None or divided is None:
        return
    if group.period_factor != 1 and written is None:
        yield UNEQUAL_PERIODS.at(
            group=group.name, cost_period=cost.period, cost_ref=cost.ref,
            request_period=requests.period, request_ref=requests.ref,
        )  # fmt: skip
    if written is None or is_consistent(group):
        return
    value, _ = said(written)
    yield DIFFERENT_QUOTIENT.at(
        group=group.name,
        cost=_of_period(money(cost.value, currency), cost, group),
        requests=_of_period(f"{count(requests.value)} requests", requests, group),
        divided=money(divided, currency),
        said=money(value, currency),
        ref=written.ref,
        guess=_guess(value, divided),
    )


def _of_period(words: str, number: Number, group: Group) -> str:
    """The period is worth a word when the two differ."""
    return words if group.period_factor == 1 else f"{words} a {number.period}"


def _guess(value: float, divided: float) -> str:
    """What usually makes a factor of this size."""
    if value <= 0 or divided <= 0:
        return ""
    factor = max(value / divided, divided / value)
    found = next((words for (low, high), words in _GUESSES if low <= factor <= high), "")
    return phrase(" That is {factor:,.3g} times off ({found}?).", factor=factor, found=found) if found else ""


def _sum(group: Group, currency: str) -> Iterator[Finding]:
    """Lines against the total, when both are there, for the same period, and it is clear which number is the total."""
    cost = group.cost
    if cost is None or cost.is_summed or cost.others or len(group.lines) < 2 or group.has_unnamed:
        return
    lines = [number for _, number in group.lines if number.period == cost.period]
    total = sum(number.value for number in lines)
    slack = sum(number.half_step for number in lines) + cost.half_step
    if len(lines) < 2 or abs(total - cost.value) <= CLOSE * abs(cost.value) + slack:
        return
    parts = [f"{name.replace('_', ' ')} {money(number.value, currency)}" for name, number in group.lines]
    yield DIFFERENT_SUM.at(
        group=group.name,
        parts=few(parts, 8),
        total=money(total, currency),
        said=money(cost.value, currency),
        ref=cost.ref,
    )


def _peak(group: Group) -> Iterator[Finding]:
    """The sheet's own peak rate, multiplied by the whole period, gives its requests, and its mean rate does not."""
    requests = group.requests
    seconds = seconds_in(requests.period if requests else "")
    if requests is None or seconds is None:
        return
    slack = 0.05 + SLACK.get(requests.period, 0.0)
    rates = [(number, number.value / (60 if number.period == "minute" else 1)) for number in group.rates]
    fits = [
        (number, value)
        for number, value in rates
        if abs(value * seconds - requests.value) <= slack * requests.value
    ]
    lower = [
        value
        for number, value in rates
        if not number.is_peak and value * seconds < requests.value * (1 - slack)
    ]
    if any(not number.is_peak for number, _ in fits):
        return
    if fits and (lower or group.peak_factor is not None):
        yield PEAK_FOR_MEAN.at(
            group=group.name, requests=count(requests.value), period=requests.period, peak=rate(fits[0][1])
        )
