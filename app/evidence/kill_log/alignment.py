"""Clocks of kills and requests put beside each other: the year, whole zones, and seconds by who falls silent when.

The kills' clock is kept; each request log is moved. An instance that was killed by KILL answers nothing until it is
back, so its silence shows when it died by the log's clock. A slip is only taken where one alone fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from app.evidence.claims import Facts
from app.evidence.kill_log import traffic
from app.evidence.kill_log.moments import in_year
from app.evidence.kill_log.names import Aliases, match
from app.evidence.kill_log.traffic import Run

QUARTER_S = 900.0
SLIPS = sorted((quarter * QUARTER_S for quarter in range(-56, 57) if quarter), key=abs)
SKEW_S = 2.0
NEAR_S = 120.0
EDGE_S = 2.0
SHORTEST_S = 2.0
LONG_S = 5.0


@dataclass(frozen=True, slots=True)
class Death:
    """A kill as the logs are asked about it; times in seconds since 1970."""

    name: str
    signal: str
    at: float
    back: float | None


@dataclass(frozen=True, slots=True)
class Aligned:
    """A log by the kills' clock: `by` is what was added to its times, `zone_s` the whole zones of that.

    `is_seen`: a silence shows that the clocks agree, or agree now. `slips`: what would bring the kills into the log.
    """

    run: Run
    zone_s: float = 0.0
    skew_s: float = 0.0
    is_seen: bool = False
    slips: Sequence[float] = ()

    @property
    def by(self) -> float:
        return self.zone_s + self.skew_s


def deaths(facts: Facts, runs: Sequence[Run]) -> list[Death]:
    """The kills of a log; one without a year has that of the requests nearest to it."""
    shift = 0.0
    kills = facts.get("kills", ())
    if kills and not facts.get("has_year", True) and runs:
        first = float(kills[0]["start_s"])
        begin = runs[0].log.begin
        year = datetime.fromtimestamp(begin, UTC).year
        shift = (
            min((in_year(first, one) for one in (year, year - 1, year + 1)), key=lambda at: abs(at - begin))
            - first
        )
    return [
        Death(
            str(one["instance"]),
            str(one["signal"]),
            float(one["start_s"]) + shift,
            None if one["back_s"] is None else float(one["back_s"]) + shift,
        )
        for one in kills
    ]


def align(run: Run, kills: Sequence[Death], also: Aliases) -> Aligned:
    """The log by the kills' clock."""
    names = {kill.name: name for kill in kills if (name := match(kill.name, run.names, also))}
    zone, slips = _zone(run, kills, names)
    moved = run.moved(zone) if zone else run
    skews = [skew for kill in kills if (skew := _skew(moved, kill, names)) is not None]
    slack = moved.log.step / 2
    if not skews or max(skews) - min(skews) > 2 * (SKEW_S + slack):
        return Aligned(moved, zone, slips=slips)
    skew = median(skews)
    if abs(skew) <= SKEW_S + slack:
        return Aligned(moved, zone, is_seen=True)
    return Aligned(moved.moved(-skew), zone, -skew, is_seen=True)


def is_inside(run: Run, at: float) -> bool:
    """Whether a kill lies in the time of a log, its edges apart."""
    return run.log.begin - EDGE_S <= at <= run.log.end + run.log.step


def _zone(run: Run, kills: Sequence[Death], names: Mapping[str, str]) -> tuple[float, list[float]]:
    """What to add to the log's times so that the dead are silent; else the slips at which the kills lie inside it.

    Without a silence to judge by, nothing is moved: the kills may be those of another run.
    """
    now = _score(run, kills, names, 0.0)
    if now is not None and (now[0] > 0 or now[1] == 0):
        return 0.0, []
    scored = [(slip, found) for slip in SLIPS if (found := _score(run, kills, names, slip)) is not None]
    sound = [slip for slip, (silent, told) in scored if told and silent == told]
    if len(sound) == 1:
        return -sound[0], []
    return 0.0, [] if now is not None else (sound or [slip for slip, (_, told) in scored if not told])


def _score(run: Run, kills: Sequence[Death], names: Mapping[str, str], slip: float) -> tuple[int, int] | None:
    """How many of the kills by KILL fall silent, of those the log can tell of; None when a kill lies outside."""
    if not all(is_inside(run, kill.at + slip) for kill in kills):
        return None
    told = [silent for kill in kills if (silent := _is_silent(run, kill, names, slip)) is not None]
    return sum(told), len(told)


def _is_silent(run: Run, kill: Death, names: Mapping[str, str], slip: float) -> bool | None:
    """Whether it falls silent about then; None where the log cannot tell."""
    name = names.get(kill.name)
    if name is None or kill.signal != "KILL" or kill.back is None:
        return None
    if traffic.expected(run, name, kill.at + slip, kill.back - kill.at) < traffic.LEAST_EXPECTED:
        return None
    return _fall(run, kill, name, slip) is not None


def _skew(run: Run, kill: Death, names: Mapping[str, str]) -> float | None:
    """How much later by the log than by the kills' clock the instance falls silent; half a step is subtracted.

    A short silence at the kill itself is believed before a long one later on, which may be a deploy's.
    """
    name = names.get(kill.name)
    if name is None or kill.signal != "KILL":
        return None
    gap = traffic.silence(run, name, kill.at, within=SKEW_S + run.log.step, least=2 * run.log.step)
    fall = gap[0] if gap is not None else _fall(run, kill, name, 0.0)
    return None if fall is None else fall - run.log.step / 2 - kill.at


def _fall(run: Run, kill: Death, name: str, slip: float) -> float | None:
    """When an instance falls silent near its kill, for half of the time it was down or for five seconds."""
    down = SHORTEST_S * 2 if kill.back is None else kill.back - kill.at
    least = max(2 * run.log.step, min(down / 2, LONG_S))
    gap = traffic.silence(run, name, kill.at + slip, within=NEAR_S, least=least)
    if gap is None or gap[0] <= run.log.begin:
        return None
    is_odd = traffic.expected(run, name, gap[0], gap[1] - gap[0]) >= traffic.LEAST_EXPECTED
    return gap[0] if is_odd else None
