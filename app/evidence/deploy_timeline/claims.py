"""How a timeline and its traffic give what is claimed: deploys, failed requests, requests in the windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import phrase
from app.evidence.measured import Measured
from app.evidence.times import iso

if TYPE_CHECKING:
    from app.evidence.deploy_timeline.traffic import Count


def deploys(_claim: Claim, facts: Facts) -> Measured | None:
    """Different versions that were deployed and ended well."""
    count = facts.get("count")
    if count is None:
        return None
    done = facts["completed"]
    said = phrase(" ({done} completed, each version once)", done=done) if done != count else ""
    return Measured(
        float(count),
        float(count),
        float(count),
        None,
        None,
        phrase("none: versions are counted"),
        phrase("its rows"),
        said,
    )


def count_5xx(claim: Claim, files: Sequence[FileFacts]) -> Measured | None:
    """5xx in the windows; whether a request without an answer is called one is a matter of words."""
    found = _inside(claim, files)
    if found is None:
        return None
    count, where = found
    low, high = float(count.fives), float(count.broken)
    gone = phrase(", {aborted} given up by clients left out", aborted=count.aborted) if count.aborted else ""
    basis = phrase(" (of {requests:,} requests in the windows{gone})", requests=count.requests, gone=gone)
    tolerance = (
        phrase("requests without an answer may count or not")
        if count.unanswered
        else phrase("none: requests are counted")
    )
    return Measured(high, low, high, None, None, tolerance, where, basis)


def window_requests(claim: Claim, files: Sequence[FileFacts]) -> Measured | None:
    """Requests in the windows, each once where windows overlap; the steps at their ends may count or not."""
    found = _inside(claim, files)
    if found is None:
        return None
    count, where = found
    return Measured(
        float(count.requests),
        float(count.least),
        float(count.most),
        None,
        None,
        phrase("whether the requests at the edges of the windows count"),
        where,
        phrase(" in the windows of the deploys"),
    )


def _inside(claim: Claim, files: Sequence[FileFacts]) -> tuple[Count, str] | None:
    """What the logs of the claim's slot hold in the windows of the timelines of its side."""
    from app.evidence.deploy_timeline import traffic
    from app.evidence.deploy_timeline.pairing import pairs, side_of, touches

    own = traffic.logs(file for file in files if file.slot == claim.slot)
    side = claim.side or next((side_of(file, ()) for file in files if file.slot == claim.slot), "")
    spans = [
        span
        for pair in pairs(files, [claim])
        if not (side and pair.side and side != pair.side)
        for span in pair.spans
        if any(touches(log, [span]) for log in own)
    ]
    if not own or not spans:
        return None
    whole = traffic.merged(spans)
    windows = phrase("1 window") if len(spans) == 1 else f"{len(spans)} windows"
    where = phrase(
        "{windows} from {start} to {end}", windows=windows, start=iso(whole[0][0]), end=iso(whole[-1][1])
    )
    return traffic.counted(own, whole), where


def why_not(_metric: str, _facts: Facts) -> str:
    return phrase("it has no deploy with a time.")


MEASURES = {"deploys": deploys}
TOGETHER = {"count_5xx": count_5xx, "requests": window_requests}
