"""The drills of a calendar by quarter: a row for each, its three months across, a mark on each day that has a drill.

A quarter without a drill has a dashed band and says so: colour says nothing that words do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.pictures.axes import Frame, columns
from app.pictures.drawing import Picture, Table, drawing, group, label, line, path, short
from app.pictures.numbers import at, items
from app.pictures.words import _, _n

WIDTH = 640
LEFT, RIGHT, TOP, FOOT = 76.0, 632.0, 8.0, 30.0
ROW, BAND = 40.0, 30.0
MARK = 5.0
MOST_ROWS, MOST_MARKS, MOST_SAID = 8, 6, 3
LONGEST_NAME = 28

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drill:
    """A day of a drill; `part` is how far through its quarter it lies, from 0 to 1."""

    day: date
    name: str

    @property
    def quarter(self) -> int:
        return self.day.year * 4 + (self.day.month - 1) // 3

    @property
    def part(self) -> float:
        return ((self.day.month - 1) % 3 + (self.day.day - 1) / 31) / 3


def drill_calendar(facts: Facts) -> Picture | None:
    """Four quarters from the first drill on, or more where there are more; None without a day."""
    drills = _drills(facts)
    if not drills:
        return None
    first = drills[0].quarter
    last = min(max(first + 3, drills[-1].quarter), first + MOST_ROWS - 1)
    rows = [
        (number, [drill for drill in drills if drill.quarter == number]) for number in range(first, last + 1)
    ]
    later = sum(drill.quarter > last for drill in drills)
    return Picture(_svg(rows), " ".join(filter(None, (_conclusion(rows), _left_out(later)))), _table(rows))


def _drills(facts: Facts) -> list[Drill]:
    found = []
    for one in items(at(facts, "drills"))[:400]:
        day, name = _day(at(one, "day")), at(one, "scenario")
        if day is not None:
            found.append(Drill(day, name if isinstance(name, str) and name.strip() else _("a drill")))
    return sorted(found, key=lambda drill: drill.day)


def _day(value: object) -> date | None:
    try:
        return (
            date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2027-02-12") else None
        )
    except ValueError:
        return None


def _quarter(number: int) -> str:
    return f"{number // 4} Q{number % 4 + 1}"


def _svg(rows: Sequence[tuple[int, Sequence[Drill]]]) -> str:
    bottom = TOP + ROW * len(rows)
    frame, third = Frame(LEFT, RIGHT, TOP, bottom), (RIGHT - LEFT) / 3
    names = (_("first month"), _("second month"), _("third month"))
    months = [(LEFT + third * (place + 0.5), name) for place, name in enumerate(names)]
    edges = "".join(f"M{short(LEFT + third * place)} {short(TOP)}V{short(bottom)}" for place in range(4))
    parts = [path("grid", edges), columns(months, frame, lines=False)]
    for place, (number, drills) in enumerate(rows):
        parts.append(_row(number, drills, TOP + ROW * (place + 0.5)))
    described = " ".join(_said(number, drills) for number, drills in rows)
    name = _("Drills by quarter")
    return drawing("drills", WIDTH, round(bottom + FOOT), name=name, description=described, parts=parts)


def _row(number: int, drills: Sequence[Drill], middle: float) -> str:
    """The name of the quarter on the left; marks, or the band that says there is none."""
    name = label(_quarter(number), LEFT - 8, middle + 4, anchor="end", kind="layer")
    if not drills:
        top, bottom = short(middle - BAND / 2), short(middle + BAND / 2)
        band = path("band", f"M{short(LEFT)} {top}H{short(RIGHT)}V{bottom}H{short(LEFT)}z")
        words = label(_("no drill"), (LEFT + RIGHT) / 2, middle + 4, anchor="middle")
        return name + group("stall", band, words)
    return name + group(
        "after", *(_mark(drill, middle) for drill in drills[:MOST_MARKS]), _first(drills, middle)
    )


def _mark(drill: Drill, middle: float) -> str:
    x = _across(drill)
    corners = ((x, middle - MARK), (x + MARK, middle), (x, middle + MARK), (x - MARK, middle))
    return path("mark", f"{line(corners)}z")


def _first(drills: Sequence[Drill], middle: float) -> str:
    """The first drill's name beside its mark, on the side that has room; how many more there are."""
    first, more = drills[0], len(drills) - 1
    words = _short(first.name)
    if more:
        words = _("%(named)s and %(count)s more", named=words, count=more)
    x = _across(first)
    is_left = x < (LEFT + RIGHT) / 2
    return label(
        words, x + 2 * MARK if is_left else x - 2 * MARK, middle - MARK - 3, anchor="" if is_left else "end"
    )


def _across(drill: Drill) -> float:
    return LEFT + 2 * MARK + drill.part * (RIGHT - LEFT - 4 * MARK)


def _said(number: int, drills: Sequence[Drill]) -> str:
    named = "; ".join(f"{drill.day.isoformat()} {_short(drill.name)}" for drill in drills[:MOST_SAID])
    if len(drills) > MOST_SAID:
        named = _("%(named)s and %(count)s more", named=named, count=len(drills) - MOST_SAID)
    return f"{_quarter(number)}: {named or _('no drill')}."


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _conclusion(rows: Sequence[tuple[int, Sequence[Drill]]]) -> str:
    empty = [_quarter(number) for number, drills in rows[:4] if not drills]
    if empty:
        return _(
            "No drill in %(quarters)s; each of the four quarters from the first drill on should have one.",
            quarters=", ".join(empty),
        )
    return _("Each of the four quarters from the first drill on has a drill.")


def _left_out(later: int) -> str:
    """Drills below the last row; empty for none."""
    if not later:
        return ""
    return _n(
        "%(count)s later drill is not drawn.", "%(count)s later drills are not drawn.", later, count=later
    )


def _table(rows: Sequence[tuple[int, Sequence[Drill]]]) -> Table:
    body = [
        (_quarter(number), drill.day.isoformat(), drill.name)
        for number, drills in rows
        for drill in drills[:MOST_MARKS]
    ]
    body += [(_quarter(number), "–", _("no drill")) for number, drills in rows if not drills]
    return Table((_("quarter"), _("day"), _("scenario")), tuple(sorted(body)))
