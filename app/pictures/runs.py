"""Kills and request logs as pictures need them, out of stored facts: times in seconds since 1970, all of it bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.pictures.drawable import Drawable
from app.pictures.numbers import at, items, number, positive

MOST_KILLS = 20
MOST_POINTS = 20_000
LATEST = 4_102_444_800.0  # the year 2100
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kill:
    """`back` is None where the log does not say it."""

    name: str
    signal: str
    at: float
    back: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """A request log: steps as (begin, requests, failed), failures one by one where all are listed, answers by name."""

    begin: float
    step: float
    steps: tuple[tuple[float, float, float], ...]
    failures: tuple[float, ...] | None
    answer_step: float
    answers: Mapping[str, tuple[tuple[float, float], ...]]
    is_server: bool

    @property
    def end(self) -> float:
        return self.steps[-1][0] + self.step

    @property
    def errors(self) -> float:
        return sum(failed for _, _, failed in self.steps)


def kills(facts: Facts, runs: Sequence[Run]) -> list[Kill]:
    """Those with a time, in its order; without a year they are of the year of the first request."""
    found = [kill for one in items(at(facts, "kills"))[:MOST_KILLS] if (kill := _kill(one)) is not None]
    if at(facts, "has_year") is False and runs and found:
        shift = _to_year(found[0].at, runs[0].begin)
        found = [
            Kill(one.name, one.signal, one.at + shift, None if one.back is None else one.back + shift)
            for one in found
        ]
    return sorted(found, key=lambda kill: kill.at)


def _kill(one: object) -> Kill | None:
    moment, back = positive(at(one, "start_s")), positive(at(one, "back_s"))
    if moment is None or moment > LATEST:
        return None
    is_later = back is not None and moment <= back <= LATEST
    return Kill(_word(at(one, "instance")), _word(at(one, "signal")), moment, back if is_later else None)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _to_year(moment: float, near: float) -> float:
    """How far to move a moment so that it lies in the year of another."""
    day = datetime.fromtimestamp(moment, UTC)
    year = datetime.fromtimestamp(near, UTC).year
    try:
        return day.replace(year=year).timestamp() - moment
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28).timestamp() - moment


def runs(version: Sequence[Drawable]) -> list[Run]:
    """The request logs of a version that have times and statuses."""
    logs = (file.facts for file in version if file.kind == "latency_table")
    return [run for facts in logs if (run := _run(facts)) is not None]


def _run(facts: Facts) -> Run | None:
    first, step = _moment(at(facts, "first_time")), positive(at(facts, "moments", "step_s"))
    if first is None or not step:
        return None
    origin = first - (number(at(facts, "first_start_s")) or 0.0)
    steps = sorted(_steps(facts, origin))
    if not steps or not 0 < steps[0][0] <= steps[-1][0] <= LATEST:
        return None
    answer_step = positive(at(facts, "seconds", "step_s")) or step
    is_server = at(facts, "is_server_log") is True
    answers = dict(_answers(facts, origin, answer_step))
    return Run(steps[0][0], step, tuple(steps), _failures(facts, origin), answer_step, answers, is_server)


def _moment(text: object) -> float | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if found is None or not 1970 < found.year < 2100:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _steps(facts: Facts, origin: float) -> Iterator[tuple[float, float, float]]:
    for point in items(at(facts, "moments", "points"))[:MOST_POINTS]:
        values = [number(value) for value in items(point)[:4]]
        if len(values) == 4 and all(value is not None and value >= 0 for value in values[1:]):
            begin, requests, fives, unanswered = (value or 0.0 for value in values)
            yield origin + begin, requests, fives + unanswered


def _failures(facts: Facts, origin: float) -> tuple[float, ...] | None:
    """When each failure happened, refusals (4xx) left out; None where the facts stop at five hundred."""
    listed = at(facts, "failures")
    if not isinstance(listed, list) or len(listed) >= 500:
        return None
    pairs = [(number(each[0]), number(each[1])) for each in map(items, listed) if len(each) >= 2]
    return tuple(
        origin + moment
        for moment, code in pairs
        if moment is not None and not (code is not None and 400 <= code < 500)
    )


def _answers(
    facts: Facts, origin: float, step: float
) -> Iterator[tuple[str, tuple[tuple[float, float], ...]]]:
    """What each instance answered in each step, tries on it that failed left out."""
    points = [items(point) for point in items(at(facts, "seconds", "points"))[:MOST_POINTS]]
    failed = _failed_tries(facts, step)
    for place, name in enumerate(items(at(facts, "seconds", "instances"))[:13], start=5):
        if isinstance(name, str) and name and name != "(others)":
            pairs = ((number(point[0]), positive(point[place])) for point in points if len(point) > place)
            known = [(begin, n) for begin, n in pairs if begin is not None and n is not None]
            yield (
                name,
                tuple(
                    (origin + begin, max(0.0, n - failed.get((name, begin // step), 0))) for begin, n in known
                ),
            )


def _failed_tries(facts: Facts, step: float) -> dict[tuple[str, float], int]:
    found: dict[tuple[str, float], int] = {}
    for each in map(items, items(at(facts, "failures"))[:500]):
        moment = number(each[0]) if len(each) >= 3 else None
        if moment is not None and isinstance(each[2], str):
            key = (each[2], moment // step)
            found[key] = found.get(key, 0) + 1
    return found


def same_server(killed: str, known: Sequence[str], version: Sequence[Drawable]) -> str | None:
    """The one name of a log that means a killed instance: the same, the same after a slash, or its address."""
    wanted = {killed.lower(), *_other_names(killed.lower(), version)}
    found = [name for name in known if {name.lower(), name.lower().rpartition("/")[2]} & wanted]
    return found[0] if len(found) == 1 else None


def _other_names(killed: str, version: Sequence[Drawable]) -> Iterator[str]:
    for file in version:
        pools = items(at(file.facts, "pools")) if file.kind == "load_balancer" else ()
        for server in [server for pool in pools for server in items(at(pool, "servers"))]:
            name, address, port = (_word(at(server, key)).lower() for key in ("name", "address", "port"))
            if killed in (name, f"{address}:{port}"):
                yield from (name, f"{address}:{port}")
