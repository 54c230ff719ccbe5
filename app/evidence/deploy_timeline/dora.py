"""The DORA figures of a timeline: deployment frequency, lead time, change failure rate, time to restore.

Source of the definitions: Forsgren, Humble, Kim, Accelerate (2018), chapter 2. Medians, since a mean of few is one of
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from app.evidence.deploy_timeline.deploys import DONE, FAILED, Deploy
from app.evidence.findings import phrase
from app.evidence.times import lasting
from app.evidence.units import plainly

DAY = 86_400.0


def figures(deploys: Sequence[Deploy]) -> dict[str, Any] | None:
    """All that the file tells; None with fewer than two deploys that have ended."""
    timed = sorted((one for one in deploys if _ended(one) is not None), key=lambda one: _ended(one) or 0.0)
    ended = [one for one in timed if one.state in (DONE, FAILED)]
    done = [one for one in ended if one.state == DONE]
    if len(ended) < 2 or not done:
        return None
    span = (_ended(ended[-1]) or 0.0) - (ended[0].start or _ended(ended[0]) or 0.0)
    leads = [end - one.commit for one in done if one.commit and (end := _ended(one)) and end >= one.commit]
    restored = list(_restored(ended))
    return {
        "deploys": len(done),
        "span_s": round(span, 3),
        "per_day": round(len(done) / span * DAY, 3) if span >= DAY else None,
        "failed": len(ended) - len(done),
        "ended": len(ended),
        "failure_rate": round((len(ended) - len(done)) / len(ended), 6),
        "lead_s": round(median(leads), 3) if leads else None,
        "restore_s": round(median(restored), 3) if restored else None,
    }


def numbers(found: dict[str, Any]) -> dict[str, int | float | str]:
    """The figures as the fields of a sentence."""
    more = (
        ""
        if found["lead_s"] is None
        else phrase("; from commit to users {lead_s} (median)", lead_s=lasting(found["lead_s"]))
    )
    if found["restore_s"] is not None:
        more += phrase("; mended after {restore_s} (median)", restore_s=lasting(found["restore_s"]))
    return {
        "deploys": found["deploys"],
        "span": lasting(found["span_s"]),
        "rate": ""
        if found["per_day"] is None
        else phrase(", {per_day} a day", per_day=plainly(found["per_day"], 3)),
        "failed": found["failed"],
        "ended": found["ended"],
        "share": plainly(found["failure_rate"] * 100, 3),
        "more": more,
    }


def _ended(one: Deploy) -> float | None:
    return one.start if one.end is None else one.end


def _restored(ended: Sequence[Deploy]) -> list[float]:
    """From each first failure to the end of the next deploy that went well."""
    found: list[float] = []
    broken: float | None = None
    for one in ended:
        at = _ended(one) or 0.0
        if one.state == FAILED and broken is None:
            broken = at
        elif one.state == DONE and broken is not None:
            found.append(at - broken)
            broken = None
    return found
