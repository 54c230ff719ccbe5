"""Events made kills: what was sent to an instance, until it was back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.evidence.kill_log.events import Event, What

SAME_S = 15.0
"""A second signal to one instance so soon after the first belongs to the same death, as `docker stop` sends two."""
GRACE_S = 100.0
"""How long a service manager waits after TERM before it sends KILL: systemd 90 s, Kubernetes 30 s."""


@dataclass(frozen=True, slots=True)
class Kill:
    """Times in seconds since 1970; `back` is None where the log does not say when the instance was back."""

    at: float
    instance: str
    signal: str
    back: float | None
    line: int | None
    has_zone: bool
    has_year: bool
    is_forced: bool = False
    """Whether KILL followed because the instance had not ended by itself."""
    is_ended: bool = False


def kills(events: Iterable[Event], *, is_listed: bool = False) -> list[Kill]:
    """In the order of time. An end that nobody asked for, by exit status or signal, is a kill too.

    `is_listed` when a person wrote one line a kill: a second line much later is a second kill.
    """
    grace_s = SAME_S if is_listed else GRACE_S
    found: list[Kill] = []
    last: dict[str, int] = {}
    for event in sorted(events, key=lambda one: one.at):
        at = last.get(event.instance)
        if event.what in (What.KILL, What.GONE):
            last[event.instance] = _ended(found, event, at, grace_s)
        elif (place := _waiting(found, event, at)) is not None:
            found[place] = replace(found[place], back=event.at)
    return found


def _ended(found: list[Kill], event: Event, at: int | None, grace_s: float) -> int:
    """The place of the kill this event begins or belongs to."""
    if at is None or not _is_same(found[at], event, grace_s):
        found.append(_begun(event))
        return len(found) - 1
    one = found[at]
    found[at] = replace(
        one,
        signal=one.signal or event.signal,
        is_forced=one.is_forced or (one.signal == "TERM" and event.signal == "KILL"),
        is_ended=one.is_ended or event.what is What.GONE,
    )
    return at


def _begun(event: Event) -> Kill:
    is_ended = event.what is What.GONE
    return Kill(
        event.at, event.instance, event.signal, None, event.line, event.has_zone, event.has_year,
        is_ended=is_ended,
    )  # fmt: skip


def _is_same(one: Kill, event: Event, grace_s: float) -> bool:
    """Whether this is still the death that has begun: the instance is not back, and has not waited too long."""
    if one.back is not None:
        return False
    late = event.at - one.at
    is_end = event.what is What.GONE and not one.is_ended
    is_patience_over = one.signal == "TERM" and event.signal == "KILL" and not one.is_ended
    return late <= SAME_S or is_end or (is_patience_over and late <= grace_s)


def _waiting(found: list[Kill], event: Event, at: int | None) -> int | None:
    """The kill that this return ends: its own instance's, else one whose replacement has another name."""
    if at is not None:
        one = found[at]
        is_later = one.back is None or (event.what is What.READY and event.at - one.back <= 300)
        return at if is_later else None
    family = family_of(event.instance)
    if family == event.instance:
        return None
    waiting = (
        place for place, one in enumerate(found) if one.back is None and family_of(one.instance) == family
    )
    return next(waiting, None)


def family_of(instance: str) -> str:
    """`shop-7d9c5f6b8-x2x4z` without what a replica set adds: its replacement has the same beginning."""
    parts = instance.split("-")
    return (
        "-".join(parts[:-1])
        if len(parts) >= 3 and len(parts[-1]) == 5 and not parts[-1].isdigit()
        else instance
    )
