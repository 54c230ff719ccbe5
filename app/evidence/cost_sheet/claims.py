"""How the facts of a cost sheet give a claimed cost: of the claim's layer, on the claim's side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from app.evidence.claims import Claim, Facts
from app.evidence.cost_sheet.showing import count, money
from app.evidence.findings import phrase
from app.evidence.measured import Measured

SHARP = 1e-6
"""Numbers of a workbook are stored whole; what they differ by is how binary fractions are written."""
TOLERANCE = phrase("the rounding of the numbers in the sheet and of the claim")
_FACTORS = (100.0, 1e3, 1e6, 24.0, 30.0, 730.0)


def cost_per_request(claim: Claim, facts: Facts) -> Measured | None:
    """Cost over requests, divided again; the number in the sheet only where one of the two is missing."""
    group = _group(claim, facts)
    if group is None:
        return None
    written, divided = group["cost_per_request"], group["divided"]
    if divided is None and written is None:
        return None
    limits = [] if divided is None else [divided, group["divided_low"], group["divided_high"]]
    if written is not None and (divided is None or group["is_consistent"]):
        value, half = written["value"] / written["per"], written["half_step"] / written["per"]
        limits += [value] if divided is not None else [value - half, value, value + half]
    exact = divided if divided is not None else written["value"] / written["per"]
    is_sharp = max(limits) - min(limits) <= abs(exact) * SHARP
    return Measured(
        value=exact,
        band_low=exact if is_sharp else min(limits),
        band_high=exact if is_sharp else max(limits),
        low=None,
        high=None,
        tolerance=TOLERANCE,
        where=_where(group),
        basis=_basis(group, facts["currency"]),
        hint=_hint(group, facts),
    )


def cost(claim: Claim, facts: Facts) -> Measured | None:
    """The cost of the sheet's period."""
    group = _group(claim, facts)
    number = None if group is None else group["cost"]
    if number is None:
        return None
    value, half = number["value"], number["half_step"]
    basis = f" a {number['period']}" if number["period"] else ""
    return Measured(value, value - half, value + half, None, None, TOLERANCE, number["ref"], basis)


def why_not(metric: str, facts: Facts) -> str:
    """Half a sentence on what the sheet does not say."""
    groups = facts.get("groups", ())
    if len(facts.get("currencies", ())) > 1:
        return phrase("its amounts are in several currencies.")
    if facts.get("currency_is_named") and facts.get("currency") != "USD":
        return phrase(
            "its amounts are in {currency}, and the claim is in another currency.", currency=facts["currency"]
        )
    if not any(group["layer"] for group in groups):
        return phrase("no row or column says which layer (db, app, infra) a cost belongs to.")
    if not any(group["side"] for group in groups):
        return phrase("no row or column says which numbers are from before and which from after.")
    what = (
        phrase("a cost per request, nor a cost with its requests,")
        if metric == "cost_per_request"
        else phrase("a cost")
    )
    return phrase("it does not give {what} for this layer on this side.", what=what)


MEASURES: Mapping[str, Callable[[Claim, Facts], Measured | None]] = {
    "cost_per_request": cost_per_request,
    "cost": cost,
}


def _group(claim: Claim, facts: Facts) -> Mapping[str, Any] | None:
    """The one group that the claim is about, in the claim's currency."""
    if facts["currency_is_named"] and _currency(claim.unit) not in ("", facts["currency"]):
        return None
    if len(facts["currencies"]) > 1:
        return None
    from app.evidence.cost_sheet.words import meaning

    layer = meaning(claim.layer).layer or claim.layer
    found = [
        group for group in facts["groups"]
        if (not layer or group["layer"] == layer) and (not claim.side or group["side"] == claim.side)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _currency(unit: str) -> str:
    """What a claim is in: cents and dollars are USD; without a word it may be anything."""
    from app.evidence.cost_sheet.words import meaning

    return meaning(unit).currency


def _where(group: Mapping[str, Any]) -> str:
    if group["divided"] is None:
        return str(group["cost_per_request"]["ref"])
    return f"{group['cost']['ref']} / {group['requests']['ref']}"


def _basis(group: Mapping[str, Any], currency: str) -> str:
    if group["divided"] is None:
        return phrase(
            " (as written for {name}; there are no cost and requests to divide)", name=group["name"]
        )
    cost, requests = group["cost"], group["requests"]
    period = f" a {requests['period']}" if requests["period"] else ""
    return phrase(
        " ({cost} / {requests} requests{period})",
        cost=money(cost["value"], currency),
        requests=count(requests["value"]),
        period=period,
    )


def _hint(group: Mapping[str, Any], facts: Facts) -> Callable[[float], str]:
    """What the claimed number may be instead: what is written in the sheet, another group, another unit."""

    def hint(claimed: float) -> str:
        written = group["cost_per_request"]
        if written is not None and _near(claimed, written["value"] / written["per"]):
            return phrase("The claim is what {ref} says, which is not that quotient.", ref=written["ref"])
        for other in facts["groups"]:
            if other is not group and other["divided"] is not None and _near(claimed, other["divided"]):
                return phrase("It is the number of {name}.", name=other["name"])
        value = group["divided"] or (written["value"] / written["per"] if written else 0.0)
        for factor in _FACTORS:
            if value and (_near(claimed, value * factor) or _near(claimed, value / factor)):
                return phrase(
                    "It is {factor:,.0f} times off: is the unit, or the period, the same?", factor=factor
                )
        return ""

    return hint


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.02)
