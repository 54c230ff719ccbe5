"""Kills among the requests around them: a row for each instance with what it answered, errors above, requests below.

A kill is a line across the row of its instance with the signal's name, the time until it was back a dashed band; what
the instance answers is the area of its row, so that a gap is seen as one. Times are as the files have them: clocks that
differ are not put right here.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.pictures.axes import Frame, columns
from app.pictures.drawable import Drawable
from app.pictures.drawing import Picture, Table, drawing, element, group, label, path, short
from app.pictures.letters import fitted
from app.pictures.numbers import at, count, items, seconds, three
from app.pictures.runs import Kill, Run, kills, runs, same_server
from app.pictures.scales import Linear, time_step
from app.pictures.words import _, _n

WIDTH = 640
LEFT, RIGHT = 122.0, 544.0
ERRORS = Frame(LEFT, RIGHT, 10.0, 42.0)
TOP, ROW, AREA, LOAD = 54.0, 36.0, 26.0, 36.0
FOOT = 30.0
AROUND_S, BEFORE_S, AFTER_S, UNKNOWN_S = 30.0, 1.0, 10.0, 30.0
MOST_ROWS, MOST_BINS, NAME_ROOM = 8, 80, 102.0
ROOM = 40.0


@dataclass(frozen=True, slots=True)
class Around:
    """One kill and what failed around it; `errors` is None without a request log."""

    kill: Kill
    back: float
    errors: float | None


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: from and to, answers of each row and how many instances there are, the row of each killed one, the
    log that counts."""

    start: float
    end: float
    rows: Mapping[str, Sequence[tuple[float, float]]]
    instances: int
    row_of: Mapping[str, str]
    answer_step: float
    run: Run | None
    around: Sequence[Around]

    @property
    def bottom(self) -> float:
        return TOP + ROW * len(self.rows)

    @property
    def across(self) -> Linear:
        return Linear(self.start, self.end, LEFT, RIGHT)


def kill_timeline(file: Drawable, version: Sequence[Drawable]) -> Picture | None:
    """The kills of a file and the requests of its version; None without a kill that has a time."""
    logs = runs(version)
    killed = kills(file.facts, logs)
    if not killed:
        return None
    covering = [run for run in logs if any(run.begin <= kill.at <= run.end for kill in killed)]
    plot = _plot(killed, covering, version)
    said = " ".join(filter(None, (_conclusion(plot, len(items(at(file.facts, "kills")))), _left_out(plot))))
    return Picture(_svg(plot, said), said, _table(plot))


def _plot(killed: Sequence[Kill], logs: Sequence[Run], version: Sequence[Drawable]) -> Plot:
    """By the log that saw most fail; who answered by a client's log before a balancer's."""
    run = max(logs, key=lambda log: log.errors, default=None)
    named = min((log for log in logs if log.answers), key=lambda log: log.is_server, default=None)
    known = named.answers if named is not None else {}
    row_of = {kill.name: same_server(kill.name, list(known), version) or kill.name for kill in killed}
    around = _around(killed, run)
    start, end = killed[0].at - AROUND_S, max(one.back for one in around) + AROUND_S
    if run is not None:
        start, end = max(start, min(run.begin, killed[0].at)), min(end, max(run.end, end - AROUND_S))
    lost = dict.fromkeys(known, 0.0)
    for one in around:
        name = row_of[one.kill.name]
        lost[name] = lost.get(name, 0.0) + (one.errors or 0.0)
    mine = set(row_of.values())
    chosen = sorted(sorted(lost, key=lambda name: (name not in mine, -lost[name], name))[:MOST_ROWS])
    rows = {name: known.get(name, ()) for name in chosen}
    return Plot(start, end, rows, len(lost), row_of, named.answer_step if named else 1.0, run, around)


def _around(killed: Sequence[Kill], run: Run | None) -> list[Around]:
    """Each failure belongs to the last kill before it, from a second before that to ten after its return."""
    backs = [kill.at + UNKNOWN_S if kill.back is None else kill.back for kill in killed]
    if run is None:
        return [Around(kill, back, None) for kill, back in zip(killed, backs, strict=True)]
    found = [0.0] * len(killed)
    for moment, n in _failed(run):
        fits = [
            place
            for place, (kill, back) in enumerate(zip(killed, backs, strict=True))
            if kill.at - BEFORE_S < moment <= back + AFTER_S
        ]
        if fits:
            found[fits[-1]] += n
    return [Around(kill, back, n) for kill, back, n in zip(killed, backs, found, strict=True)]


def _failed(run: Run) -> list[tuple[float, float]]:
    """One by one where the log lists them all, else by its steps."""
    if run.failures is None:
        return [(begin, failed) for begin, _, failed in run.steps if failed]
    return [(moment, 1.0) for moment in run.failures]


def _svg(plot: Plot, said: str) -> str:
    distance = time_step(plot.end - plot.start)
    times = [
        (plot.across.at(plot.start + place * distance), seconds(place * distance))
        for place in range(int((plot.end - plot.start) / distance) + 1)
    ]
    load = Frame(LEFT, RIGHT, plot.bottom + 8, plot.bottom + 8 + LOAD)
    parts = [
        _errors(plot),
        *(_row(plot, place, name) for place, name in enumerate(plot.rows)),
        _load(plot, load),
        columns(times, load, lines=False),
        label(_("time since the start"), LEFT, load.bottom + FOOT + 10, kind="axis-name"),
    ]
    height, name = round(load.bottom + FOOT + 16), _("Kills and requests")
    return drawing("kills", WIDTH, height, name=name, description=said, parts=parts)


def _errors(plot: Plot) -> str:
    """A line a step, as high as it has failures, with the most of a step in the margin."""
    name = group("axis", label(_("errors"), LEFT - 8, ERRORS.bottom - 2, anchor="end"))
    if plot.run is None:
        return name + label(_("no request log"), RIGHT, ERRORS.bottom - 2, anchor="end", kind="value")
    bins = _bins(_failed(plot.run), plot.run.step, plot)[0]
    most = max(bins.values(), default=0.0)
    up = Linear(0, most or 1.0, ERRORS.bottom, ERRORS.top)
    ticks = "".join(
        f"M{short(plot.across.at(moment))} {short(ERRORS.bottom)}V{short(up.at(n))}"
        for moment, n in sorted(bins.items())
    )
    words = _("up to %(most)s", most=count(most)) if most else _("no errors")
    foot = element("path", class_="foot", d=f"M{short(LEFT)} {short(ERRORS.bottom)}H{short(RIGHT)}")
    return (
        group("errors", foot, path("tick", ticks), label(words, RIGHT + 10, ERRORS.bottom - 2, kind="value"))
        + name
    )


def _bins(points: Sequence[tuple[float, float]], step: float, plot: Plot) -> tuple[dict[float, float], float]:
    """Sums over bins of whole steps, by the moment in the middle of each bin; and the width of a bin."""
    width = step * max(1, math.ceil((plot.end - plot.start) / step / MOST_BINS))
    found: dict[float, float] = {}
    for moment, n in points:
        middle = (math.floor(moment / width) + 0.5) * width
        if plot.start <= middle <= plot.end:
            found[middle] = found.get(middle, 0.0) + n
    return found, width


def _row(plot: Plot, place: int, name: str) -> str:
    """What an instance answered, its kills, and when it was down."""
    top = TOP + ROW * place + (ROW - AREA) / 2
    frame = Frame(LEFT, RIGHT, top, top + AREA)
    mine = [one for one in plot.around if plot.row_of[one.kill.name] == name]
    words = label(_short(name) or _("not named"), LEFT - 8, frame.bottom - 8, anchor="end", kind="layer")
    foot = element("path", class_="foot", d=f"M{short(LEFT)} {short(frame.bottom)}H{short(RIGHT)}")
    bins, width = _bins(plot.rows[name], plot.answer_step, plot)
    bands = [group("stall", path("band", _band(one, plot, frame))) for one in mine]
    return group("row", *bands, _area(bins, width, plot, frame), foot, *_marks(mine, plot, frame), words)


def _area(bins: Mapping[float, float], width: float, plot: Plot, frame: Frame) -> str:
    """A stepped area from zero; bins without a request leave a gap."""
    busy = sorted(middle for middle, n in bins.items() if n > 0)
    up = Linear(0, max(bins.values(), default=0.0) or 1.0, frame.bottom, frame.top)
    steps, last = "", None
    for middle in busy:
        left, right = (short(plot.across.at(middle + side * width / 2)) for side in (-1, 1))
        if last is None or middle - last > 1.5 * width:
            steps += f"{'' if last is None else f'V{short(frame.bottom)}z'}M{left} {short(frame.bottom)}"
        steps += f"V{short(up.at(bins[middle]))}H{right}"
        last = middle
    return group("rate", path("area", f"{steps}V{short(frame.bottom)}z")) if busy else ""


def _band(one: Around, plot: Plot, frame: Frame) -> str:
    """From a kill to the return; at least a hair wide."""
    left, right = plot.across.at(one.kill.at), plot.across.at(one.back)
    top, bottom = short(frame.top), short(frame.bottom)
    return f"M{short(left)} {top}H{short(max(right, left + 1))}V{bottom}H{short(left)}z"


def _marks(mine: Sequence[Around], plot: Plot, frame: Frame) -> Iterator[str]:
    """A line at each kill, and its signal where it has room."""
    free = LEFT
    for one in mine:
        left = plot.across.at(one.kill.at)
        yield path("tick", f"M{short(left)} {short(frame.top - 3)}V{short(frame.bottom + 3)}")
        if left >= free and left + ROOM <= RIGHT:
            yield group("gap", label(one.kill.signal[:8] or _("killed"), left + 4, frame.top + 10))
            free = left + ROOM


def _load(plot: Plot, frame: Frame) -> str:
    """Requests of each step as a stepped area, with the highest rate in the margin."""
    name = group("axis", label(_("requests"), LEFT - 8, frame.bottom - 2, anchor="end"))
    foot = element("path", class_="foot", d=f"M{short(LEFT)} {short(frame.bottom)}H{short(RIGHT)}")
    if plot.run is None:
        return foot + name
    bins, width = _bins([(begin, n) for begin, n, _lost in plot.run.steps], plot.run.step, plot)
    words = _("up to %(most)s /s", most=three(max(bins.values(), default=0.0) / width))
    most = label(words, RIGHT + 10, frame.top + 12, kind="value")
    return _area(bins, width, plot, frame) + foot + name + most


def _conclusion(plot: Plot, all_kills: int) -> str:
    """How many kills, and what failed around them."""
    n = len(plot.around)
    said = _n("%(count)s kill", "%(count)s kills", n, count=n)
    if 1 != n != all_kills:
        said = _("%(count)s of %(all)s kills", count=n, all=all_kills)
    if plot.run is None:
        return _("%(kills)s; no request log covers their times as both are written.", kills=said)
    total = sum(one.errors or 0.0 for one in plot.around)
    if not total:
        return _("%(kills)s and no failed request around them.", kills=said)
    failed = _n("%(count)s failed request", "%(count)s failed requests", total, count=count(total))
    if n == 1:
        return _("%(kills)s and %(failed)s around them.", kills=said, failed=failed)
    worst = max(plot.around, key=lambda one: one.errors or 0.0)
    return _(
        "%(kills)s and %(failed)s around them, %(most)s of them after %(name)s.",
        kills=said,
        failed=failed,
        most=count(worst.errors),
        name=_named(worst.kill),
    )


def _left_out(plot: Plot) -> str:
    """Where more instances answered or were killed than there are rows."""
    if len(plot.rows) == plot.instances:
        return ""
    return _("%(drawn)s of %(count)s instances are drawn.", drawn=len(plot.rows), count=count(plot.instances))


def _table(plot: Plot) -> Table:
    rows = [
        (
            _named(one.kill),
            seconds(max(0.0, one.kill.at - plot.start)),
            _("not told") if one.kill.back is None else seconds(one.back - one.kill.at),
            count(one.errors),
        )
        for one in plot.around
    ]
    return Table((_("Kill"), _("Since the start"), _("Down"), _("Errors around it")), tuple(rows))


def _named(kill: Kill) -> str:
    name = _short(kill.name) or _("an instance")
    return f"{name} ({kill.signal[:8]})" if kill.signal else name


def _short(name: str) -> str:
    return fitted(name, NAME_ROOM)
