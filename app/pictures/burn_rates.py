"""Burn-rate alerts on two logarithmic axes: the window across, the multiple of the budget up.

A straight line falls through every pair that spends the same part of a 30-day budget before it fires: 2, 5, 10, 100 %.
An alert is a full mark at its long window, joined to a hollow one at its short window: what lies above 100 % never
fires in time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.drawing import Picture, Point, Table, drawing, element, group, label, path, short
from app.pictures.numbers import SPACE, count, items, positive, three
from app.pictures.scales import Log
from app.pictures.words import _

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, FOOT = 62.0, 500.0, 14.0, 258.0
PERIOD = 30 * 86_400.0
PARTS = (0.02, 0.05, 0.10, 1.0)
WINDOWS = (
    (300.0, "5 min"),
    (1800.0, "30 min"),
    (3600.0, "1 h"),
    (21_600.0, "6 h"),
    (86_400.0, "1 d"),
    (259_200.0, "3 d"),
)
FACTORS = (1.0, 3.0, 6.0, 14.4, 50.0)
MOST_ALERTS = 8
NEAR = 14.0
"""Marks nearer than this in both directions cannot bear two labels."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """One threshold of one alert; windows in seconds, `short` is None when there is only one."""

    alert: str
    factor: float
    long: float
    short: float | None

    @property
    def part(self) -> float:
        """The part of a 30-day budget that is gone when it fires."""
        return self.factor * self.long / PERIOD


def burn_rates(facts: Facts) -> Picture | None:
    """The alerts whose budget is written in the rule; None when there is none."""
    every = _marks(facts)
    if not every:
        return None
    marks = every[:MOST_ALERTS]
    said = " ".join(filter(None, (_conclusion(every), _left_out(len(marks), len(every)))))
    return Picture(_svg(marks), said, _table(marks))


def _left_out(drawn: int, there: int) -> str:
    if drawn == there:
        return ""
    return _("%(drawn)s of %(count)s thresholds are drawn.", drawn=drawn, count=count(there))


def _marks(facts: Facts) -> list[Mark]:
    found: list[Mark] = []
    for alert in items(facts.get("alerts")):
        windows: dict[float, list[float]] = {}
        for burn in items(alert.get("burns")) if isinstance(alert, Mapping) else ():
            factor, window = positive(burn.get("factor")), positive(burn.get("window_s"))
            if factor and window:
                windows.setdefault(factor, []).append(window)
        for factor, spans in windows.items():
            shortest = min(spans) if min(spans) < max(spans) else None
            found.append(Mark(str(alert.get("name"))[:60], factor, max(spans), shortest))
    return found


def _svg(marks: Sequence[Mark]) -> str:
    across = Log(240.0, 345_600.0, LEFT, RIGHT, ())
    up = Log(0.5, max(100.0, *(mark.factor * 1.5 for mark in marks)), FOOT, TOP, ())
    parts = [_axes(across, up), *(_line(part, across, up) for part in PARTS)]
    parts += [_mark(mark, across, up) for mark in marks]
    parts += _numbers([(across.at(mark.long), up.at(mark.factor)) for mark in marks])
    axes = _("window; multiple of the budget, both on log scales")
    parts.append(label(axes, LEFT, HEIGHT - 6, kind="axis-name"))
    name, told = _("Burn-rate thresholds against windows"), " ".join(map(_said, marks))
    return drawing("burn-rates", WIDTH, HEIGHT, name=name, description=told, parts=parts)


def _axes(across: Log, up: Log) -> str:
    across_marks = [label(text, across.at(window), FOOT + 16, anchor="middle") for window, text in WINDOWS]
    up_marks = [label(three(factor), LEFT - 8, up.at(factor) + 4, anchor="end") for factor in FACTORS]
    lines = [path("grid", f"M{short(LEFT)} {short(up.at(factor))}H{short(RIGHT)}") for factor in FACTORS]
    return group("axis", *lines, *across_marks, *up_marks)


def _line(part: float, across: Log, up: Log) -> str:
    """All pairs of window and factor that spend this part; cut where it leaves the plot."""
    ends: list[Point] = []
    for window in (across.low, across.high):
        factor = min(max(part * PERIOD / window, up.low), up.high)
        ends.append((across.at(part * PERIOD / factor), up.at(factor)))
    (x, y), (last_x, last_y) = ends
    is_cut = last_y >= FOOT  # then the room below the line is free
    beside = (last_x - 14, last_y - 4, "end") if is_cut else (last_x + 6, last_y + 4, "")
    words = label(f"{part * 100:.0f}{SPACE}%", beside[0], beside[1], anchor=beside[2], kind="value")
    return path("guide", f"M{short(x)} {short(y)}L{short(last_x)} {short(last_y)}") + words


def _numbers(places: Sequence[Point]) -> list[str]:
    """The number beside each mark; marks that lie on each other share a label."""
    together: list[tuple[Point, list[int]]] = []
    for number, (x, y) in enumerate(places, start=1):
        near = next((one for (px, py), one in together if abs(px - x) < NEAR and abs(py - y) < NEAR), None)
        if near is None:
            together.append(((x, y), [number]))
        else:
            near.append(number)
    return [group("after", label(_listed(each), x + 8, y - 6, kind="name")) for (x, y), each in together]


def _listed(numbers: Sequence[int]) -> str:
    """`1, 4`; `3–8` for more than two that follow each other."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def _mark(mark: Mark, across: Log, up: Log) -> str:
    x, y = across.at(mark.long), up.at(mark.factor)
    parts = [element("circle", class_="mark", cx=x, cy=y, r=4.0)]
    if mark.short is not None:
        left = across.at(mark.short)
        parts.insert(0, path("curve", f"M{short(left)} {short(y)}H{short(x)}"))
        parts.append(element("circle", class_="mark hollow", cx=left, cy=y, r=4.0))
    return group("after", *parts)


def _said(mark: Mark) -> str:
    known = {
        "alert": mark.alert,
        "factor": three(mark.factor),
        "long": _window(mark.long),
        "share": _share(mark.part),
    }
    if mark.short is None:
        return _("%(alert)s: %(factor)s times the budget over %(long)s, %(share)s of 30 days.", **known)
    return _(
        "%(alert)s: %(factor)s times the budget over %(long)s and %(short)s, %(share)s of 30 days.",
        short=_window(mark.short),
        **known,
    )


def _conclusion(marks: Sequence[Mark]) -> str:
    late = [mark for mark in marks if mark.part >= 1]
    if late:
        return _("%(alert)s fires only when the whole budget of 30 days is gone.", alert=late[0].alert)
    first = min(marks, key=lambda mark: mark.part)
    last = max(marks, key=lambda mark: mark.part)
    if first.part == last.part:
        return _(
            "%(alert)s fires when %(share)s of a 30-day budget is gone.",
            alert=first.alert,
            share=_share(first.part),
        )
    return _(
        "The first alert fires when %(share)s of a 30-day budget is gone, the last at %(last)s.",
        share=_share(first.part),
        last=_share(last.part),
    )


def _table(marks: Sequence[Mark]) -> Table:
    rows = [
        (
            f"{number}. {mark.alert}",
            three(mark.factor),
            _window(mark.long),
            "–" if mark.short is None else _window(mark.short),
            _share(mark.part),
        )
        for number, mark in enumerate(marks, start=1)
    ]
    heads = (
        _("alert"),
        _("times the budget"),
        _("long window"),
        _("short window"),
        _("spent when it fires"),
    )
    return Table(heads, tuple(rows))


def _window(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{three(seconds / size)}{SPACE}{unit}"
    return f"{three(seconds)}{SPACE}s"


def _share(part: float) -> str:
    return f"{three(part * 100)}{SPACE}%"
