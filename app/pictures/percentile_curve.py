"""Latency by percentile on an axis of nines, after Gil Tene's HdrHistogram plots: the tail gets the room it needs.

Before is dashed with a hollow mark, after is solid with a full one: the two are told apart without colour. The bar at
99 % is the distribution-free 95 % interval of p99; an interval the sample cannot close stays open at that end.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.axes import Frame, apart, columns, milliseconds, percentiles
from app.pictures.drawing import Picture, Point, Table, drawing, element, group, label, line, path, short
from app.pictures.numbers import at, change, count, items, ms, number, positive, share, three
from app.pictures.scales import MOST_NINES, Linear, Log, log_axis, nines
from app.pictures.words import _, written

WIDTH, HEIGHT = 640, 300
FRAME = Frame(left=62, right=520, top=14, bottom=258)
FEWEST_NINES = 2.0
LABEL_GAP = 42.0
ASIDE = 5.0
"""How far the two interval bars stand from the line of 99 %, so that neither hides the other."""
LEVELS = (("p50", "p50"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99"), ("p999", "p99.9"))

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One recording as it is drawn: `curve` in nines and ms, `side` is before or after, `name` says it in a pair."""

    name: str
    side: str
    facts: Facts
    curve: tuple[Point, ...]

    def level(self, name: str) -> tuple[float | None, float | None, float | None]:
        """A percentile with its interval in ms: value, low, high."""
        value, low, high = (positive(at(self.facts, name, part)) for part in ("value", "low", "high"))
        return value, low, high


def percentile_curve(before: Facts | None, after: Facts | None) -> Picture | None:
    """One curve or two from facts of latency tables; None when neither holds a curve."""
    alone = before is None or after is None
    pairs = (("before", _("before"), before), ("after", _("after"), after))
    runs = [_run("" if alone else name, side, facts) for side, name, facts in pairs if facts is not None]
    drawn = [run for run in runs if run.curve]
    if not drawn:
        return None
    return Picture(_svg(drawn), _conclusion(drawn), _table(drawn))


def _run(name: str, side: str, facts: Facts) -> Run:
    return Run(name, side, facts, _curve(facts))


def _curve(facts: Facts) -> tuple[Point, ...]:
    """The points in order; the maximum stands where its rank is, at log10(n) nines."""
    pairs = [tuple(map(positive, items(pair)[:2])) for pair in items(facts.get("curve"))]
    known = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and None not in pair]
    n = positive(facts.get("n")) or 0
    last = min(math.log10(n) if n > 1 else FEWEST_NINES, MOST_NINES)
    points = [
        (min(nines(percent), last) if percent < 100 else last, value)
        for percent, value in known
        if percent is not None and value is not None and percent <= 100
    ]
    return tuple(sorted(points))


def _svg(runs: Sequence[Run]) -> str:
    last = max(FEWEST_NINES, *(x for run in runs for x, _y in run.curve))
    across = Linear(0, last, FRAME.left, FRAME.right)
    heights = [y for run in runs for _x, y in run.curve] + [
        edge for run in runs for edge in run.level("p99") if edge is not None
    ]
    up = log_axis(heights, FRAME.bottom, FRAME.top)
    marks = [(across.at(x), text) for x, text in percentiles(last, FRAME.right - FRAME.left)]
    parts = [milliseconds(up, FRAME), columns(marks, FRAME)]
    parts += [_drawn(run, across, up, _offset(run, runs)) for run in runs]
    parts += _labels(runs, across, up)
    axes = _("percentile of requests, by nines; latency on a log scale")
    parts.append(label(axes, FRAME.left, HEIGHT - 6, kind="axis-name"))
    return drawing(
        "percentiles", WIDTH, HEIGHT, name=_name(runs), description=_description(runs), parts=parts
    )


def _offset(run: Run, runs: Sequence[Run]) -> float:
    if len(runs) == 1:
        return 0.0
    return -ASIDE if run.side == "before" else ASIDE


def _drawn(run: Run, across: Linear, up: Log, offset: float) -> str:
    """The curve and, at 99 %, the interval with the value in it."""
    curve = path("curve", line((across.at(x), up.at(y)) for x, y in run.curve))
    value, low, high = run.level("p99")
    if value is None:
        return group(run.side, curve)
    x = across.at(2.0) + offset
    bar = _interval(x, up, value, low, high)
    return group(run.side, curve, bar, element("circle", class_="mark", cx=x, cy=up.at(value), r=4.0))


def _interval(x: float, up: Log, value: float, low: float | None, high: float | None) -> str:
    """A bar with a cap at each known end; towards an unknown end it runs to the border of the plot."""
    if low is None and high is None:
        return ""
    foot = up.at(low) if low is not None else FRAME.bottom
    head = up.at(high) if high is not None else FRAME.top
    caps = [f"M{short(x - 4)} {short(y)}h8" for y, end in ((foot, low), (head, high)) if end is not None]
    return path("interval", f"M{short(x)} {short(foot)}V{short(head)}" + "".join(caps))


def _labels(runs: Sequence[Run], across: Linear, up: Log) -> list[str]:
    """A name and p99 at the end of each line; moved apart when the lines end close together."""
    ends = [(across.at(run.curve[-1][0]), up.at(run.curve[-1][1])) for run in runs]
    places = apart([y for _x, y in ends], LABEL_GAP, FRAME.top + 8, FRAME.bottom - 14)
    found = []
    for run, (x, y), place in zip(runs, ends, places, strict=True):
        is_led = abs(place - y) > 3 or x < FRAME.right - 3
        leader = f"M{short(x)} {short(y)}L{short(FRAME.right + 8)} {short(place)}" if is_led else ""
        p99 = run.level("p99")[0]
        words = f"p99 {ms(p99)}" if p99 is not None else f"{_('max')} {ms(run.curve[-1][1])}"
        name = label(run.name, FRAME.right + 12, place + 4, kind="name") if run.name else ""
        shown = label(words, FRAME.right + 12, place + (21 if run.name else 4), kind="value")
        found.append(group(run.side, path("leader", leader), name, shown))
    return found


def _name(runs: Sequence[Run]) -> str:
    return _("Latency by percentile, before and after") if len(runs) > 1 else _("Latency by percentile")


def _description(runs: Sequence[Run]) -> str:
    """The curve in words: p50, p99 and n of each line."""
    return " ".join(_said(run) for run in runs)


def _said(run: Run) -> str:
    p50, p99 = run.level("p50")[0], _with_interval(*run.level("p99"))
    known = f"p50 {ms(p50)}, p99 {p99}, n {count(positive(run.facts.get('n')))}"
    if not run.name:
        return f"{known}."
    if run.side == "before":
        return _("Before (dashed): %(known)s.", known=known)
    return _("After (solid): %(known)s.", known=known)


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or (low is None and high is None):
        return ms(value)
    if high is None:
        return _("%(value)s (at least %(low)s)", value=ms(value), low=ms(low))
    if low is None:
        return _("%(value)s (at most %(high)s)", value=ms(value), high=ms(high))
    return _("%(value)s (%(low)s to %(high)s)", value=ms(value), low=ms(low), high=ms(high))


def _conclusion(runs: Sequence[Run]) -> str:
    if len(runs) == 1:
        n = count(positive(runs[0].facts.get("n")))
        p50, p99 = ms(runs[0].level("p50")[0]), _with_interval(*runs[0].level("p99"))
        return _("Half of %(n)s requests took %(p50)s or less; p99 is %(p99)s.", n=n, p50=p50, p99=p99)
    before, after = (run.level("p99") for run in runs)
    if before[0] is None or after[0] is None:
        return _("The p99 of one side is not known.")
    if before[0] == after[0]:
        return f"{_('p99 is the same')}; {_certainty(before, after)}."
    head = _(
        "p99 went from %(before)s to %(after)s, %(change)s",
        before=ms(before[0]),
        after=ms(after[0]),
        change=change(before[0], after[0]),
    )
    return f"{head}; {_certainty(before, after)}."


def _certainty(
    before: tuple[float | None, float | None, float | None],
    after: tuple[float | None, float | None, float | None],
) -> str:
    """What the intervals say of the change, or that one of them is open or absent."""
    low, high = before[1:]
    later_low, later_high = after[1:]
    if low is None or high is None or later_low is None or later_high is None:
        return _("the sample is too small for an interval on both sides")
    if later_high < low or later_low > high:
        return _("the 95 % intervals do not overlap")
    return _("the 95 % intervals overlap, so chance may be the reason")


def _table(runs: Sequence[Run]) -> Table:
    rows = [(written(shown), *(_with_interval(*run.level(name)) for run in runs)) for name, shown in LEVELS]
    rows.append((_("max"), *(ms(positive(run.facts.get("max"))) for run in runs)))
    rows.append((_("requests"), *(count(positive(run.facts.get("requests"))) for run in runs)))
    rows.append((_("errors"), *(_errors(run.facts) for run in runs)))
    rows.append((_("requests a second"), *(_rate(run.facts) for run in runs)))
    return Table(("", *(run.name or _("value") for run in runs)), tuple(rows))


def _errors(facts: Facts) -> str:
    errors, rate = positive(facts.get("errors")), positive(facts.get("error_rate"))
    return f"{count(errors)} ({share(rate)})" if errors and rate is not None else count(errors)


def _rate(facts: Facts) -> str:
    rate = number(facts.get("throughput"))
    return "–" if rate is None else three(rate)
