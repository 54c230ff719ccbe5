"""Counts as bars from a common zero: how many people reached each step, how many pieces of work waited how long.

Every bar bears its name and its number, so that nothing hangs on colour or on the eye for lengths.
"""

from collections.abc import Sequence

from app.pictures.drawing import Picture, Table, drawing, group, label, path, short
from app.pictures.numbers import SPACE
from app.pictures.scales import Linear

WIDTH = 640
LEFT, RIGHT, TOP = 172.0, 560.0, 8.0
BAR, APART = 22.0, 12.0

Counted = tuple[str, int]


def funnel(steps: Sequence[Counted]) -> Picture | None:
    """One bar a step, each with its share of the first; None while nobody has taken the first."""
    if not steps or steps[0][1] <= 0:
        return None
    first = steps[0][1]
    rows = [(name, count, f"{_share(count, first)} of the first step") for name, count in steps]
    name, last = steps[-1]
    conclusion = f"Of {first:,} who took the first step, {last:,} reached “{name}”."
    return _picture("People who reached each step", conclusion, rows, ("Step", "People", "Share"))


def histogram(spans: Sequence[Counted], *, name: str, unit: str) -> Picture | None:
    """One bar a range, in the order given; None while nothing is counted."""
    total = sum(count for _, count in spans)
    if not total:
        return None
    rows = [(range_, count, _share(count, total)) for range_, count in spans]
    most = max(spans, key=lambda each: each[1])
    conclusion = f"{total:,} {unit}; most often {most[0]}: {most[1]:,}, {_share(most[1], total)}."
    return _picture(name, conclusion, rows, ("Wait", unit.capitalize(), "Share"))


def _picture(
    name: str, conclusion: str, rows: Sequence[tuple[str, int, str]], heads: tuple[str, str, str]
) -> Picture:
    across = Linear(0.0, float(max(count for _, count, _ in rows)), LEFT, RIGHT)
    parts = [
        _bar(title, count, TOP + place * (BAR + APART), across)
        for place, (title, count, _) in enumerate(rows)
    ]
    told = " ".join(f"{title}: {count:,}." for title, count, _ in rows)
    height = round(TOP + len(rows) * (BAR + APART))
    svg = drawing("counts", WIDTH, height, name=name, description=told, parts=parts)
    table = Table(heads, tuple((title, f"{count:,}", share) for title, count, share in rows))
    return Picture(svg, conclusion, table)


def _bar(title: str, count: int, top: float, across: Linear) -> str:
    """The name on the left, the bar from zero, the number at its end."""
    end = max(across.at(count), LEFT + 1)
    shape = f"M{short(LEFT)} {short(top)}H{short(end)}V{short(top + BAR)}H{short(LEFT)}z"
    words = label(f"{count:,}", end + 8, top + BAR - 6, kind="value")
    return label(title, LEFT - 8, top + BAR - 6, anchor="end") + group("after", path("amount", shape), words)


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.0f}{SPACE}%"
