"""How objectives give a claimed target or window: that of the claim's layer (availability, latency)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Measured
from app.evidence.objectives.targets import percent
from app.evidence.units import in_base


def target(claim: Claim, facts: Facts) -> Measured | None:
    """The share of an objective; a target is exact, so that 99.9 and 99.95 are two different ones."""
    found = [one for one in _about(claim, facts) if one["target"] is not None]
    one = _nearest(found, "target", in_base(float(claim.value), claim.unit, "share"))
    if one is None:
        return None
    share = one["target"]
    basis = f" ({one['name']}: {percent(share)})"
    return Measured(
        share,
        share,
        share,
        None,
        None,
        phrase("none: a target is exact"),
        _where(one),
        basis=basis,
        is_exact=True,
    )


def window(claim: Claim, facts: Facts) -> Measured | None:
    """The days of an objective's window; a calendar month has 28 to 31."""
    from app.evidence.objectives.durations import DAY, said

    found = [one for one in _about(claim, facts) if one["window_s"] is not None]
    one = _nearest(found, "window_s", float(claim.value) * DAY)
    if one is None:
        return None
    days, low, high = (one[key] / DAY for key in ("window_s", "window_low_s", "window_high_s"))
    written = phrase("the default of the format") if one["is_window_assumed"] else one["window_written"]
    basis = f" ({one['name']}: {written or said(one['window_s'])})"
    return Measured(
        days, low, high, None, None, phrase("the lengths of months"), _where(one), basis=basis, is_exact=True
    )


def why_not(metric: str, facts: Facts) -> str:
    """Half a sentence on what the objectives do not say."""
    layers = sorted({one["layer"] for one in facts.get("objectives", ())})
    what = phrase("a window") if metric == "window" else phrase("a target")
    return (
        phrase("it gives {what} only for {names}.", what=what, names=", ".join(layers))
        if layers
        else phrase("it does not give {what}.", what=what)
    )


MEASURES: Mapping[str, Callable[[Claim, Facts], Measured | None]] = {"slo_target": target, "window": window}


def _about(claim: Claim, facts: Facts) -> list[Mapping[str, Any]]:
    """The objectives of the claim's layer; all of them when it names none."""
    return [one for one in facts["objectives"] if claim.layer in ("", one["layer"])]


def _nearest(found: list[Mapping[str, Any]], key: str, claimed: float | None) -> Mapping[str, Any] | None:
    """Of several objectives of one layer the one that the claim is nearest to."""
    return min(found, key=lambda one: abs(one[key] - (claimed or 0.0)), default=None)


def _where(one: Mapping[str, Any]) -> str:
    return phrase("line {line}", line=one["line"])
