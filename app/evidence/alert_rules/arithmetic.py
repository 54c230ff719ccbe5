"""The arithmetic of burn rates, shown: factor x (1 - target) against the threshold in the rule (A10)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.alert_rules import expression_rules as rules
from app.evidence.alert_rules.factors import FACTORS, PARTS, expected, period_of
from app.evidence.findings import Finding, Where
from app.evidence.objectives.durations import DAY, said, short
from app.evidence.objectives.targets import percent, percentages
from app.evidence.units import plainly

PERIOD = 30 * DAY
CLOSE = 0.02
Burns = Sequence[Mapping[str, Any]]


def findings(alerts: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """What each alert shows by itself, with the target it names in its own words; alerts are facts."""
    for alert in alerts:
        burns = alert["burns"]
        if not burns:
            continue
        where, target = Where(line=alert["line"]), own_target(alert)
        yield from _products(alert["name"], burns, where)
        if target is not None:
            yield from bare(alert["name"], burns, target, PERIOD, where)
        if len({burn["window_s"] for burn in burns}) == 1:
            yield rules.BURN_ONE_WINDOW.at(where, alert=alert["name"], window=short(burns[0]["window_s"]))


def own_target(alert: Mapping[str, Any]) -> float | None:
    """The one target that the labels or words of an alert name; None for none or several."""
    words = " ".join((*alert["labels"].values(), *alert["annotations"].values()))
    found = {share for share, _, _ in percentages(words) if 0.9 <= share < 1}
    return found.pop() if len(found) == 1 else None


def longest(burns: Burns) -> list[Mapping[str, Any]]:
    """Of the windows that share a threshold the longest: the short one beside it only ends the alert sooner."""
    found: dict[float, Mapping[str, Any]] = {}
    for burn in burns:
        before = found.get(burn["threshold"])
        if before is None or burn["window_s"] > before["window_s"]:
            found[burn["threshold"]] = burn
    return list(found.values())


def bare(name: str, burns: Burns, target: float, period: float, where: Where) -> Iterator[Finding]:
    """Thresholds that are bare numbers, against the factor of their window times the budget."""
    budget = 1 - target
    for burn in longest(burns):
        factor = expected(burn["window_s"], period)
        if burn["factor"] is not None or factor is None:
            continue
        numbers = {
            "alert": name,
            "factor": plainly(factor, 4),
            "budget": plainly(budget, 6),
            "threshold": plainly(burn["threshold"], 6),
            "window": short(burn["window_s"]),
        }
        if math.isclose(burn["threshold"], factor * budget, rel_tol=CLOSE):
            yield rules.BURN_FITS.at(where, part=_part(factor, burn, period), period=said(period), **numbers)
        elif not _is_other_factor(burn["threshold"], budget):
            want = plainly(factor * budget, 4)
            yield rules.BURN_OTHER.at(where, target=f"{target:.7g}", expected=want, **numbers)


def _products(name: str, burns: Burns, where: Where) -> Iterator[Finding]:
    """Thresholds written as factor x budget: what part of the budget is gone when they fire."""
    for burn in longest([burn for burn in burns if burn["factor"] is not None]):
        factor, window = burn["factor"], burn["window_s"]
        period = period_of(factor, window)
        part, usual = factor * window / period, expected(window, period)
        belongs = next(
            (of for known, of in FACTORS.items() if math.isclose(known, factor, rel_tol=CLOSE)), None
        )
        numbers = {
            "alert": name,
            "factor": plainly(factor, 4),
            "window": short(window),
            "part": _part(factor, burn, period),
            "period": said(period),
        }
        if part >= 1:
            yield rules.BURN_NEVER.at(where, **numbers)
        elif (
            usual is not None
            and belongs not in (None, window)
            and not math.isclose(usual, factor, rel_tol=CLOSE)
        ):
            yield rules.BURN_SWAPPED.at(
                where, usual=plainly(usual, 4), belongs=short(belongs or 0.0), **numbers
            )
        elif window in PARTS:
            threshold, budget = plainly(burn["threshold"], 6), plainly(burn["budget"], 6)
            yield rules.BURN_FITS.at(where, threshold=threshold, budget=budget, **numbers)


def _part(factor: float, burn: Mapping[str, Any], period: float) -> str:
    return percent(round(factor * burn["window_s"] / period, 4))


def _is_other_factor(threshold: float, budget: float) -> bool:
    """A factor of the table with another window is a choice, not a mistake of arithmetic."""
    return any(math.isclose(threshold, factor * budget, rel_tol=CLOSE) for factor in (*FACTORS, 1.0, 2.0))
