"""Who answered while an instance was down: not the dead one, the others all of it, and the dead one again after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.evidence.findings import Finding
from app.evidence.kill_log import between_rules as rules
from app.evidence.kill_log import traffic
from app.evidence.kill_log.alignment import Aligned, is_inside
from app.evidence.kill_log.names import Aliases, match
from app.evidence.kill_log.traffic import LEAST_EXPECTED, Run
from app.evidence.kill_log.windows import Window, failures
from app.evidence.times import iso, lasting

AGAIN_S = 15.0
IDLE_S = 30.0
LEAST_IDLE_S = 10.0
LEAST_RISE = 0.5
LEAST_DOWN_S = 5.0
MOST_SAID = 10


def seen(logs: Sequence[Aligned], found: Sequence[Window], also: Aliases) -> Iterator[Finding]:
    """By a log that covers the kill and knows its instance; a client's first, since a balancer books failed tries."""
    runs = sorted((log.run for log in logs if log.run.names), key=lambda run: run.log.is_server)
    if not runs:
        files = ", ".join(log.run.log.name for log in logs[:3])
        yield rules.UNNAMED.at(files=files)
        return
    known = [(window, _known(window, runs, also)) for window in found]
    strange = [window.kill.name for window, by in known if by is None and window.kill.name]
    if strange:
        names = ", ".join(list(dict.fromkeys(strange))[:5])
        yield rules.UNKNOWN.at(names=names, known=", ".join(runs[0].names[:5]))
    for window, by in known[:MOST_SAID]:
        if by is not None:
            yield from _of_one(by[0], window, by[1])


def _known(window: Window, runs: Sequence[Run], also: Aliases) -> tuple[Run, str] | None:
    """The log and the name that it has for the killed instance."""
    covering = [run for run in runs if is_inside(run, window.kill.at)]
    named = ((run, match(window.kill.name, run.names, also)) for run in covering)
    return next(((run, name) for run, name in named if name is not None), None)


def _of_one(run: Run, window: Window, name: str) -> Iterator[Finding]:
    at, begin = window.kill.at, max(run.log.begin, window.kill.at - IDLE_S)
    before = traffic.answered(run, name, (begin, at))
    if not before and at - begin >= LEAST_IDLE_S:
        yield rules.IDLE.at(name=name, seconds=f"{at - begin:.0f}", start=iso(at))
        return
    if window.is_told:
        yield from _dead(run, window, name)
        yield from _again(run, window, name)


def _dead(run: Run, window: Window, name: str) -> Iterator[Finding]:
    """What it answered while it was down, by what the signal allows."""
    slack = max(1.0, run.log.step)
    span = (window.kill.at + slack, window.back - slack)
    if traffic.expected(run, name, window.kill.at, span[1] - span[0]) < LEAST_EXPECTED:
        return
    count = traffic.answered(run, name, span)
    gap = traffic.silence(run, name, window.kill.at, within=2 * slack, least=2 * run.log.step)
    if window.kill.signal == "KILL" and count and gap is not None:
        sooner = lasting(window.back - gap[1])
        yield rules.SOONER.at(name=name, again=iso(gap[1]), sooner=sooner, back=iso(window.back))
    elif window.kill.signal == "KILL" and count:
        yield rules.ANSWERED.at(
            name=name, count=count, start=iso(span[0]), end=iso(span[1]), at=iso(window.kill.at),
            back=iso(window.back),
        )  # fmt: skip
    elif window.kill.signal != "TERM":
        yield from _spared(run, window, name)
    else:
        yield from _drained(run, window, name)


def _drained(run: Run, window: Window, name: str) -> Iterator[Finding]:
    """After TERM an instance may serve on for a while, and then falls silent before it is back."""
    length = window.back - window.kill.at
    gap = traffic.silence(run, name, window.kill.at, within=length, least=2 * run.log.step)
    if gap is None or gap[0] < window.kill.at - run.log.step:
        yield from _spared(run, window, name)
        return
    failed = any(window.span[0] < one.at <= window.span[1] for one in failures(run))
    if not failed:
        yield rules.DRAINED.at(name=name, seconds=f"{max(0.0, gap[0] - window.kill.at):.1f}")


def _spared(run: Run, window: Window, name: str) -> Iterator[Finding]:
    """Whether the others' share rose."""
    begin, slack = max(run.log.begin, window.kill.at - IDLE_S), max(1.0, run.log.step)
    before, _ = _share(run, name, (begin, window.kill.at))
    during, count = _share(run, name, (window.kill.at + slack, window.back - slack))
    if before is None or during is None:
        return
    usual = f"{before * 100:.0f}"
    if during == 1.0:
        yield rules.SPARED.at(name=name, count=f"{count:,}", before=usual)
    elif during - before < LEAST_RISE * (1 - before) and window.back - window.kill.at >= LEAST_DOWN_S:
        down = lasting(window.back - window.kill.at)
        yield rules.NOT_SPARED.at(name=name, during=f"{during * 100:.0f}", down=down, before=usual)


def _share(run: Run, name: str, span: tuple[float, float]) -> tuple[float | None, int]:
    """The share of the others, and how many they answered."""
    own = traffic.answered(run, name, span)
    others = sum(traffic.answered(run, other, span) for other in run.names if other != name)
    return (others / (own + others) if own + others else None), others


def _again(run: Run, window: Window, name: str) -> Iterator[Finding]:
    """Whether it answers again; the log must go on long enough, and its rate must make an answer likely."""
    rest = run.log.end - window.back
    if any(run.origin + one["first_s"] > window.kill.at for one in run.facts.get("instances") or ()):
        return  # another one took its place, under a name of its own
    if rest < AGAIN_S or traffic.expected(run, name, window.kill.at, rest) < LEAST_EXPECTED:
        return
    if not traffic.answered(run, name, (window.back - run.log.step, run.log.end + run.log.step)):
        yield rules.NEVER_BACK.at(name=name, seconds=lasting(rest), back=iso(window.back))
