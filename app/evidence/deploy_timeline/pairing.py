"""Which logs belong to which timeline: by the claims, by the names of their slots, by their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.evidence.claims import Claim, FileFacts
from app.evidence.deploy_timeline.traffic import Log, Span, logs, windows

SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Pair:
    """A timeline with the logs of its side; `side` is empty where nothing tells it."""

    timeline: FileFacts
    logs: Sequence[Log]
    side: str

    @property
    def spans(self) -> list[Span]:
        return [span for _, span in windows(self.timeline.facts)]


def pairs(files: Sequence[FileFacts], claims: Sequence[Claim]) -> list[Pair]:
    """Every timeline with the logs of its side; a log of unknown side belongs to each whose windows it touches."""
    timelines = [file for file in files if file.kind == "deploy_timeline" and file.facts]
    found = []
    for timeline in timelines:
        side = side_of(timeline, claims) or _by_time(timeline, timelines)
        spans = [span for _, span in windows(timeline.facts)]
        own = [
            log
            for file in files
            for log in logs([file])
            if _fits(side, side_of(file, claims), is_only=len(timelines) == 1, is_near=touches(log, spans))
        ]
        found.append(Pair(timeline, own, side))
    return found


def side_of(file: FileFacts, claims: Sequence[Claim]) -> str:
    """Before or after: as a claim about its slot says, or as the slot is named."""
    for claim in claims:
        if claim.slot == file.slot and (claim.side in SIDES or claim.metric == "deploys"):
            return claim.side or "after"
    return next((side for side in SIDES if side in file.slot.rsplit("/", 1)[-1].lower()), "")


def touches(log: Log, spans: Sequence[Span]) -> bool:
    return any(log.begin < end and log.end > begin for begin, end in spans)


def _by_time(timeline: FileFacts, timelines: Sequence[FileFacts]) -> str:
    """Of two timelines the later one is that of the new way."""
    times = {str(one.facts.get("last_time") or "") for one in timelines}
    if len(timelines) != 2 or len(times) != 2:
        return ""
    return "after" if str(timeline.facts.get("last_time") or "") == max(times) else "before"


def _fits(side: str, other: str, *, is_only: bool, is_near: bool) -> bool:
    if side and other:
        return side == other
    return is_near or is_only
