"""Claims about the load itself: how many connections, and which addresses were asked for."""

from __future__ import annotations

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Confirmed, Measured
from app.evidence.units import shown

LITTLE_SLACK = 0.15
MOST_NAMED = 3


def connections(_claim: Claim, facts: Facts) -> Measured | None:
    """As the tool recorded them, else Little's law: requests a second times their mean latency, in a closed loop."""
    load = facts.get("load") or {}
    recorded, found = load.get("recorded_concurrency"), load.get("connections")
    if recorded:
        return _measured(float(recorded), 0.0, phrase("as the tool recorded it"))
    if found and load.get("closed_loop"):
        return _measured(float(found), LITTLE_SLACK, phrase("rate x mean latency (Little's law)"))
    return None


def _measured(value: float, slack: float, where: str) -> Measured:
    tolerance = (
        phrase("the rounding of the claim")
        if not slack
        else phrase("{slack} % for how a mean varies", slack=shown(100 * slack))
    )
    return Measured(value, value * (1 - slack), value * (1 + slack), None, None, tolerance, where)


def endpoint(claim: Claim, facts: Facts) -> Confirmed | None:
    """Whether most requests went to the address that is claimed; None when the file names no addresses."""
    known = facts.get("endpoints") or []
    total = sum(each["n"] for each in known)
    if not total:
        return None
    wanted = _path(claim.text)
    share = sum(each["n"] for each in known if wanted in _path(each["name"])) / total
    if share:
        return Confirmed(
            share >= 0.5,
            phrase("{percent} % of its requests went there.", percent=shown(100 * share)),
            "addresses",
        )
    named = ", ".join(str(each["name"])[:60] for each in known[:MOST_NAMED])
    return Confirmed(
        False, phrase("None of its requests went there; it names {named}.", named=named), "addresses"
    )


CONFIRMS = {"endpoint": endpoint}


def _path(address: str) -> str:
    """Small letters, without method, scheme, host and a closing slash."""
    words = address.strip().lower().split()
    path = words[-1] if words else ""
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path.rstrip("/") or "/"
