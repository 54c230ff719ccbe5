"""P3: the function a learner names as the hot spot, held against its share in the profile.

A function is hot from a tenth of the profile on, itself or with what it calls; below that, the time is elsewhere.
"""

from __future__ import annotations

from app.evidence.claims import Claim, Facts
from app.evidence.findings import phrase
from app.evidence.measured import Confirmed
from app.evidence.profile.pair import LEAST_HOT, by_name
from app.evidence.units import percent

NAMED = 3


def confirmed(claim: Claim, facts: Facts) -> Confirmed | None:
    """Whether the named function takes a tenth or more; None when the profile could not be read."""
    if not facts.get("shares"):
        return None
    wanted = _bare(claim.text)
    hits = [
        (total, own, name) for (name, _), (own, total) in by_name(facts).items() if _is_named(wanted, name)
    ]
    if not hits:
        return Confirmed(
            False,
            phrase("No function of that name is in it. {hottest}", hottest=_hottest(facts)),
            "functions",
        )
    total, own, name = max(hits)
    said = phrase(
        "{name} takes {total} % of the profile, {own} % itself.",
        name=name[:80],
        total=percent(total),
        own=percent(own),
    )
    is_hot = total >= LEAST_HOT
    return Confirmed(is_hot, said if is_hot else f"{said} {_hottest(facts)}", f"function {name[:80]}")


def _bare(name: str) -> str:
    """Small letters, without arguments and blanks."""
    return name.partition("(")[0].strip().lower()


def _is_named(wanted: str, name: str) -> bool:
    """`json.dumps` names `dumps` of a profile that leaves modules out, and `dumps` names `json.dumps`."""
    known = _bare(name)
    shorter, longer = sorted((wanted, known), key=len)
    return bool(shorter) and (
        longer == shorter or longer.endswith((f".{shorter}", f"::{shorter}", f"/{shorter}"))
    )


def _hottest(facts: Facts) -> str:
    hottest = sorted(by_name(facts).items(), key=lambda pair: (-pair[1][0], pair[0]))[:NAMED]
    named = ", ".join(f"{name[:60]} ({percent(own)} %)" for (name, _), (own, _) in hottest)
    return phrase("Most of its time is spent in {named}.", named=named)
